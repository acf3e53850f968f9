"""Backtest: each moment once, its deciles against what happened, luck told as luck."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.metrics import brier_score_loss, roc_auc_score

from ml.common.backtest import BACKTEST, backtest

MOMENTS = pd.to_datetime(["2026-01-01", "2026-01-08"])


def outcomes(moment: pd.Timestamp, seed: int, *, wrong: float = 1.0) -> pd.DataFrame:
    """A thousand customers who buy as likely as is said of them, or `wrong` times."""
    random = np.random.default_rng(seed)
    said = np.sort(random.beta(0.5, 4, 1000))[::-1]
    bought = random.random(1000) < np.minimum(said * wrong, 1)
    frame = pd.DataFrame(
        {
            "model_name": "purchase_30d",
            "scored_at": moment,
            "model_version": f"v{seed}",
            "customer_id": [f"c{number:04d}" for number in range(1000)],
            "probability": said,
            "score_decile": np.arange(1000) // 100 + 1,
            "came_true": bought,
        }
    )
    return frame.sample(frac=1, random_state=seed)


@pytest.fixture(scope="module")
def said() -> pd.DataFrame:
    parts = [outcomes(moment, seed) for seed, moment in enumerate(MOMENTS)]
    return pd.concat(parts, ignore_index=True)


def test_each_moment_has_its_deciles_once(said: pd.DataFrame) -> None:
    found = backtest(said, seed=1)
    assert dict(found.dtypes.astype("str")) == BACKTEST
    assert found.groupby("scored_at")["customer_count"].sum().to_list() == [1000, 1000]
    assert found["score_decile"].to_list() == [*range(1, 11)] * 2
    assert found["model_version"].to_list() == ["v0"] * 10 + ["v1"] * 10
    one_version = backtest(said.assign(model_version="v0"), seed=1)
    pd.testing.assert_frame_equal(
        one_version.drop(columns="model_version"), found.drop(columns="model_version")
    )
    shuffled = said.sample(frac=1, random_state=9)
    pd.testing.assert_frame_equal(backtest(shuffled, seed=1), found)


def test_a_moment_is_judged_by_itself_alone(said: pd.DataFrame) -> None:
    first = said[said["scored_at"] == MOMENTS[0]]
    both, alone = backtest(said, seed=1), backtest(first, seed=1)
    pd.testing.assert_frame_equal(both.head(10), alone)
    labels, scores = first["came_true"], first["probability"]
    assert alone["roc_auc"].unique() == pytest.approx(roc_auc_score(labels, scores))
    assert alone["brier"].unique() == pytest.approx(brier_score_loss(labels, scores))


def test_a_model_is_judged_by_itself_alone(said: pd.DataFrame) -> None:
    """Of the same customers, at the same moment, in the same version."""
    churn = said.assign(model_name="churn", came_true=~said["came_true"])
    found = backtest(pd.concat([said, churn]), seed=1)
    assert found["model_name"].to_list() == ["churn"] * 20 + ["purchase_30d"] * 20
    parts = [backtest(one, seed=1) for one in (churn, said)]
    pd.testing.assert_frame_equal(found, pd.concat(parts, ignore_index=True))


def test_a_decile_says_what_was_predicted_and_what_luck_may_do(
    said: pd.DataFrame,
) -> None:
    row = backtest(said, seed=1).iloc[2]
    third = said[(said["scored_at"] == MOMENTS[0]) & (said["score_decile"] == 3)]
    assert row["predicted_share"] == pytest.approx(third["probability"].mean())
    assert row["actual_share"] == pytest.approx(third["came_true"].mean())
    low, high = (round(100 * row[name]) for name in ("low_share", "high_share"))
    inside = binom.cdf(high, 100, row["predicted_share"])
    inside -= binom.cdf(low - 1, 100, row["predicted_share"])
    assert 0.95 <= inside < 0.99


def test_true_probabilities_are_within_chance_and_wrong_ones_are_not() -> None:
    true, high = (
        backtest(outcomes(MOMENTS[0], 5, wrong=wrong), seed=1) for wrong in (1.0, 0.4)
    )
    assert (true["ece"] < true["ece_by_chance"]).all()
    assert true["is_within_band"].sum() >= 8
    assert (high["ece"] > 2 * high["ece_by_chance"]).all()
    assert not high["is_within_band"].iloc[0]
    assert (high["actual_share"] < high["predicted_share"]).iloc[0]


def test_nobody_bought_is_a_result_without_a_ranking(said: pd.DataFrame) -> None:
    nobody, all_of_them = (
        backtest(said.assign(came_true=label), seed=1) for label in (False, True)
    )
    assert nobody["roc_auc"].isna().all()
    assert all_of_them["roc_auc"].isna().all()
    assert (nobody["actual_share"] == 0).all()
    assert not nobody["is_within_band"].iloc[0]


def test_nothing_to_judge_is_an_empty_table(said: pd.DataFrame) -> None:
    assert dict(backtest(said.head(0), seed=1).dtypes.astype("str")) == BACKTEST
