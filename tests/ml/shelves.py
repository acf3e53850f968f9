"""What the customers of a made-up shop did to its products, each after a taste."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pandas as pd

TASTES, GOODS = 5, 8
KINDS = {"viewed": "views", "carted": "carts", "bought": "orders"}
START = pd.Timestamp("2025-01-01")


class Habits(Protocol):
    """Customers by days: how often each did what."""

    views: np.ndarray
    carts: np.ndarray
    orders: np.ndarray


def advice_tables(shop: Habits, day: int, since: int = 300) -> dict[str, pd.DataFrame]:
    """Return what recommendations read at the midnight before `day`, by table."""
    acts = pd.concat(_acts(shop, day, since), ignore_index=True)
    told = acts.groupby("kind", as_index=False)["weight"].sum()
    everybody = [f"c{number:06d}" for number in range(len(shop.views))]
    return {
        "features.product_interactions": acts,
        "features.products_now": _products(),
        "features.interaction_reconciliation": told.assign(fate="used").rename(
            columns={"weight": "act_count"}
        ),
        "features.recommendation_rules": pd.DataFrame(
            {
                "recommendations_per_customer": [10],
                "neighbors_per_product": [5],
                "just_bought_days": [30],
            }
        ),
        "features.advised_customers": pd.DataFrame(
            {"customer_id": everybody, "as_of_at": START + pd.Timedelta(days=day)}
        ),
    }


def _acts(shop: Habits, day: int, since: int) -> Iterator[pd.DataFrame]:
    """Three of four acts are within a customer's taste."""
    chance = np.random.default_rng(5)
    for kind, name in KINDS.items():
        done = getattr(shop, name)[:, since:day].astype("int64")
        who, when = np.nonzero(done)
        taste = np.where(chance.random(len(who)) < 0.75, who % TASTES, 0)
        good = (GOODS * chance.random(len(who)) ** 2).astype("int64")
        yield pd.DataFrame(
            {
                "customer_id": [f"c{number:06d}" for number in who],
                "product_id": [f"p{one:03d}" for one in taste * GOODS + good],
                "kind": kind,
                "occurred_at": START + pd.to_timedelta(since + when, unit="D"),
                "weight": done[who, when],
            }
        )


def _products() -> pd.DataFrame:
    number = np.arange(TASTES * GOODS)
    return pd.DataFrame(
        {
            "product_id": [f"p{one:03d}" for one in number],
            "product_name": [f"Thing {one}" for one in number],
            "category": [f"taste {one // GOODS}" for one in number],
            "price": 5.0 + number % 7,
            "is_available": True,
            "is_suppressed": False,
        }
    )
