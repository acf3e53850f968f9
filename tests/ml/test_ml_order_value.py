"""Next-order values are no worse than the shop's mean, or are the shop's mean."""

import numpy as np
import pandas as pd
import pytest

from ml import order_value
from ml.order_value import MODEL, WANTED
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


def test_what_is_worse_than_the_shops_mean_gives_way_to_it(
    priced: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the latest moment everybody's price is another one's."""
    frame = priced[TRAINING].copy()
    closed = frame["as_of_at"] <= moment_of(priced) - WANTED.horizon
    latest = frame["as_of_at"] == frame.loc[closed, "as_of_at"].max()
    middle = frame[WANTED.target].mean()
    frame.loc[latest, WANTED.target] = 2 * middle - frame[WANTED.target]
    tables: Tables = {**priced, TRAINING: frame}
    inputs = inputs_of(MODEL, tables, moment_of(tables))
    monkeypatch.setattr(order_value, "_chosen", lambda *_: ("shrunk_mean", {}))
    trained = MODEL.train(inputs, None, 1)
    assert trained.card["is_fallback"]
    assert trained.card["chosen_kind"] == "shop_mean"
    assert trained.card["metrics"]["skill"] == 0
    assert trained.card["is_above_floor"]
    batches = [pd.DataFrame(tables["features.customers_now"])]
    said = MODEL.score(trained.estimator, inputs, batches, "v")["amounts"]
    assert said["next_order_value_amount"].nunique() == 1
