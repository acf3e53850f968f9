"""Propensity: who will buy within the next 30 days, as a probability that means it."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.abreast import abreast
from ml.common.card import write_card
from ml.common.choice import Choice, choose
from ml.common.classifiers import (
    BOOSTING,
    FOLDS,
    LOGISTIC,
    fit_calibrated,
    probabilities,
)
from ml.common.drift import judged_reference
from ml.common.encoding import Floats
from ml.common.features import FEATURES, PACED, columns_read, encode
from ml.common.frames import canonical, empty, require_unique, typed
from ml.common.importance import importances
from ml.common.labelled import Labelled, labelled
from ml.common.moments import HORIZON, Plan, plan
from ml.common.plots import card_plots
from ml.life.contest import contest
from ml.spec import Card, Estimator, Frames, Inputs, ModelSpec, Trained, Verdict

TARGET = "purchased_within_30d"
SCORES = {
    "customer_id": "str",
    "as_of_at": "datetime64[us]",
    "purchase_30d_probability": "float64",
    "score_decile": "int64",
    "score_percentile": "float64",
    "model_version": "str",
}


class Tested(NamedTuple):
    """What came true of the customers at the test moment, and what was said."""

    labels: Floats
    said: Floats


def train(inputs: Inputs, champion: Estimator | None, seed: int) -> Trained:
    """Learn from past moments, and be judged out of time.

    `training` holds customer_features of past moments with `purchased_within_30d`. The
    latest labelled moment is the test; what is judged there was fitted on moments whose
    label window had closed by then. What scores is the chosen kind refitted on all
    labelled moments. Too little data is the state `not_enough_data`, with a reason.
    Raises TesseraError for missing columns or repeated customers.
    """
    with threadpool_limits(limits=1):  # one order of summation on every machine
        past = _past(inputs, MODEL.features)
        schedule = plan(past.moments)
        reason = _lacking(past, schedule)
        if schedule is None or reason:
            return _not_enough(reason)
        return _trained(past, schedule, seed)


def score(
    estimator: Estimator, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    """Return the frame `scores`: one row a customer of `batches`.

    Decile 1 is the highest, the percentile is the share of customers placed no higher,
    ties fall by customer_id. Raises TesseraError as `train` does.
    """
    filled = (batch for batch in batches if len(batch))
    said = list(abreast(partial(_said, estimator), filled))
    return {"scores": _scores(pd.concat(said), version) if said else empty(SCORES)}


def judge(
    champion: Estimator, challenger: Estimator, inputs: Inputs, seed: int
) -> Verdict:
    """Let both say of the latest labelled moment, which neither has learned from.

    Raises KeyError or TesseraError where a feature of the champion is no more.
    """
    with threadpool_limits(limits=1):
        old, new = (_at_test(one, inputs) for one in (champion, challenger))
        return contest(new.labels, old.said, new.said, seed=seed)


def _at_test(estimator: Estimator, inputs: Inputs) -> Tested:
    past = _past(inputs, tuple(estimator["features"]))
    test = past.at(past.moments[-1:])
    return Tested(test.labels, probabilities(estimator["classifier"], test.values))


def _past(inputs: Inputs, features: tuple[str, ...]) -> Labelled:
    where = "ml/propensity, training"
    return labelled(inputs["training"], TARGET, features, inputs.as_of_at, where)


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


def _not_enough(reason: str) -> Trained:
    card = {"target": TARGET, "state": "not_enough_data", "reason": reason}
    return Trained("not_enough_data", reason, card)


def _trained(past: Labelled, schedule: Plan, seed: int) -> Trained:
    choice = choose(past, schedule, seed)
    judged = _fit(choice.kind, past.at(schedule.fit), seed)
    card = _judged(judged, choice, past, schedule, seed)
    return Trained(
        state="trained",
        reason="",
        card=card,
        estimator=_fit(choice.kind, past, seed),
        judged=judged,
        data=past.fingerprint(),
        window=(past.moments[0], past.moments[-1] + HORIZON),
        plots=card_plots(card),
    )


def _judged(
    judged: Estimator, choice: Choice, past: Labelled, schedule: Plan, seed: int
) -> Card:
    model, test = judged["classifier"], past.at([schedule.test])
    said, leans = probabilities(model, test.values), importances(model, test, seed=seed)
    floor = MODEL.quality_floor
    card = write_card(TARGET, past, schedule, choice, said, leans, floor, seed)
    known = judged_reference(
        past, schedule, lambda rows: probabilities(model, rows.values)
    )
    return {**card.as_dict(), "reference": known, "state": "trained", "reason": ""}


def _fit(kind: str, rows: Labelled, seed: int) -> Estimator:
    """A classifier and the features it reads, which a later spec may not share."""
    fitted = fit_calibrated(kind, rows.values, rows.labels, rows.customers, seed)
    return {"features": list(dict.fromkeys(rows.sources)), "classifier": fitted}


def _said(estimator: Estimator, batch: pd.DataFrame) -> pd.DataFrame:
    names = estimator["features"]
    now = canonical(
        batch,
        columns_read(names),
        "ml/propensity, scoring",
        unique=("customer_id",),
    )
    said = probabilities(estimator["classifier"], encode(now, names).values)
    return now[["customer_id", "as_of_at"]].assign(purchase_30d_probability=said)


def _scores(said: pd.DataFrame, version: str) -> pd.DataFrame:
    require_unique(said, ("customer_id",), "ml/propensity, scoring")
    frame = said.sort_values(
        ["purchase_30d_probability", "customer_id"], ascending=[False, True]
    )
    above, size = np.arange(len(frame)), len(frame)
    frame["score_decile"] = above * 10 // size + 1
    frame["score_percentile"] = (size - above) / size
    frame["model_version"] = version
    return typed(frame.sort_values("customer_id"), SCORES)


MODEL = ModelSpec(
    name="propensity",
    target=TARGET,
    features=tuple(name for name in FEATURES if name not in PACED),
    reads={
        "training": "features.training_set",
        "scoring": "features.customers_now",
    },
    outputs={"scores": SCORES},
    quality_floor={"roc_auc": 0.6},
    settings={
        "logistic": dict(LOGISTIC),
        "boosting": dict(BOOSTING),
        "calibration": f"platt, {FOLDS} folds of customers",
        "horizon_days": HORIZON.days,
    },
    train=train,
    score=score,
    contest=judge,
)
