"""Propensity beats plain rules, means what it says, and cannot see the future."""

import numpy as np
import pandas as pd
import pytest

from ml.common.drift import SCORE, Thresholds, drift
from ml.common.metrics import measure
from ml.propensity import MODEL
from tests.ml.running import Said, ask, say


def train_and_score(training: pd.DataFrame, scoring: pd.DataFrame) -> Said:
    tables = {"features.training_set": training, "features.customers_now": scoring}
    return say(MODEL, tables, seed=1)


@pytest.fixture(scope="module")
def result(training: pd.DataFrame, scoring: pd.DataFrame) -> Said:
    return train_and_score(training, scoring)


def test_it_ranks_near_what_knowing_the_true_rates_would_reach(
    result: Said, shop
) -> None:
    """Against true probabilities, not one draw of purchases, luck has no say."""
    truth = shop.truth()
    said = result.frames["scores"]["purchase_30d_probability"].to_numpy()
    best = measure(truth, truth).roc_auc
    assert (measure(truth, said).roc_auc - 0.5) / (best - 0.5) > 0.9


def test_out_of_time_it_beats_ranking_by_recency_and_by_orders(
    result: Said,
) -> None:
    card = result.card
    for rule in card["baselines"].values():
        assert card["metrics"]["roc_auc"] > rule["roc_auc"]
        assert card["metrics"]["pr_auc"] > rule["pr_auc"]
    low, high = card["intervals"]["roc_auc"]
    assert 0.7 < low < card["metrics"]["roc_auc"] < high
    assert card["lift_top_decile"] > 3


def test_its_probabilities_are_the_true_ones_on_average_in_every_decile(
    result: Said, shop
) -> None:
    said = result.frames["scores"]["purchase_30d_probability"].to_numpy()
    frame = result.frames["scores"].assign(truth=shop.truth(), said=said)
    by_decile = frame.groupby("score_decile")[["said", "truth"]].mean()
    assert (by_decile["said"] - by_decile["truth"]).abs().max() < 0.06
    assert abs(said.mean() - shop.truth().mean()) < 0.015
    assert result.card["metrics"]["ece"] < 0.025


def test_its_scores_drift_where_customers_do_and_not_where_a_month_went_by(
    result: Said, shop, training: pd.DataFrame
) -> None:
    later = shop.features(395)
    eager = later[shop.rate > np.median(shop.rate)]

    def verdict(customers: pd.DataFrame) -> str:
        tables = {
            "features.training_set": training,
            "features.customers_now": customers,
        }
        said = ask(MODEL, result.trained, tables).frames["scores"]
        now = {SCORE: said["purchase_30d_probability"].to_numpy()}
        told = drift(result.card["reference"], now, Thresholds())
        return str(told.set_index("feature")["verdict"][SCORE])

    assert verdict(shop.features(365)) == "stable"
    assert verdict(later) == "stable"
    assert verdict(eager) == "drifted"


