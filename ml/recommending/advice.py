"""Gives advice: the best products for people by their histories, and for products."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from ml.common.frames import empty, typed
from ml.recommending.alike import strongest
from ml.recommending.frames import (
    NEIGHBORS,
    RECOMMENDATIONS,
    Rules,
    check_interactions,
    check_products,
)
from ml.recommending.histories import (
    DAY_US,
    NEVER,
    Histories,
    Ints,
    Mask,
    coded,
    histories,
)
from ml.recommending.model import Recommender
from ml.recommending.ranking import CELLS, best, blended, leave_out
from ml.recommending.reasons import REASONS, reasons
from ml.recommending.tastes import Tastes

THREADS = 2


class Adviser:
    """A fitted model beside fresh histories and the shelves as they stand.

    Prepared once a run; `recommend` may then be called for batches of people.
    """

    def __init__(
        self,
        model: Recommender,
        interactions: pd.DataFrame,
        products: pd.DataFrame,
        *,
        as_of_at: pd.Timestamp,
        model_version: str,
        rules: Rules | None = None,
    ) -> None:
        """Fold in what people did up to `as_of_at`; see `fit` for both frames."""
        check_interactions(interactions, as_of_at)
        check_products(products)
        self._blend, self._rules = model.blend, rules or Rules()
        self._stamp: dict[str, Any] = {
            "as_of_at": as_of_at,
            "model_version": model_version,
        }
        self._now = as_of_at.value // 1000
        shelf = products.sort_values("product_id", ignore_index=True)
        self._ids = pd.Index(shelf["product_id"], dtype="str")
        self._may_name: Mask = ~shelf["is_suppressed"].to_numpy("bool")
        self._is_offered = shelf["is_available"].to_numpy("bool") & self._may_name
        self._past = histories(coded(interactions, self._ids))
        self._popularity = self._past.popularity(self._blend.half_life_days, self._now)
        self._tastes = Tastes(model, shelf)
        self._likeness = self._on_shelf(model.likeness)

    def recommend(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Return RECOMMENDATIONS of `customers` (customer_id), the best first.

        At most `rules.per_customer` a person; fewer where fewer products are left that
        anything speaks for.
        """
        names = pd.Index(customers["customer_id"], dtype="str").sort_values()
        numbers = self._past.people.get_indexer(names)
        step = max(CELLS // max(len(self._ids), 1), 1)
        starts = range(0, len(names), step)
        with threadpool_limits(limits=1):  # one order of summation on every machine
            parts = [numbers[at : at + step] for at in starts]
            with ThreadPoolExecutor(THREADS) as pool:
                blocks = list(pool.map(self._block, parts))
        if not blocks:
            return empty(RECOMMENDATIONS)
        # Names are written once, at the end: numbers take a tenth of their place.
        row, product, score, kind, told = (
            np.concatenate(part) for part in zip(*blocks, strict=True)
        )
        row += np.repeat(starts, [len(one[0]) for one in blocks])
        columns = {
            "customer_id": names.take(row),
            "product_id": self._ids.take(product),
            "score": score,
            "reason_kind": pd.Index(REASONS, dtype="str").take(kind),
            "reason_product_id": self._ids.take(told).where(told >= 0),
        }
        return self._frame(columns, row, RECOMMENDATIONS)

    def neighbors(self) -> pd.DataFrame:
        """Return NEIGHBORS of every product: by who touched them, by content if cold.

        Neighbours that are out of stock or suppressed are left out.
        """
        hidden = ~self._is_offered

        def near(block: slice) -> Any:
            ties = self._likeness[block].toarray()
            ties[:, hidden] = 0.0
            return ties

        ties = strongest(near, len(self._ids), self._rules.per_product)
        row, column = ties.nonzero()
        order = np.lexsort((column, -ties.data, row))
        row, column = row[order], column[order]
        columns = {
            "product_id": self._ids.take(row),
            "neighbor_product_id": self._ids.take(column),
            "score": ties.data[order],
        }
        return self._frame(columns, row, NEIGHBORS)

    def _block(self, numbers: Ints) -> tuple[Any, ...]:
        """Rows, products, scores, kinds of reason and named products, as numbers."""
        past = self._past.rows(numbers)
        said = past.matrix(self._blend.fade)
        taste = self._taste(said)
        scores = blended(taste, self._popularity, self._blend)
        scores[(scores == 0) & (taste == 0)] = -np.inf
        scores[:, ~self._is_offered] = -np.inf
        leave_out(scores, past, self._left_out(past))
        row, product = best(scores, self._rules.per_customer)
        may_say = said.data * self._may_name[past.product]
        by_taste = taste[row, product] > self._weighed(product)
        told = reasons(past, may_say, self._tastes, row, product, by_taste)
        return row, product, scores[row, product], *told

    def _taste(self, said: Any) -> npt.NDArray[np.float32]:
        if np.isinf(self._blend.popularity):
            return np.zeros(said.shape, "float32")
        return self._tastes.scores(said)

    def _weighed(self, product: Ints) -> Any:
        weight = self._blend.popularity
        # Alone, it leaves nothing to taste.
        return 1.0 if np.isinf(weight) else weight * self._popularity[product]

    def _left_out(self, past: Histories) -> Mask:
        if self._rules.seen_too:
            return np.ones(len(past.product), "bool")
        days = self._rules.just_bought_days
        return past.bought > (NEVER if days is None else self._now - days * DAY_US)

    def _on_shelf(self, likeness: Any) -> Any:
        """Likeness of the model's products where they stand, content beside it."""
        at = np.full(likeness.shape[0], -1)
        shelf = np.flatnonzero(~self._tastes.is_cold)
        at[self._tastes.place[shelf]] = shelf
        known = likeness.tocoo()
        row, column = at[known.row], at[known.col]
        kept = (row >= 0) & (column >= 0)
        shape = len(self._ids), len(self._ids)
        placed = (known.data[kept], (row[kept], column[kept]))
        return sparse.csr_matrix(placed, shape) + self._tastes.content

    def _frame(self, columns: dict[str, Any], row: Ints, schema: Any) -> pd.DataFrame:
        rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
        frame = pd.DataFrame({**columns, "rank": rank})
        return typed(frame.assign(**self._stamp), schema)
