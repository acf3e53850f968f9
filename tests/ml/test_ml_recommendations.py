"""Recommendations meet the warehouse: rules and shelves of now, ties of back then."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from ml.recommendations import MODEL
from ml.spec import SCORING, Trained, Verdict
from tests.ml.running import Tables, inputs_of, moment_of, say

ACTS, PRODUCTS = "features.product_interactions", "features.products_now"
RULES, TOLD = "features.recommendation_rules", "features.interaction_reconciliation"
# Customer number 3 is of taste 3.
ANN, WARM = "c000003", "p024"


@pytest.fixture(scope="module")
def learned(tables: Tables) -> Trained:
    """Ties as they were learned once."""
    return MODEL.train(inputs_of(MODEL, tables, moment_of(tables)), None, 3)


def advice(learned: Trained, tables: Tables) -> pd.DataFrame:
    """What the standing model says on these tables."""
    inputs = inputs_of(MODEL, tables, moment_of(tables))
    frames = MODEL.score(learned.estimator, inputs, [inputs[SCORING]], "v1")
    return frames["recommendations"]


def shown(learned: Trained, tables: Tables, customer: str = ANN) -> list[str]:
    """The products that one customer is shown, the best first."""
    frame = advice(learned, tables)
    return frame.loc[frame["customer_id"] == customer, "product_id"].to_list()


def acted(tables: Tables, product: str, kind: str, days: float) -> Tables:
    """The same shop, where Ann did one thing more, so many days ago."""
    act = {
        "customer_id": ANN,
        "product_id": product,
        "kind": kind,
        "occurred_at": moment_of(tables) - pd.Timedelta(days=days),
        "weight": 1,
    }
    return {**tables, ACTS: pd.concat([tables[ACTS], pd.DataFrame([act])])}


def test_taste_is_found_and_told_on_the_card(learned: Trained) -> None:
    metrics = learned.card["metrics"]
    assert metrics["ndcg"] > 1.5 * metrics["popularity_ndcg"]
    assert learned.card["acts"]["viewed"]["used"] > 0


def test_it_is_known_until_when_the_blend_was_chosen(
    learned: Trained, tables: Tables
) -> None:
    assert learned.test_at is not None
    assert learned.judged_to_at == tables[ACTS]["occurred_at"].max()
    assert learned.judged_to_at > learned.test_at


def test_the_rules_of_the_shop_are_obeyed(learned: Trained, tables: Tables) -> None:
    products = tables[PRODUCTS].copy()
    products.loc[products["product_id"] == "p024", "is_suppressed"] = True
    products.loc[products["product_id"] == "p025", "is_available"] = False
    rules = tables[RULES].assign(recommendations_per_customer=4)
    found = advice(learned, {**tables, PRODUCTS: products, RULES: rules})
    assert {"p024", "p025"} & set(advice(learned, tables)["product_id"]) != set()
    assert {"p024", "p025"} & set(found["product_id"]) == set()
    assert found.groupby("customer_id").size().eq(4).all()


@pytest.mark.parametrize(("days", "is_shown"), [(29.99, False), (30, True)])
def test_what_was_just_bought_is_left_out(
    learned: Trained, tables: Tables, days: float, is_shown: bool
) -> None:
    every = {**tables, RULES: tables[RULES].assign(recommendations_per_customer=40)}
    own = every[ACTS]
    every[ACTS] = own[(own["customer_id"] != ANN) | (own["kind"] != "bought")]
    assert WARM in shown(learned, every)
    assert (WARM in shown(learned, acted(every, WARM, "bought", days))) is is_shown


def test_a_standing_model_hears_of_what_was_done_since(
    learned: Trained, tables: Tables
) -> None:
    acts = tables[ACTS]
    stranger = {**tables, ACTS: acts[acts["customer_id"] != ANN]}
    before = advice(learned, stranger).query("customer_id == @ANN")
    assert set(before["reason_kind"]) == {"popular_now"}
    after = advice(learned, acted(stranger, WARM, "carted", 1))
    told = after.query("customer_id == @ANN and reason_product_id == @WARM")
    assert set(told["reason_kind"]) == {"because_carted"}


@pytest.mark.parametrize("missing", [PRODUCTS, ACTS])
def test_too_little_is_said_in_words(tables: Tables, missing: str) -> None:
    aside = pd.DataFrame({"kind": ["viewed"], "fate": ["bot"], "act_count": [7]})
    lacking = {**tables, missing: tables[missing].iloc[:0], TOLD: aside}
    said = say(MODEL, lacking)
    assert said.state == "not_enough_data"
    words = {PRODUCTS: "No source tells of a catalogue", ACTS: "7 acts are set aside"}
    assert words[missing] in said.reason
    assert said.frames["recommendations"].empty


def judged(learned: Trained, tables: Tables, champion: dict[str, Any]) -> Verdict:
    """A contest of a champion against what was learned, by the shop as it is."""
    inputs = inputs_of(MODEL, tables, moment_of(tables))
    return MODEL.contest(champion, learned.judged, inputs, 3)


def without(parts: dict[str, Any], gone: np.ndarray) -> dict[str, Any]:
    """The same ties, had these products not been there when they were learned."""
    kept = np.flatnonzero(~np.isin(parts["product_ids"], gone))
    none = sparse.csr_matrix((len(kept), len(kept)), dtype="float32")
    return {
        **parts,
        "product_ids": parts["product_ids"][kept],
        "ties": parts["ties"][np.ix_(kept, kept)],
        "likeness": {one: getattr(none, one) for one in ("data", "indices", "indptr")},
    }


def test_ties_that_tell_more_take_the_place_and_those_that_tell_less_do_not(
    learned: Trained, tables: Tables
) -> None:
    own = learned.judged
    popular = {**own, "blend": {**own["blend"], "popularity": float("inf")}}
    verdict = judged(learned, tables, popular)
    assert verdict.is_better
    assert verdict.figures["difference_low"] > 0
    assert verdict.figures["row_count"] >= 100
    worse = MODEL.contest(own, popular, inputs_of(MODEL, tables, moment_of(tables)), 3)
    assert not worse.is_better


def test_a_champion_that_does_not_know_what_is_new_loses_a_tie(
    learned: Trained, tables: Tables
) -> None:
    """Alone by popularity, new ties and old ones advise the same."""
    blend = {**learned.judged["blend"], "popularity": float("inf")}
    newest = np.array([f"p{one:03d}" for one in range(0, 40, 8)])
    young = replace(learned, judged={**learned.judged, "blend": blend})
    old = without(young.judged, newest)
    verdict = judged(young, tables, old)
    assert verdict.figures["difference"] == 0
    assert verdict.is_better
    assert "only the challenger knows" in verdict.rule
    # And the other way round there is nothing new.
    assert not judged(replace(young, judged=old), tables, young.judged).is_better


def test_what_chance_does_as_well_is_below_the_floor(
    tables: Tables, learned: Trained
) -> None:
    assert learned.card["metrics"]["ndcg_above_chance"] > 0
    chance = np.random.default_rng(1)
    acts = tables[ACTS].copy()
    acts["product_id"] = [f"p{one:03d}" for one in chance.integers(0, 40, len(acts))]
    trained = MODEL.train(
        inputs_of(MODEL, {**tables, ACTS: acts}, moment_of(tables)), None, 3
    )
    assert not trained.card["is_above_floor"]
