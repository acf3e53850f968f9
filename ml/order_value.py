"""Next-order value: what a customer will pay for the next order, if there is one."""

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.amounts import (
    KINDS,
    PRIORS,
    SHOP_MEAN,
    expected,
    figures,
    fit_amounts,
    simplest,
    squared_errors,
)
from ml.common.classifiers import BOOSTING
from ml.common.drift import SCORE, score_reference
from ml.common.encoding import Floats
from ml.common.features import columns_read, encode
from ml.common.foretelling import CHOSEN, READS
from ml.common.frames import canonical, empty, require_unique, typed
from ml.common.labelled import (
    LEAST_CASES,
    Labelled,
    Now,
    Wanted,
    labelled,
    some_now,
)
from ml.common.moments import Plan, plan
from ml.life.paired import paired
from ml.spec import (
    SAMPLE,
    Card,
    Estimator,
    Frames,
    Inputs,
    ModelSpec,
    Trained,
    Verdict,
    refused,
)

HORIZON = pd.Timedelta(days=90)
WANTED = Wanted("next_order_amount", HORIZON)
FLOOR = {"skill": 0.0}
CHOSEN_BY = "the shop's mean, unless another is better by two standard errors before"
CHOSEN_AMONG = (
    "the shop's mean, unless another is better by two standard errors for other"
    " customers of the same moments: too little earlier history"
)
TOO_LITTLE = "the shop's mean: too few orders to choose another"
UNCHOSEN = "There are too few orders to tell more: everybody is given the shop's mean."
FALLBACK = (
    "What customers paid tells no better what they will pay than the shop's mean does:"
    " everybody is given that."
)
AMOUNTS = {
    "customer_id": "str",
    "as_of_at": "datetime64[us]",
    "next_order_value_amount": "float64",
    "model_version": "str",
}


def train(inputs: Inputs, champion: Estimator | None, seed: int) -> Trained:
    """Learn from who ordered within 90 days after past moments; judge out of time.

    The shop's mean is said, unless another way has smaller squared errors beyond chance
    at an earlier moment than the one that judges it, or in a young shop for other
    customers of the moments before that one; what is worse at that one than the mean is
    below its floor. Fewer than 100 such orders in what teaches or what judges
    is `not_enough_data`. Raises TesseraError as `labelled` does.
    """
    with threadpool_limits(limits=1):
        frame, where = inputs["training"], "ml/order_value, training"
        past = labelled(frame, WANTED, CHOSEN, inputs.as_of_at, where)
        schedule = plan(past.moments, HORIZON)
        reason = _lacking(past, schedule)
        if schedule is None or reason:
            card = {"target": WANTED.target, "state": "not_enough_data"}
            return Trained("not_enough_data", reason, {**card, "reason": reason})
        data = past.fingerprint()
        if inputs.is_refused(data):
            return refused(data)
        now = some_now(inputs.frames.get(SAMPLE), WANTED, CHOSEN)
        return _trained(past, schedule, now, seed)


