"""The frames that recommendations come from and go to, and the rules a shop sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from ml.common.frames import Schema
from warehouse.errors import TesseraError, nearest

KINDS: Final[Mapping[str, float]] = {"viewed": 1.0, "carted": 2.0, "bought": 3.0}
"""What may tie a person to a product, the weakest first, and how much it says."""

INTERACTIONS: Final = ("customer_id", "product_id", "kind", "occurred_at", "weight")
PRODUCTS: Final = (
    *("product_id", "product_name", "category", "price"),
    *("is_available", "is_suppressed"),
)
RECOMMENDATIONS: Final[Schema] = {
    "customer_id": "str",
    "rank": "int64",
    "product_id": "str",
    "score": "float64",
    "reason_kind": "str",
    "reason_product_id": "str",
    "as_of_at": "datetime64[us]",
    "model_version": "str",
}
NEIGHBORS: Final[Schema] = {
    "product_id": "str",
    "rank": "int64",
    "neighbor_product_id": "str",
    "score": "float64",
    "as_of_at": "datetime64[us]",
    "model_version": "str",
}


@dataclass(frozen=True)
class Rules:
    """How many to show, and what not.

    A product bought within `just_bought_days` before the moment of advice is left out,
    and may come back later; None leaves out for ever what was bought once.
    `seen_too` leaves out everything that the person ever touched.
    """

    per_customer: int = 10
    per_product: int = 10
    just_bought_days: int | None = 30
    seen_too: bool = False


def check_interactions(interactions: pd.DataFrame, as_of_at: pd.Timestamp) -> None:
    """Raise TesseraError for missing columns, unknown kinds, and later moments."""
    where = "ml/recommending, interactions"
    _require(interactions, INTERACTIONS, where)
    odd = sorted(set(interactions["kind"].unique()) - set(KINDS))
    if odd:
        raise TesseraError(
            "a kind of interaction is unknown",
            where=where,
            given=f"`{odd[0]}`",
            allowed=KINDS,
            remedy=nearest(str(odd[0]), KINDS),
        )
    late = int((interactions["occurred_at"] > as_of_at).sum())
    if late:
        raise TesseraError(
            f"{late} interactions occurred after the moment of advice",
            where=where,
            allowed=f"moments up to {as_of_at}",
            remedy="Pass what was known by then.",
        )


def check_products(products: pd.DataFrame) -> None:
    """Raise TesseraError for missing columns and for a product that comes twice."""
    where = "ml/recommending, products"
    _require(products, PRODUCTS, where)
    twice = products["product_id"][products["product_id"].duplicated()]
    if len(twice):
        raise TesseraError(
            f"{len(twice)} rows repeat a product",
            where=where,
            given=f"product `{twice.iloc[0]}`",
            allowed="one row per product_id",
            remedy="Remove the duplicates upstream.",
        )


def _require(frame: pd.DataFrame, needed: Iterable[str], where: str) -> None:
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise TesseraError(
            f"the frame lacks {', '.join(f'`{name}`' for name in missing)}",
            where=where,
            allowed=needed,
            remedy=nearest(missing[0], map(str, frame.columns)),
        )
