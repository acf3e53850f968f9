"""Propensity: who will buy within the next 30 days, as a probability that means it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.card import write_card
from ml.common.choice import choose
from ml.common.classifiers import (
    BOOSTING,
    FOLDS,
    LOGISTIC,
    Classifier,
    fit_calibrated,
    probabilities,
)
from ml.common.encoding import Floats
from ml.common.features import FEATURES, PACED, columns_read, encode
from ml.common.frames import canonical, empty, typed
from ml.common.importance import importances
from ml.common.labelled import Labelled, labelled
from ml.common.moments import HORIZON, Plan, plan
from ml.spec import Card, Inputs, ModelSpec, State

TARGET = "purchased_within_30d"
SCORES = {
    "customer_id": "str",
    "as_of_at": "datetime64[us]",
    "purchase_30d_probability": "float64",
    "score_decile": "int64",
    "score_percentile": "float64",
    "model_version": "str",
}
BATCH_ROWS = 100_000


@dataclass(frozen=True)
class PropensityResult:
    """Scores (schema SCORES) and a model card, as `train_and_score` describes them."""

    state: State
    reason: str
    model_version: str
    scores: pd.DataFrame
    card: Card

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the output frames by name."""
        return {"scores": self.scores}


def train_and_score(
    training: pd.DataFrame, scoring: pd.DataFrame, *, seed: int = 0
) -> PropensityResult:
    """Learn from past moments, judge out of time, score every customer of `scoring`.

    `training` holds customer_features of past moments with `purchased_within_30d`,
    `scoring` one row a customer, now. The latest labelled moment is the test; what is
    judged there was fitted on moments whose label window had closed by then. Scores
    come from the chosen kind refitted on all labelled moments: decile 1 is the highest,
    the percentile is the share of customers placed no higher, ties fall by customer_id.
    Too little data is the state `not_enough_data`, with a reason and without scores.
    Raises TesseraError for missing columns or repeated customers.
    """
    with threadpool_limits(limits=1):  # one order of summation on every machine
        now = canonical(
            scoring, READS, "ml/propensity, scoring", unique=("customer_id",)
        )
        if now.empty:
            return _not_enough("There is no customer to score.")
        past = _past(training, now["as_of_at"].max())
        schedule = plan(past.moments)
        reason = _lacking(past, schedule)
        if schedule is None or reason:
            return _not_enough(reason)
        return _trained(past, schedule, now, seed)


def _past(training: pd.DataFrame, now: pd.Timestamp) -> Labelled:
    return labelled(training, TARGET, MODEL.features, now, "ml/propensity, training")


def _lacking(past: Labelled, schedule: Plan | None) -> str:
    if not past.moments:
        return "No past moment has labels yet: its 30 days must be over."
    if schedule is None:
        return (
            f"Of {len(past.moments)} labelled moments none lies 30 days before the "
            "latest; a test needs an earlier moment to learn from."
        )
    fit, test = past.at(schedule.fit), past.at([schedule.test])
    parts = (fit.lacking("teach the test"), test.lacking("are the test"))
    return " ".join(part for part in parts if part)


def _not_enough(reason: str) -> PropensityResult:
    card = {"target": TARGET, "state": "not_enough_data", "reason": reason}
    return PropensityResult("not_enough_data", reason, "", empty(SCORES), card)


def _trained(
    past: Labelled, schedule: Plan, now: pd.DataFrame, seed: int
) -> PropensityResult:
    version = MODEL.version(seed, past.fingerprint())
    card = _judged(past, schedule, seed)
    model = _fit(card["chosen_kind"], past, seed)
    scores = _scores(now, _in_batches(model, now), version)
    return PropensityResult("trained", "", version, scores, card)


def _judged(past: Labelled, schedule: Plan, seed: int) -> Card:
    choice = choose(past, schedule, seed)
    model, test = (
        _fit(choice.kind, past.at(schedule.fit), seed),
        past.at([schedule.test]),
    )
    said, leans = probabilities(model, test.values), importances(model, test, seed=seed)
    floor = MODEL.quality_floor
    card = write_card(TARGET, past, schedule, choice, said, leans, floor, seed)
    return {**card.as_dict(), "state": "trained", "reason": ""}


def _fit(kind: str, rows: Labelled, seed: int) -> Classifier:
    return fit_calibrated(kind, rows.values, rows.labels, rows.customers, seed)


def _in_batches(model: Classifier, now: pd.DataFrame) -> Floats:
    starts = range(0, len(now), BATCH_ROWS)
    batches = (now.iloc[start : start + BATCH_ROWS] for start in starts)
    matrices = (encode(batch, MODEL.features).values for batch in batches)
    return np.concatenate([probabilities(model, values) for values in matrices])


def _scores(now: pd.DataFrame, said: Floats, version: str) -> pd.DataFrame:
    frame = now[["customer_id", "as_of_at"]].assign(purchase_30d_probability=said)
    frame = frame.sort_values(
        ["purchase_30d_probability", "customer_id"], ascending=[False, True]
    )
    above, size = np.arange(len(frame)), len(frame)
    frame["score_decile"] = above * 10 // size + 1
    frame["score_percentile"] = (size - above) / size
    frame["model_version"] = version
    return typed(frame.sort_values("customer_id"), SCORES)


def _build(inputs: Inputs, seed: int) -> PropensityResult:
    return train_and_score(inputs.training, inputs.scoring, seed=seed)


MODEL = ModelSpec(
    name="propensity",
    target=TARGET,
    features=tuple(name for name in FEATURES if name not in PACED),
    outputs={"scores": SCORES},
    quality_floor={"roc_auc": 0.6},
    settings={
        "logistic": dict(LOGISTIC),
        "boosting": dict(BOOSTING),
        "calibration": f"platt, {FOLDS} folds of customers",
        "horizon_days": HORIZON.days,
    },
    build=_build,
)
READS = columns_read(MODEL.features)
