"""The shared parts: encodings, metrics and the calendar of moments."""

import hashlib
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from threadpoolctl import threadpool_limits

from ml.common.choice import better, mended_losses
from ml.common.classifiers import KINDS, fit_calibrated, probabilities
from ml.common.encoding import NEVER_DAYS, numbers
from ml.common.features import FEATURES, columns_read, encode
from ml.common.frames import is_ascending
from ml.common.metrics import bootstrap, calibration_table, ece_by_chance, measure
from ml.common.moments import plan
from ml.common.rhythm import order_due_ratio
from ml.common.season import COUNTS, Season, _lived, season_of
from ml.life.artifacts import pack, unpack
from ml.spec import Trained


def days(*numbers: int) -> list[pd.Timestamp]:
    return [pd.Timestamp("2026-01-01") + pd.Timedelta(days=n) for n in numbers]


def test_features_read_only_the_contract(contract_columns: set[str]) -> None:
    assert set(columns_read(FEATURES)) <= contract_columns


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([Decimal("1.50"), None, Decimal("-2")], dtype=object),
        pd.Series([1.5, None, -2.0], dtype="Float64"),
        pd.Series([1.5, np.inf, -2.0]),
    ],
    ids=["decimal", "nullable", "infinite"],
)
def test_columns_of_any_kind_become_floats(column: pd.Series) -> None:
    np.testing.assert_array_equal(numbers(column), [1.5, np.nan, -2.0])


def test_no_column_at_all_becomes_none(small_scoring: pd.DataFrame) -> None:
    encoded = encode(small_scoring.iloc[:0], FEATURES)
    assert encoded.values.shape == (0, len(encoded.columns))


def test_never_is_longer_ago_than_anything_and_says_so(
    small_scoring: pd.DataFrame,
) -> None:
    frame = small_scoring.head(3).assign(
        days_since_last_order=pd.array([3, None, -1], dtype="Int64")
    )
    encoded = encode(frame, ["days_since_last_order"])
    assert encoded.columns[1] == "days_since_last_order_is_never"
    assert encoded.values.tolist() == [[3, 0], [NEVER_DAYS, 1], [0, 0]]


def test_moments_without_an_age_get_one(small_scoring: pd.DataFrame) -> None:
    as_of = small_scoring["as_of_at"].iloc[0]
    frame = small_scoring.head(2).assign(
        last_checkout_at=[as_of - pd.Timedelta(hours=36), pd.NaT]
    )
    encoded = encode(frame, ["days_since_last_checkout"])
    assert encoded.values.tolist() == [[1.5, 0], [NEVER_DAYS, 1]]


def year(active: list[int], tenure: int = 700) -> pd.DataFrame:
    """A customer of the end of 2025 with days of activity by month, and no order."""
    days = dict(zip(COUNTS["active"], active, strict=True))
    none = dict.fromkeys(COUNTS["order"], 0)
    as_of = pd.Timestamp("2025-12-31")
    return pd.DataFrame([{**days, **none, "tenure_days": tenure, "as_of_at": as_of}])


def test_the_season_is_what_the_shops_year_does_not_explain() -> None:
    often, once = year([0] * 10 + [9, 9]), year([0] * 11 + [1])
    summer, new = year([0] * 5 + [9, 9] + [0] * 5), year([0] * 11 + [9], tenure=25)
    crowd = [year([3] * 12)] * 50
    shop = pd.concat([*crowd, *[often] * 9, *[summer] * 3], ignore_index=True)
    season = season_of(shop)
    assert season.first == 10
    leans = [season.lean(one)[0] for one in (often, once, summer, new, year([0] * 12))]
    assert leans[0] > 0.7
    assert leans[1] < 0.2
    assert leans[2] < leans[4]
    # Who came in December had no other month to come in.
    assert leans[3] == pytest.approx(leans[4], abs=0.01)
    # Where the whole shop comes in these months, it sets nobody apart.
    crowded = season_of(pd.concat([often] * 50), season)
    assert crowded.lean(often)[0] < 0.3


def test_a_burst_of_days_says_little_more_than_some() -> None:
    season = Season(10, np.ones(2))
    some, burst = (year([0] * 10 + [days, days]) for days in (2, 20))
    assert 0 < season.evidence(some)[0] < season.evidence(burst)[0]
    # Ten times the days, each as telling, would be ten times the evidence.
    assert season.evidence(burst)[0] < 4 * season.evidence(some)[0]


@pytest.mark.parametrize(
    ("as_of", "days"),
    [("2026-01-02", (1, 3)), ("2026-01-01 23:57", (0, 3)), ("2026-01-01", (0, 4))],
)
def test_the_first_day_was_lived_through(as_of: str, days: tuple[int, int]) -> None:
    """Three whole days ago; of a moment in the morning the first day is the fourth."""
    frame = year([0] * 12, tenure=3).assign(as_of_at=pd.Timestamp(as_of))
    lived = _lived(frame)[0]
    assert (lived[0], lived[11]) == days
    assert lived.sum() == sum(days)


def test_the_season_stays_until_another_is_clearer() -> None:
    winter, summer = year([9, 9] + [0] * 10), year([0] * 6 + [9, 9] + [0] * 4)
    crowd = [year([3] * 12)] * 50
    former = season_of(pd.concat([*crowd, *[winter] * 5]))
    alike = pd.concat([*crowd, *[winter] * 5, *[summer] * 6])
    assert (former.first, season_of(alike).first) == (0, 6)
    assert season_of(alike, former).first == 0
    assert season_of(pd.concat([*crowd, winter, *[summer] * 6]), former).first == 6


