"""Next-order values are no worse than the shop's mean, or are the shop's mean."""

import numpy as np
import pandas as pd
import pytest

from ml.common.amounts import simplest
from ml.common.moments import closed_by, plan
from ml.order_value import HORIZON, MODEL, WANTED
from tests.ml.running import Tables, inputs_of, moment_of

TRAINING = "features.training_set"


@pytest.fixture(scope="module")
def priced(tables: Tables) -> Tables:
    """Each customer has a price of their own, which their mean tells nearly."""
    frame = tables[TRAINING].copy()
    chance = np.random.default_rng(1)
    own = 20 + 60 * frame["customer_id"].str[-2:].astype(float) / 99
    frame["average_order_amount"] = own.where(frame["order_count"] > 0)
    ordered = frame[WANTED.target].notna()
    frame.loc[ordered, WANTED.target] = own + chance.normal(0, 3, len(frame))
    return {**tables, TRAINING: frame}


def test_a_customers_own_mean_takes_the_place_of_the_shops_and_keeps_it(
    priced: Tables,
) -> None:
    inputs = inputs_of(MODEL, priced, moment_of(priced))
    trained = MODEL.train(inputs, None, 1)
    assert trained.card["metrics"]["skill"] > 0.2
    assert not trained.card["is_fallback"]
    shop = {**trained.judged, "kind": "shop_mean"}
    verdict = MODEL.contest(shop, trained.judged, inputs, 1)
    assert verdict.is_better
    assert verdict.figures["difference_low"] > 0
    assert not MODEL.contest(trained.judged, shop, inputs, 1).is_better


def _turned_at(priced: Tables, role: str) -> Tables:
    """At the moment of this role who pays much pays little, and the other way round."""
    frame = priced[TRAINING].copy()
    moments = closed_by(frame["as_of_at"].unique(), moment_of(priced), HORIZON)
    here = frame["as_of_at"] == getattr(plan(moments, HORIZON), role)
    labels = frame.loc[here, WANTED.target]
    frame.loc[here, WANTED.target] = labels.max() + labels.min() - labels
    return {**priced, TRAINING: frame}


def test_what_is_worse_than_the_shops_mean_is_below_its_floor(priced: Tables) -> None:
    """At the test everybody's price is another one's; what chose knew nothing of it."""
    tables = _turned_at(priced, "test")
    trained = MODEL.train(inputs_of(MODEL, tables, moment_of(tables)), None, 1)
    assert trained.card["chosen_kind"] != "shop_mean"
    assert trained.card["metrics"]["skill"] < 0
    assert not trained.card["is_above_floor"]
    assert not trained.card["remark"]


def test_where_nothing_was_better_than_the_shops_mean_that_is_said(
    priced: Tables,
) -> None:
    """It is chosen before the test, which would have told otherwise."""
    tables = _turned_at(priced, "choice")
    inputs = inputs_of(MODEL, tables, moment_of(tables))
    trained = MODEL.train(inputs, None, 1)
    assert trained.card["chosen_kind"] == "shop_mean"
    assert trained.card["is_fallback"]
    assert trained.card["choice_rmse"]["shop_mean"] > 0
    assert "no better" in trained.card["remark"]
    assert (trained.card["metrics"]["skill"], trained.card["is_above_floor"]) == (0, 1)
    batches = [pd.DataFrame(tables["features.customers_now"])]
    said = MODEL.score(trained.estimator, inputs, batches, "v")["amounts"]
    assert said["next_order_value_amount"].nunique() == 1


@pytest.fixture
def young(priced: Tables) -> pd.DataFrame:
    """The earlier moments have a teacher and a test, and nothing to choose on."""
    late = priced[TRAINING]["as_of_at"] >= moment_of(priced) - 2 * HORIZON
    return priced[TRAINING][late].copy()


def test_in_a_young_shop_other_customers_choose(
    priced: Tables, young: pd.DataFrame
) -> None:
    inputs = inputs_of(MODEL, {**priced, TRAINING: young}, moment_of(priced))
    card = MODEL.train(inputs, None, 1).card
    assert card["chosen_kind"] != "shop_mean"
    assert "other customers" in card["chosen_by"]
    assert card["metrics"]["skill"] > 0.2
    assert not card["remark"]


def test_with_too_few_orders_to_choose_it_is_the_shops_mean_and_says_no_more(
    priced: Tables, young: pd.DataFrame
) -> None:
    moments = closed_by(young["as_of_at"].unique(), moment_of(priced), HORIZON)
    teach = young["as_of_at"].isin(plan(moments, HORIZON).fit)
    known = young.index[teach & young[WANTED.target].notna()]
    young.loc[known[150:], WANTED.target] = np.nan
    inputs = inputs_of(MODEL, {**priced, TRAINING: young}, moment_of(priced))
    card = MODEL.train(inputs, None, 1).card
    assert (card["chosen_kind"], card["choice_rmse"]) == ("shop_mean", {})
    assert "too few orders" in card["chosen_by"]
    assert "too few orders" in card["remark"]


def test_the_simplest_stays_unless_another_errs_less_beyond_chance() -> None:
    dice = np.random.default_rng(3)
    errors = dice.exponential(1, 400)
    luck = errors - dice.normal(0.05, 1, 400)
    assert (errors - luck).mean() > 0
    assert simplest({"plain": errors, "lucky": luck}) == "plain"
    better = {"plain": errors, "lucky": luck, "better": errors - 0.1}
    assert simplest(better) == "better"