def test_deciles_and_percentiles_follow_the_probability(
    result: Said,
) -> None:
    scores = result.frames["scores"].sort_values(
        ["purchase_30d_probability", "customer_id"], ascending=[False, True]
    )
    assert scores["score_decile"].is_monotonic_increasing
    assert scores["score_percentile"].is_monotonic_decreasing
    assert set(scores["score_decile"].value_counts()) == {len(scores) // 10}
    assert scores["score_percentile"].between(0, 1).all()
    assert scores["purchase_30d_probability"].between(0, 1).all()


def test_ties_fall_by_customer_id(
    small_training: pd.DataFrame, small_scoring: pd.DataFrame
) -> None:
    clone = small_scoring.iloc[[0] * 40].reset_index(drop=True)
    clone["customer_id"] = [f"z{number:02d}" for number in range(40)]
    scores = train_and_score(small_training, clone).frames["scores"]
    assert scores["purchase_30d_probability"].nunique() == 1
    assert scores["score_percentile"].is_monotonic_decreasing
    assert scores["score_decile"].to_list() == sorted([*range(1, 11)] * 4)


def test_what_the_embargo_hides_cannot_change_the_judgement(small_shop) -> None:
    """Moments within 30 days before the test know part of its answers."""
    frame = small_shop.training([240, 270, 300, 330])
    near = small_shop.training([305, 329])
    poisoned = near.assign(purchased_within_30d=~near["purchased_within_30d"])
    scoring = small_shop.features(360)
    plain = train_and_score(pd.concat([frame, near]), scoring).card
    bad = train_and_score(pd.concat([frame, poisoned]), scoring).card
    for figure in ("metrics", "chosen_kind", "choice_log_loss", "importances"):
        assert plain[figure] == bad[figure]
    roles = [moment["role"] for moment in plain["moments"]]
    assert roles == ["fit", "fit", "fit", "embargo", "embargo", "test"]


def test_the_test_moment_has_no_say_in_the_choice(small_shop) -> None:
    frame = small_shop.training([240, 270, 300, 330])
    latest = frame["as_of_at"].max()
    turned = frame["purchased_within_30d"] ^ (frame["as_of_at"] == latest)
    upside_down = frame.assign(purchased_within_30d=turned)
    cards = [
        train_and_score(one, small_shop.features(360)).card
        for one in (frame, upside_down)
    ]
    assert cards[0]["choice_log_loss"] == cards[1]["choice_log_loss"] != {}
    assert cards[1]["metrics"]["roc_auc"] < 0.5


def test_a_moment_whose_30_days_are_not_over_is_not_learned_from(
    small_training: pd.DataFrame, small_scoring: pd.DataFrame
) -> None:
    as_of = small_scoring["as_of_at"].max()
    last = small_training["as_of_at"] == small_training["as_of_at"].max()
    open_window = small_training[last].assign(
        as_of_at=as_of - pd.Timedelta(days=29), purchased_within_30d=False
    )
    grown = pd.concat([small_training, open_window], ignore_index=True)
    known, ours = (
        train_and_score(one, small_scoring) for one in (small_training, grown)
    )
    pd.testing.assert_frame_equal(known.frames["scores"], ours.frames["scores"])


def _few_buyers(frame: pd.DataFrame) -> pd.DataFrame:
    few = frame.copy()
    bought = few.index[few["purchased_within_30d"]]
    few.loc[bought[50:], "purchased_within_30d"] = False
    return few


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (lambda frame: frame.iloc[:0], "No past moment has labels"),
        (_few_buyers, r"hold 50 purchases and .* at least 100 of each"),
        (
            lambda frame: frame.assign(purchased_within_30d=True),
            "and 0 customers without",
        ),
        (
            lambda frame: frame[frame["as_of_at"] == frame["as_of_at"].min()],
            "Of 1 labelled moments none lies 30 days before",
        ),
        (
            lambda frame: frame.assign(purchased_within_30d=pd.NA),
            "No past moment has labels",
        ),
    ],
    ids=["no rows", "few buyers", "only buyers", "one moment", "no labels"],
)
def test_too_little_data_is_a_state_that_names_what_is_missing(
    small_training: pd.DataFrame, small_scoring: pd.DataFrame, cut, words: str
) -> None:
    result = train_and_score(cut(small_training), small_scoring)
    assert result.state == "not_enough_data"
    assert result.frames["scores"].empty
    assert pd.Series([result.reason]).str.contains(words).all(), result.reason


def test_frames_as_duckdb_hands_them_over_are_understood(
    small_training: pd.DataFrame, small_scoring: pd.DataFrame
) -> None:
    """DECIMAL as objects, zoned moments and nullable booleans change no score."""
    from decimal import Decimal

    money = small_scoring["net_revenue_amount"]
    other = small_scoring.assign(
        net_revenue_amount=[Decimal(f"{amount:.2f}") for amount in money],
        as_of_at=small_scoring["as_of_at"].dt.tz_localize("UTC"),
        is_identified=small_scoring["is_identified"].astype("boolean"),
        order_count=small_scoring["order_count"].astype("Int64"),
    )
    one, two = (train_and_score(small_training, x) for x in (small_scoring, other))
    pd.testing.assert_frame_equal(one.frames["scores"], two.frames["scores"])
    assert np.ptp(one.frames["scores"]["purchase_30d_probability"]) > 0.1