def test_an_order_is_due_after_the_usual_days_between() -> None:
    frame = pd.DataFrame(
        {
            "order_count": [3, 1, 0],
            "days_since_last_order": pd.array([30, 30, None], dtype="Int64"),
            "days_since_first_order": pd.array([90, 30, None], dtype="Int64"),
        }
    )
    assert order_due_ratio(frame).tolist() == [1.0, 0.0, 0.0]


def test_metrics_equal_those_of_scikit_learn_also_with_ties_and_weights() -> None:
    random = np.random.default_rng(0)
    scores = np.round(random.random(500), 2)
    labels = (random.random(500) < scores) * 1.0
    weights = random.integers(0, 4, 500) * 1.0
    ours = measure(labels, scores, weights)
    known = {"sample_weight": weights}
    assert ours.roc_auc == pytest.approx(roc_auc_score(labels, scores, **known))
    assert ours.pr_auc == pytest.approx(
        average_precision_score(labels, scores, **known)
    )
    assert ours.brier == pytest.approx(brier_score_loss(labels, scores, **known))


def test_the_ece_sees_scores_that_are_too_high() -> None:
    random = np.random.default_rng(0)
    truth = random.uniform(0, 0.4, 5_000)
    labels = (random.random(5_000) < truth) * 1.0
    luck = ece_by_chance(truth, seed=0)
    assert measure(labels, truth).ece < luck < 0.03
    assert measure(labels, truth + 0.1).ece == pytest.approx(0.1, abs=0.01)


def test_intervals_hold_the_figure_and_the_table_holds_everyone() -> None:
    random = np.random.default_rng(0)
    scores = random.random(1_003)
    labels = (random.random(1_003) < scores) * 1.0
    low, high = bootstrap(labels, scores, seed=0)["roc_auc"]
    assert low < measure(labels, scores).roc_auc < high
    table = calibration_table(labels, scores)
    assert sum(row["customer_count"] for row in table) == 1_003
    inside = [r["low_share"] <= r["actual_share"] <= r["high_share"] for r in table]
    assert sum(inside) >= 8


def test_moments_teach_only_when_their_labels_were_known() -> None:
    schedule = plan(days(0, 30, 59, 60, 75, 90))
    assert schedule is not None
    assert schedule.test == days(90)[0]
    assert list(schedule.fit) == days(0, 30, 59, 60)
    assert schedule.choice == days(60)[0]
    assert list(schedule.choice_fit) == days(0, 30)


@pytest.mark.parametrize("offsets", [(), (0,), (0, 29)])
def test_no_plan_without_a_moment_30_days_before_the_test(
    offsets: tuple[int, ...],
) -> None:
    assert plan(days(*offsets)) is None


def test_a_customer_never_calibrates_a_model_that_knows_them() -> None:
    """On noise that repeats by customer, only memory of a customer looks like skill."""
    random = np.random.default_rng(0)
    customers = np.repeat(np.arange(400), 8)
    values = random.normal(size=(400, 20))[customers]
    labels = random.integers(0, 2, 400)[customers] * 1.0
    with threadpool_limits(limits=1):  # threads that wait spin on a busy machine
        model = fit_calibrated("boosting", values, labels, customers, seed=0)
        strangers = probabilities(model, random.normal(size=(500, 20)))
    assert strangers.std() < 0.05


@pytest.mark.parametrize(
    ("ids", "is_so"),
    [(["a", "b", "ä"], True), (["a", "a"], False), (["b", "a"], False), (["a"], True)],
)
def test_ids_in_their_order_are_known_as_such(ids: list[str], is_so: bool) -> None:
    for kind in ("str", "object"):
        assert is_ascending(pd.Series(ids, dtype=kind)) is is_so


def test_a_choice_knows_the_better_ranking_behind_a_wrong_level() -> None:
    """A month of few orders puts the sharper kind off more; that is not its fault."""
    random = np.random.default_rng(0)
    odds = random.normal(-2.0, 1.5, 20_000)
    labels = (random.random(len(odds)) < 1 / (1 + np.exp(-odds))) * 1.0
    sharp = 1 / (1 + np.exp(-(odds + 1.0)))
    dull = 1 / (1 + np.exp(-(odds + random.normal(0, 1, len(odds))) * 0.8))
    plain = [
        -np.log(np.where(labels == 1, said, 1 - said)).mean() for said in (sharp, dull)
    ]
    assert plain[0] > plain[1]
    mended = [mended_losses(said, labels) for said in (sharp, dull)]
    assert mended[0].mean() < mended[1].mean()
    assert better({"logistic": mended[1], "boosting": mended[0]}) == "boosting"
    # Who ranks the wrong way round is not turned into a good one.
    turned = mended_losses(1 - sharp, labels)
    assert turned.mean() > mended[1].mean()


def test_the_mean_of_both_kinds_lies_between_them_and_can_be_kept() -> None:
    random = np.random.default_rng(3)
    values = random.gamma(1.0, 5.0, (1_200, 3))
    labels = (random.random(1_200) < 1 / (1 + np.exp(3 - values[:, 0] / 4))) * 1.0
    one, other, mean = (
        KINDS[kind](0).fit(values, labels).decision_function(values)
        for kind in ("logistic", "boosting", "mean")
    )
    np.testing.assert_allclose(mean, (one + other) / 2)
    customers = np.arange(len(labels))
    model = fit_calibrated("mean", values, labels, customers, seed=0)
    kept = Trained("trained", "", {}, estimator=model, judged=model)
    content = pack(kept, "a test")
    again = unpack(content, hashlib.sha256(content).hexdigest(), "a test").estimator
    said = probabilities(model, values)
    np.testing.assert_array_equal(probabilities(again, values), said)
    assert said.mean() == pytest.approx(labels.mean(), abs=0.02)
