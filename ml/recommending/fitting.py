"""Learns the ties between products, and how far to trust them beside popularity."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ml.recommending.model import Recommender


@dataclass(frozen=True)
class Fitted:
    """What a training found. `model` is None without enough data; `reason` says why."""

    state: str
    reason: str
    card: dict[str, Any]
    model: Recommender | None


def fit(
    interactions: pd.DataFrame,
    products: pd.DataFrame,
    *,
    as_of_at: pd.Timestamp,
    seed: int = 0,
    holdout: str = "by_time",
) -> Fitted:
    """Learn from `interactions` (columns INTERACTIONS) up to `as_of_at`.

    Rows may repeat a customer, product and kind: `weight` is how often, `occurred_at`
    when (the latest of those). One row a day tells more of time than one row in all,
    and the choice of the blend lives on time. `products` has the columns PRODUCTS.
    The state is "trained" or "not_enough_data". Raises TesseraError for missing
    columns, unknown kinds and repeated products.
    """
    raise NotImplementedError
