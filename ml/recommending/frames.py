"""The frames that recommendations come from and go to, and the rules a shop sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ml.common.frames import Schema

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
