"""Learns the ties between products, and how far to trust them beside popularity."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.recommending.alike import cosines
from ml.recommending.choice import Choice, choose, trial
from ml.recommending.ease import RIDGE, ease
from ml.recommending.factors import als
from ml.recommending.frames import check_interactions, check_products
from ml.recommending.histories import Histories, Mask, histories
from ml.recommending.model import Blend, Recommender
from ml.recommending.tastes import Tastes

Holdout: TypeAlias = Literal["by_time", "by_person"]
HELD_OUT = 0.2
FEWEST_TIES = 100
FEWEST_PEOPLE = 5
"""People that a product needs to speak for others; with fewer it is cold."""
MOST_FOR_EASE = 10_000


@dataclass(frozen=True)
class Fitted:
    """What a training found. `model` is None without enough data; `reason` says why."""

    state: Literal["trained", "not_enough_data"]
    reason: str
    card: dict[str, Any]
    model: Recommender | None


def fit(
    interactions: pd.DataFrame,
    products: pd.DataFrame,
    *,
    as_of_at: pd.Timestamp,
    seed: int = 0,
    holdout: Holdout = "by_time",
) -> Fitted:
    """Learn from `interactions` (columns INTERACTIONS) up to `as_of_at`.

    Rows may repeat a customer, product and kind: `weight` is how often, `occurred_at`
    when (the latest of those). One row a day tells more of time than one row in all,
    and the choice of the blend lives on time: it is judged on the latest fifth of the
    rows, or with `by_person` on the latest fifth of each person's. `products` has the
    columns PRODUCTS; a category may be several, parted by `|`. The state is "trained"
    or "not_enough_data". Raises TesseraError for missing columns, unknown kinds,
    repeated products and interactions after `as_of_at`.
    """
    check_interactions(interactions, as_of_at)
    check_products(products)
    shelf = products.sort_values("product_id", ignore_index=True)
    ids = pd.Index(shelf["product_id"])
    with threadpool_limits(limits=1):  # one order of summation on every machine
        choice = _chosen(interactions, shelf, seed, holdout)
        past = histories(interactions, ids)
        size = len(past.product)
        if size < FEWEST_TIES:
            reason = (
                f"People touched products {size} times; advice needs {FEWEST_TIES}."
            )
            card = {"state": "not_enough_data", "reason": reason}
            return Fitted("not_enough_data", reason, card, None)
        model = _learn(past, ids, choice.blend, seed)
    return Fitted("trained", "", _card(past, model, choice, as_of_at), model)


def _chosen(
    interactions: pd.DataFrame, shelf: pd.DataFrame, seed: int, holdout: Holdout
) -> Choice:
    is_later = _later(interactions, holdout)
    ids, before = pd.Index(shelf["product_id"]), interactions[~is_later]
    past = histories(before, ids)
    judges = trial(past, histories(interactions[is_later], ids), seed)
    now = int(past.latest.max(initial=0))
    tastes = Tastes(_learn(past, ids, Blend(), seed), shelf)
    return choose(judges, lambda days: past.popularity(days, now), tastes)


def _later(interactions: pd.DataFrame, holdout: Holdout) -> Mask:
    at = interactions["occurred_at"]
    if holdout == "by_time":
        return (at > at.quantile(1 - HELD_OUT, interpolation="lower")).to_numpy()
    order = ["customer_id", "occurred_at", "product_id"]
    people = interactions.sort_values(order).groupby("customer_id")["product_id"]
    place = people.cumcount() / people.transform("size")
    return (place >= 1 - HELD_OUT).reindex(interactions.index).to_numpy()


def _learn(past: Histories, ids: pd.Index, blend: Blend, seed: int) -> Recommender:
    reach = np.bincount(past.product, minlength=past.size)
    warm = np.flatnonzero(reach >= FEWEST_PEOPLE)
    said = past.matrix()[:, warm]
    small = len(warm) <= MOST_FOR_EASE
    return Recommender(
        product_ids=ids[warm].to_numpy("str"),
        ties=ease(said) if small else None,
        factors=None if small else als(said, seed),
        likeness=cosines(said),
        blend=blend,
    )


def _card(
    past: Histories, model: Recommender, choice: Choice, as_of_at: pd.Timestamp
) -> dict[str, Any]:
    return {
        "state": "trained",
        "reason": "",
        "as_of_at": str(as_of_at),
        "person_count": len(past.people),
        "product_count": past.size,
        "warm_product_count": len(model.product_ids),
        "interaction_count": len(past.product),
        "ties": "als" if model.ties is None else f"ease, ridge {RIDGE:g}",
        "blend": model.blend.told(),
        "choice": choice.card,
    }
