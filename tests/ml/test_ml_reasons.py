"""Reasons name what weighs most, in the right direction, and say how far they hold."""

import numpy as np
import pandas as pd
import pytest

from ml.churn import is_not_lapsed
from ml.common import amounts, reasons
from ml.common.classifiers import fit_calibrated
from ml.common.features import FEATURES
from ml.common.labelled import Labelled, Wanted
from ml.common.labelled import labelled as labelled_rows
from ml.common.wording import GROUPS

SOURCES = tuple(group.shown for group in GROUPS.values())
CART = SOURCES.index("days_since_last_cart_add")
MAIL = SOURCES.index("email_click_30d_count")


@pytest.fixture(scope="module")
def rows() -> Labelled:
    """Carts long ago lower the odds much, clicks in mails raise them somewhat."""
    random = np.random.default_rng(0)
    values = random.poisson(5.0, (4_000, len(SOURCES))).astype("float64")
    logs = np.log1p(values)
    odds = -3.0 * (logs[:, CART] - 1.7) + 1.0 * (logs[:, MAIL] - 1.7)
    labels = (random.random(4_000) < 1 / (1 + np.exp(-odds))) * 1.0
    ids = [f"c{number:05d}" for number in range(4_000)]
    return Labelled(pd.DataFrame({"customer_id": ids}), values, labels, SOURCES)


@pytest.mark.parametrize(("kind", "least"), [("logistic", 0.99), ("boosting", 0.8)])
def test_what_weighs_most_is_named_with_its_direction(
    rows: Labelled, kind: str, least: float
) -> None:
    model = fit_calibrated(kind, rows.values, rows.labels, rows.customers, seed=0)
    weights = reasons.learn(model, rows)
    assert reasons.fidelity(weights, model, rows) > least
    asked = np.full((2, len(SOURCES)), 5.0)
    asked[0, CART], asked[1, CART], asked[1, MAIL] = 0.0, 30.0, 40.0
    told = reasons.reasons(weights, asked, SOURCES)
    assert told["reason_1"].tolist() == [
        "raises: last cart today",
        "lowers: last cart 30 days ago",
    ]
    assert told["reason_2"][1] == "raises: 40 clicks in mails within 30 days"


def test_the_parts_add_up_to_the_log_odds(rows: Labelled) -> None:
    model = fit_calibrated("logistic", rows.values, rows.labels, rows.customers, 0)
    added = reasons.contributions(reasons.learn(model, rows), rows.values).sum(axis=1)
    said = model.predict_proba(rows.values)[:, 1]
    odds = np.log(said / (1 - said))
    np.testing.assert_allclose(added - added.mean(), odds - odds.mean(), atol=0.05)


def test_every_feature_belongs_to_a_group_and_every_group_shows_one() -> None:
    for name in (*FEATURES, "returning_log_odds"):
        assert any(part in name for group in GROUPS.values() for part in group.parts)
    assert set(SOURCES) <= set(FEATURES)


def test_a_sample_keeps_all_moments_of_its_customers_whatever_the_order(
    small_training: pd.DataFrame,
) -> None:
    wanted = Wanted("purchased_within_30d", pd.Timedelta(days=30), most_customers=100)
    as_of = pd.Timestamp("2026-06-01")
    mixed = small_training.sample(frac=1, random_state=0)
    one, other = (
        labelled_rows(frame, wanted, ("order_count",), as_of, "here")
        for frame in (small_training, mixed)
    )
    assert one.fingerprint() == other.fingerprint()
    assert one.keys["customer_id"].nunique() == 100
    moments = one.keys.groupby("customer_id").size()
    assert set(moments) == {small_training["as_of_at"].nunique()}


def test_churn_is_asked_of_those_who_have_not_lapsed() -> None:
    frame = pd.DataFrame(
        {
            "order_count": [1, 1, 0, 0, 0],
            "days_since_last_order": pd.array([59, 60, None, None, None], "Int64"),
            "days_since_last_activity": pd.array([90, 0, 59, 60, None], "Int64"),
        }
    )
    assert is_not_lapsed(frame).tolist() == [True, False, True, False, False]


def test_a_mean_of_few_orders_is_drawn_to_the_shops() -> None:
    """Customers differ little, orders much: the own mean of one order says little."""
    random = np.random.default_rng(0)
    own = random.normal(50, 5, 3_000)
    orders = random.integers(0, 6, 3_000)
    seen = np.where(
        orders, own + random.normal(0, 30 / np.sqrt(np.maximum(orders, 1))), 0
    )
    values = np.column_stack([orders, np.maximum(seen, 0)]).astype("float64")
    labels = np.maximum(own + random.normal(0, 30, 3_000), 0)
    rows = Labelled(pd.DataFrame(), values, labels, amounts.OWN)
    fitted = amounts.fit_amounts("shrunk_mean", rows, 0)
    assert fitted["prior"] >= 8
    said = amounts.expected(fitted, np.array([[0.0, 0.0], [1.0, 100.0], [5.0, 100.0]]))
    assert said[0] == pytest.approx(50, abs=2)
    assert said[0] < said[1] < said[2] < 100
    assert amounts.figures(fitted, rows)["skill"] > 0
