"""Recommendations: which products to show whom, and which go with which.

The algorithms are in ml/recommending/; here they meet the tables of the warehouse.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.frames import KEY, empty, require_unique
from ml.recommending import (
    INTERACTIONS,
    NEIGHBORS,
    PRODUCTS,
    RECOMMENDATIONS,
    Adviser,
    Rules,
    fit,
)
from ml.recommending.contest import contest, scene
from ml.recommending.keeping import plain, revived
from ml.spec import (
    Card,
    Estimator,
    Frames,
    Inputs,
    ModelSpec,
    Trained,
    Verdict,
    refused,
)

# NDCG@10 less that of products in any order, less two standard errors.
FLOOR = {"ndcg_above_chance": 0.0}


def train(inputs: Inputs, champion: Estimator | None, seed: int) -> Trained:
    """Learn which products go together, and how far to trust that beside popularity.

    `interactions` are what customers did up to the moment of the run. Without a
    catalogue, without acts and with too few the state is `not_enough_data`.
    """
    interactions, products = inputs["interactions"], inputs["products"]
    acts = _acts(inputs["reconciliation"])
    reason = _lacking(interactions, products, acts)
    if reason:
        return _not_enough(reason, acts)
    data = _fingerprint(interactions, products)
    if inputs.is_refused(data):
        return refused(data)
    fitted = fit(
        interactions, products, as_of_at=inputs.as_of_at, seed=seed, keep_judged=True
    )
    if fitted.model is None or fitted.judged is None:
        return _not_enough(fitted.reason, acts)
    moments = interactions["occurred_at"].astype("datetime64[us]")
    return Trained(
        "trained",
        "",
        card={**fitted.card, **_judged(fitted.card), "acts": acts},
        estimator=plain(fitted.model),
        judged=plain(fitted.judged),
        data=data,
        window=(moments.min(), moments.max()),
        test_at=fitted.test_at,
        # The blend was chosen by what the first half of the judges did until then.
        judged_to_at=moments.max(),
    )


def judge(
    champion: Estimator, challenger: Estimator, inputs: Inputs, seed: int
) -> Verdict:
    """Let both advise at the challenger's test moment; see ml/recommending/contest.py.

    Raises KeyError where a champion of a former spec kept no such parts.
    """
    with threadpool_limits(limits=1):
        at = scene(inputs["interactions"], inputs["products"], seed)
        return contest(revived(champion), revived(challenger), at, seed=seed)


def score(
    estimator: Estimator, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    """Return `recommendations` of every customer and `neighbors` of every product.

    Ties between products are as they were learned; histories, popularity and what can
    be bought are of now.
    """
    customers = _everybody(batches)
    if inputs["products"].empty:
        return {name: empty(schema) for name, schema in MODEL.outputs.items()}
    adviser = Adviser(
        revived(estimator),
        inputs["interactions"],
        inputs["products"],
        as_of_at=inputs.as_of_at,
        model_version=version,
        rules=_rules(inputs["rules"]),
    )
    return {
        "recommendations": adviser.recommend(customers),
        "neighbors": adviser.neighbors(),
    }


def _everybody(batches: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Ids alone, which are narrow; the adviser works in blocks of its own."""
    ids = [batch[list(KEY)] for batch in batches if len(batch)]
    if not ids:
        return pd.DataFrame(columns=list(KEY))
    everybody = pd.concat(ids, ignore_index=True)
    require_unique(everybody, ("customer_id",), "ml/recommendations, scoring")
    return everybody


def _lacking(interactions: pd.DataFrame, products: pd.DataFrame, acts: Card) -> str:
    if products.empty:
        return "No source tells of a catalogue of products."
    if interactions.empty:
        aside = sum(count for fates in acts.values() for count in fates.values())
        told = f"; {aside} acts are set aside" if aside else ""
        return f"No customer looked at or bought a product of the catalogue{told}."
    return ""


def _not_enough(reason: str, acts: Card) -> Trained:
    card = {"state": "not_enough_data", "reason": reason, "acts": acts}
    return Trained("not_enough_data", reason, card)


def _acts(reconciliation: pd.DataFrame) -> Card:
    """How many acts of each kind were used, and how many set aside and why."""
    acts: Card = {}
    if reconciliation.empty:
        return acts
    names = ["kind", "fate", "act_count"]
    for kind, fate, count in sorted(reconciliation[names].to_numpy().tolist()):
        acts.setdefault(kind, {})[fate] = int(count)
    return acts


def _judged(card: Card) -> Card:
    """The figures that the register shows; without judges there are none."""
    choice = card["choice"]
    names = "ndcg", "popularity_ndcg", "ndcg_above_chance"
    metrics = {name: float(choice[name]) for name in names if name in choice}
    return {
        "metrics": metrics,
        "quality_floor": FLOOR,
        "is_above_floor": all(metrics.get(name, 0) >= FLOOR[name] for name in FLOOR),
    }


def _rules(rules: pd.DataFrame) -> Rules:
    told: Any = rules.iloc[0]
    return Rules(
        per_customer=int(told.recommendations_per_customer),
        per_product=int(told.neighbors_per_product),
        just_bought_days=int(told.just_bought_days),
    )


def _fingerprint(interactions: pd.DataFrame, products: pd.DataFrame) -> str:
    """A hash of all that was learned from, whatever the order of rows."""
    digest = hashlib.sha256()
    for frame, names in ((interactions, INTERACTIONS), (products, PRODUCTS)):
        hashes = pd.util.hash_pandas_object(frame[list(names)], index=False)
        digest.update(hashes.sort_values().to_numpy().tobytes())
    return digest.hexdigest()


MODEL = ModelSpec(
    name="recommendations",
    target=None,
    features=(),
    reads={
        "interactions": "features.product_interactions",
        "products": "features.products_now",
        "reconciliation": "features.interaction_reconciliation",
        "rules": "features.recommendation_rules",
        "scoring": "features.advised_customers",
    },
    outputs={"recommendations": RECOMMENDATIONS, "neighbors": NEIGHBORS},
    quality_floor=FLOOR,
    settings={},
    train=train,
    score=score,
    contest=judge,
)
