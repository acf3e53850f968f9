"""Next-order values are no worse than the shop's mean, or are the shop's mean."""

import numpy as np
import pandas as pd
import pytest

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


def test_with_too_little_history_to_choose_it_is_the_shops_mean(
    priced: Tables,
) -> None:
    """The earlier moments have a teacher and a test, and nothing to choose on."""
    late = priced[TRAINING]["as_of_at"] >= moment_of(priced) - 2 * HORIZON
    frame = priced[TRAINING][late]
    inputs = inputs_of(MODEL, {**priced, TRAINING: frame}, moment_of(priced))
    trained = MODEL.train(inputs, None, 1)
    assert (trained.card["chosen_kind"], trained.card["choice_rmse"]) == (
        "shop_mean",
        {},
    )
    assert "too little" in trained.card["chosen_by"]
