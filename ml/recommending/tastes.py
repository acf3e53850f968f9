"""What a history says of every product on the shelf, the cold ones by their content."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ml.recommending.alike import contents
from ml.recommending.factors import Folding
from ml.recommending.histories import Ints, Mask, Singles
from ml.recommending.model import Recommender

ALIKE = 10
CONTENT = 0.5
"""Alike in everything counts half of what a usual strongest tie of taste does."""


class Tastes:
    """A model spread over the catalogue: products in their order on the shelf."""

    def __init__(self, model: Recommender, products: pd.DataFrame) -> None:
        """`products` are sorted by product_id; who is not in the model is cold."""
        self._model = model
        self._folding = None if model.factors is None else Folding(model.factors)
        self.place: Ints = pd.Index(model.product_ids).get_indexer(
            pd.Index(products["product_id"])
        )
        self.is_cold: Mask = self.place < 0
        self._shelf = np.flatnonzero(~self.is_cold)
        self.content = contents(products, self.is_cold, ALIKE)
        both = self.content.maximum(self.content.T)
        self._by_content = (both * np.float32(CONTENT * self._usual())).tocsr()

    def scores(self, histories: Any) -> Singles:
        """Return people by products (float32) for histories (CSR, float32)."""
        known = self._known(self._narrowed(histories))
        if not self.is_cold.any() and known.shape[1] == len(self._shelf):
            return known
        scores = (histories @ self._by_content).toarray().astype("float32", copy=False)
        scores[:, self._shelf] += known
        return np.asarray(scores)

    def links(self, said: Ints, shown: Ints) -> Singles:
        """Return, pair by pair of places on the shelf, what the one says for the other.

        Nothing speaks for itself.
        """
        said_at, shown_at = self.place[said], self.place[shown]
        known = (said_at >= 0) & (shown_at >= 0)
        found = np.zeros(len(said), "float32")
        found[known] = self._pairs(said_at[known], shown_at[known])
        if not known.all():
            pairs = self._by_content[said[~known], shown[~known]]
            found[~known] = np.asarray(pairs).ravel()
        found[said == shown] = 0.0
        return found

    def _narrowed(self, histories: Any) -> Any:
        """The columns that the model knows, in its order."""
        width = len(self._model.product_ids)
        kept = self.place[histories.indices] >= 0
        starts = np.concatenate([[0], np.cumsum(kept)])[histories.indptr]
        columns = self.place[histories.indices[kept]]
        return sparse.csr_matrix(
            (histories.data[kept], columns, starts), (histories.shape[0], width)
        )

    def _known(self, histories: Any) -> Singles:
        at = self.place[self._shelf]
        if self._folding is not None:
            return self._folding.scores(histories)[:, at]
        scores = histories @ self._model.ties
        return np.asarray(scores if len(at) == scores.shape[1] else scores[:, at])

    def _pairs(self, said: Ints, shown: Ints) -> Singles:
        if self._folding is not None:
            return self._folding.links(said, shown)
        ties = self._model.ties
        return ties[said, shown] if ties is not None else np.zeros(0, "float32")

    def _usual(self) -> float:
        """The median, over products, of the strongest tie of each."""
        if not len(self._model.product_ids):
            return 1.0
        if self._folding is not None:
            return self._folding.usual()
        ties = np.asarray(self._model.ties)
        return max(float(np.median(ties.max(axis=1))), 0.0)
