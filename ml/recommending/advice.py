"""Gives advice: the best products for people by their histories, and for products."""

import pandas as pd

from ml.recommending.frames import Rules
from ml.recommending.model import Recommender


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
        raise NotImplementedError

    def recommend(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Return RECOMMENDATIONS of `customers` (customer_id), the best first.

        At most `rules.per_customer` a person; fewer where fewer products are left.
        """
        raise NotImplementedError

    def neighbors(self) -> pd.DataFrame:
        """Return NEIGHBORS of every product: ties of taste, or of content if cold.

        Neighbours that are out of stock or suppressed are left out.
        """
        raise NotImplementedError