def score(
    estimator: Estimator, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    """Return the frame `amounts`: one row a customer of `batches`."""
    where = "ml/order_value, scoring"
    with threadpool_limits(limits=1):
        said = [_said(estimator, batch, where) for batch in batches if len(batch)]
    if not said:
        return {"amounts": empty(AMOUNTS)}
    frame = pd.concat(said).assign(model_version=version)
    require_unique(frame, ("customer_id",), where)
    return {"amounts": typed(frame.sort_values("customer_id"), AMOUNTS)}


def judge(
    champion: Estimator, challenger: Estimator, inputs: Inputs, seed: int
) -> Verdict:
    """Let both say of the latest labelled moment what the next orders came to.

    By squared errors, which a mean has least of: of their logarithm a guess too low
    has less. Raises KeyError or TesseraError where a feature is no more.
    """
    with threadpool_limits(limits=1):
        old, new = (_errors(one, inputs) for one in (champion, challenger))
        return paired("Squared error, with a minus,", -old, -new, seed=seed)


def _errors(estimator: Estimator, inputs: Inputs) -> Floats:
    names = tuple(estimator["features"])
    where = "ml/order_value, contest"
    past = labelled(inputs["training"], WANTED, names, inputs.as_of_at, where)
    test = past.at(past.moments[-1:])
    return squared_errors(estimator, test)


def _lacking(past: Labelled, schedule: Plan | None) -> str:
    if schedule is None:
        return (
            "No past moment whose next 90 days are over lies 90 days before another "
            "one, to learn from."
        )
    parts = {"teach the test": schedule.fit, "are the test": (schedule.test,)}
    counts = {role: len(past.at(moments).labels) for role, moments in parts.items()}
    return " ".join(
        f"The moments that {role} hold {count} customers who ordered again; at least "
        f"{LEAST_CASES} are needed."
        for role, count in counts.items()
        if count < LEAST_CASES
    )


def _trained(past: Labelled, schedule: Plan, now: Now | None, seed: int) -> Trained:
    kind, chosen_by, errors = _chosen(past, schedule, seed)
    fit, test = past.at(schedule.fit), past.at([schedule.test])
    judged = fit_amounts(kind, fit, seed)
    measured = figures(judged, test)
    card: Card = {
        "target": WANTED.target,
        "state": "trained",
        "reason": "",
        "chosen_kind": kind,
        "chosen_by": chosen_by,
        "choice_rmse": errors,
        "is_fallback": kind == SHOP_MEAN,
        "remark": _remark(kind, chosen_by),
        "test_moment": schedule.test.isoformat(),
        "row_count": len(past.labels),
        "metrics": measured,
        "quality_floor": FLOOR,
        "is_above_floor": measured["skill"] >= FLOOR["skill"],
    }
    window = (past.moments[0], past.moments[-1] + HORIZON)
    estimator, data = fit_amounts(kind, past, seed), past.fingerprint()
    if now is not None:
        says = (partial(_asked, one) for one in (estimator, judged))
        scores = score_reference(now, past, schedule, *says)
        card["reference"] = {"customer_count": 0, "features": {SCORE: scores}}
    at = schedule.test
    return Trained("trained", "", card, estimator, judged, data, window, test_at=at)


def _remark(kind: str, chosen_by: str) -> str:
    if kind != SHOP_MEAN:
        return ""
    return UNCHOSEN if chosen_by == TOO_LITTLE else FALLBACK


def _chosen(
    past: Labelled, schedule: Plan, seed: int
) -> tuple[str, str, dict[str, float]]:
    """Return the kind, how it was chosen, and the error of each, all before the test.

    There are no errors where there is too little to tell.
    """
    earlier = past.at(schedule.choice_fit), past.at([schedule.choice])
    tried = {CHOSEN_BY: earlier, CHOSEN_AMONG: past.at(schedule.fit).halves()}
    for how, (fit, judge) in tried.items():
        if min(len(fit.labels), len(judge.labels)) >= LEAST_CASES:
            errors = {
                kind: squared_errors(fit_amounts(kind, fit, seed), judge)
                for kind in KINDS
            }
            told = {kind: float(np.sqrt(one.mean())) for kind, one in errors.items()}
            return simplest(errors), how, told
    return SHOP_MEAN, TOO_LITTLE, {}


def _asked(estimator: Estimator, rows: Labelled) -> Floats:
    return expected(estimator, rows.values)


def _said(estimator: Estimator, batch: pd.DataFrame, where: str) -> pd.DataFrame:
    names = estimator["features"]
    now = canonical(batch, columns_read(names), where, unique=("customer_id",))
    amounts = expected(estimator, encode(now, names).values)
    return now[["customer_id", "as_of_at"]].assign(next_order_value_amount=amounts)


MODEL = ModelSpec(
    name="order_value",
    target=WANTED.target,
    features=CHOSEN,
    reads=READS,
    outputs={"amounts": AMOUNTS},
    quality_floor=FLOOR,
    settings={
        "boosting": dict(BOOSTING),
        "priors": list(PRIORS),
        "horizon_days": HORIZON.days,
        "chosen_by": [CHOSEN_BY, CHOSEN_AMONG],
    },
    train=train,
    score=score,
    contest=judge,
)
