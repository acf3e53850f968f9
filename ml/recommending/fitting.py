"""Learns the ties between products, and how far to trust them beside popularity."""

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from ml.recommending.alike import cosines
from ml.recommending.choice import Choice, choose, trial
from ml.recommending.ease import RIDGE, ease
from ml.recommending.factors import als
from ml.recommending.frames import check_interactions, check_products
from ml.recommending.histories import Acts, Histories, Mask, coded, histories
from ml.recommending.model import Blend, Recommender
from ml.recommending.tastes import Tastes

Holdout: TypeAlias = Literal["by_time", "by_person"]
HELD_OUT = 0.2
FEWEST_TIES = 100
SOME = 10_000
FEWEST_PEOPLE = 5
"""People that a product needs to speak for others; with fewer it is cold."""
MOST_FOR_EASE = 10_000


@dataclass(frozen=True)
class Fitted:
    """What a training found. `model` is None without enough data; `reason` says why.

    `judged` is, if asked for, what was learned before `test_at`, with the same blend.
    """

    state: Literal["trained", "not_enough_data"]
    reason: str
    card: dict[str, Any]
    model: Recommender | None
    judged: Recommender | None = None
    test_at: pd.Timestamp | None = None


def fit(
    interactions: pd.DataFrame,
    products: pd.DataFrame,
    *,
    as_of_at: pd.Timestamp,
    seed: int = 0,
    holdout: Holdout = "by_time",
    keep_judged: bool = False,
) -> Fitted:
    """Learn from `interactions` (columns INTERACTIONS) up to `as_of_at`.

    Rows may repeat a customer, product and kind: `weight` is how often (a whole
    number), `occurred_at` when (the latest of those). One row a day tells more of time
    than one row in all, and the choice of the blend lives on time: it is judged on the
    latest fifth of the rows, or with `by_person` on the latest fifth of each person's.
    `products` has the columns PRODUCTS; a category may be several, parted by `|`. The
    state is "trained" or "not_enough_data". Raises TesseraError for missing columns,
    unknown kinds, repeated products and interactions after `as_of_at`.
    """
    check_interactions(interactions, as_of_at)
    check_products(products)
    shelf = products.sort_values("product_id", ignore_index=True)
    ids = pd.Index(shelf["product_id"])
    with threadpool_limits(limits=1):  # one order of summation on every machine
        acts = coded(interactions, ids)
        size = _tie_count(acts)
        if size < FEWEST_TIES:
            return _not_enough(size)
        choice, judged, parted_us = _chosen(acts, shelf, seed, holdout)
        test_at = pd.Timestamp(parted_us, unit="us")
        if not keep_judged:
            judged = None  # it is as large as the model
        past = histories(acts)
        del acts  # its memory is worth more to what follows
        model = _learn(past, ids, choice.blend, seed)
        touched = past.matrix()[:, ids.get_indexer(pd.Index(model.product_ids))]
        model = replace(model, likeness=cosines(touched))
    card = _card(past, model, choice, as_of_at)
    return Fitted("trained", "", card, model, judged, test_at)


def _tie_count(acts: Acts) -> int:
    """How many products people touched; of many no more than is enough."""
    key = acts.person[:SOME] * np.int64(acts.size) + acts.product[:SOME]
    if len(np.unique(key)) < FEWEST_TIES:
        key = acts.person * np.int64(acts.size) + acts.product
    return len(np.unique(key))


def _not_enough(size: int) -> Fitted:
    reason = f"People touched products {size} times; advice needs {FEWEST_TIES}."
    card = {"state": "not_enough_data", "reason": reason}
    return Fitted("not_enough_data", reason, card, None)


def _chosen(
    acts: Acts, shelf: pd.DataFrame, seed: int, holdout: Holdout
) -> tuple[Choice, Recommender | None, int]:
    """The choice, what it was made of, and when the past ended, in microseconds."""
    is_later = parted(acts, holdout)
    past = histories(acts, ~is_later)
    judges = trial(past, histories(acts, is_later), seed)
    now = int(past.latest.max(initial=0))
    model = _learn(past, pd.Index(shelf["product_id"]), Blend(), seed)
    tastes = Tastes(model, shelf)
    choice = choose(judges, lambda days: past.popularity(days, now), tastes, seed)
    return choice, replace(model, blend=choice.blend), now


def parted(acts: Acts, holdout: Holdout) -> Mask:
    """Return which acts are the latest fifth, of all or of each person's."""
    if holdout == "by_time":
        return np.asarray(acts.at > np.quantile(acts.at, 1 - HELD_OUT, method="lower"))
    order = np.lexsort((acts.product, acts.at, acts.person))
    person = acts.person[order]
    begin = np.searchsorted(person, person)
    end = np.searchsorted(person, person, side="right")
    is_later = np.empty(len(order), "bool")
    is_later[order] = np.arange(len(order)) - begin >= (1 - HELD_OUT) * (end - begin)
    return is_later


def _learn(past: Histories, ids: pd.Index, blend: Blend, seed: int) -> Recommender:
    reach = np.bincount(past.product, minlength=past.size)
    warm = np.flatnonzero(reach >= FEWEST_PEOPLE)
    said = past.matrix()
    if len(warm) < past.size:
        said = said[:, warm]
    small = len(warm) <= MOST_FOR_EASE
    return Recommender(
        product_ids=ids[warm].to_numpy("str"),
        ties=ease(said) if small else None,
        factors=None if small else als(said, seed),
        likeness=sparse.csr_matrix((len(warm), len(warm)), dtype="float32"),
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
