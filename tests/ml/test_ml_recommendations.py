"""Recommendations meet the warehouse: rules and shelves of now, ties of back then."""

import pandas as pd
import pytest

from ml.recommendations import MODEL
from ml.spec import SCORING, Trained
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
