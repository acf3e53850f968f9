"""Reasons name what weighs most, in the right direction, and say how far they hold."""

import numpy as np
import pandas as pd
import pytest

from ml.churn import is_not_lapsed
from ml.common import amounts, reasons
from ml.common.classifiers import fit_calibrated
from ml.common.encoding import signed_log1p
from ml.common.features import FEATURES
from ml.common.labelled import Labelled, Wanted
from ml.common.labelled import labelled as labelled_rows
from ml.common.returning import NAMES
from ml.common.telling import telling
from ml.common.wording import GROUPS

SOURCES = (
    *("season_alignment", "email_click_30d_count", "days_since_last_cart_add"),
    *("product_view_30d_count", "net_revenue_365d_amount", "days_since_last_order"),
    *("days_since_last_activity", "tenure_days"),
)
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


@pytest.mark.parametrize("name", [*FEATURES, *NAMES])
def test_every_feature_belongs_to_a_group_and_has_words(name: str) -> None:
    assert any(part in name for parts in GROUPS.values() for part in parts)
    told = telling(name)
    places = told.place(np.array([-4e9, -1.0, 0.0, 0.3, 1.0, 40.0, 3650.0, 4e9]))
    assert all(told.words(int(place)).strip() for place in places)


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("net_revenue_365d_amount", 0, "spent nothing within a year, net of refunds"),
        ("net_revenue_365d_amount", 0.4, "spent less than 1 within a year"),
        ("net_revenue_365d_amount", 4.7, "spent about 5 within a year"),
        ("net_revenue_365d_amount", 12_345, "spent about 12,000 within a year"),
        ("net_revenue_365d_amount", 3e6, "spent at least 1,000,000 within a year"),
        ("net_revenue_365d_amount", -9, "refunded more than spent within a year"),
        ("product_view_30d_count", 365, "365 products viewed within 30 days"),
        ("product_view_30d_count", 500, "more than 365 products viewed within 30 days"),
        ("product_view_30d_count", 1, "1 product viewed within 30 days"),
        ("product_view_30d_count", 0, "no products viewed within 30 days"),
        ("email_unsubscribe_count", 1, "1 unsubscription so far"),
        ("email_open_count_per_month", 0.2, "less than 1 opening of mails a month"),
        ("email_open_count_per_month", 1.2, "about 1 opening of mails a month"),
        ("email_open_count_per_month", 1.6, "about 2 openings of mails a month"),
        ("days_since_last_order", 1, "last order 1 day ago"),
        ("days_since_last_order", 400, "no order within a year"),
        ("days_since_first_order", 400, "first order more than a year ago"),
        ("days_since_first_order", 3650, "no order yet"),
        ("tenure_days", 1, "known for 1 day"),
    ],
)
def test_a_value_is_told_truly(feature: str, value: float, words: str) -> None:
    told = telling(feature)
    [place] = told.place(np.array([float(value)]))
    assert told.words(int(place)) == words


def test_a_group_is_told_by_what_weighs_most_in_it() -> None:
    sources = ("email_click_30d_count", "email_unsubscribe_count", "tenure_days")
    weights = {"weights": np.array([1.0, -3.0, 0.1]), "usual": np.zeros(3)}
    values = np.array([[3.0, 1.0, 9.0], [3.0, 0.0, 9.0]])
    told = reasons.reasons(weights, values, sources)["reason_1"]
    assert told.tolist() == [
        "lowers: 1 unsubscription so far",
        "raises: 3 clicks in mails within 30 days",
    ]


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


def test_reasons_are_those_of_asking_each_customer_alone(rows: Labelled) -> None:
    """Spelt out: sums by group, then the column that adds most that way."""
    random, count = np.random.default_rng(4), 400
    sources = tuple(FEATURES)
    values = random.poisson(3.0, (count, len(sources))) * random.random(len(sources))
    weights = {
        "usual": random.random(len(sources)),
        "weights": random.normal(size=len(sources)),
    }
    told = pd.DataFrame(reasons.reasons(weights, values, sources)).astype("str")
    added = (signed_log1p(values) - weights["usual"]) * weights["weights"]
    own = [next(g for g, ps in GROUPS.items() if any(p in s for p in ps))
           for s in sources]  # fmt: skip
    for row in range(count):
        by_group = pd.Series(added[row]).groupby(own, sort=False).sum()
        strongest = by_group.abs().sort_values(ascending=False).index[:3]
        for place, group in enumerate(strongest, 1):
            way = 1 if by_group[group] >= 0 else -1
            among = [at for at, one in enumerate(own) if one == group]
            best = max(among, key=lambda at: added[row, at] * way)
            told_of = telling(sources[best])
            words = told_of.words(int(told_of.place(values[row, [best]])[0]))
            expected = ("raises: " if way > 0 else "lowers: ") + words
            assert told.loc[row, f"reason_{place}"] == expected


def test_no_reason_pulls_against_what_its_feature_does_by_itself() -> None:
    """Visits mend views: left free, views get a weight against their own direction."""
    random = np.random.default_rng(0)
    visits = random.poisson(5.0, 4_000).astype("float64")
    views = visits + random.poisson(1.0, 4_000)
    sources = ("activity_30d_count", "product_view_30d_count", "tenure_days")
    values = np.column_stack([visits, views, random.poisson(9.0, 4_000) * 1.0])
    odds = 6 * np.log1p(visits) - 3 * np.log1p(views) - 5
    labels = (random.random(4_000) < 1 / (1 + np.exp(-odds))) * 1.0
    ids = pd.DataFrame({"customer_id": [f"c{number:05d}" for number in range(4_000)]})
    rows = Labelled(ids, values, labels, sources)
    model = fit_calibrated("logistic", values, labels, rows.customers, seed=0)
    weights = reasons.learn(model, rows)
    assert (weights["weights"][:2] > 0).all()
    told = reasons.reasons(weights, np.array([[0.0, 0.0, 9.0]]), sources)
    sentences = {sentence[0] for sentence in told.values()}
    assert "raises: no products viewed within 30 days" not in sentences
    assert "lowers: no activities within 30 days" in sentences
