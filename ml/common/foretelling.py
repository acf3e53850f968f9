"""One way to foretell a yes or no, for every model that asks: taught, judged, asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common import lastyear, reasons, returning
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
from ml.common.drift import SCORE, judged_reference, score_reference
from ml.common.encoding import Floats, Series
from ml.common.features import FEATURES, PACED, columns_read, encode
from ml.common.frames import canonical
from ml.common.importance import importances
from ml.common.labelled import Labelled, Now, Wanted, labelled, some_now
from ml.common.moments import Plan, plan
from ml.common.plots import card_plots
from ml.life.contest import contest
from ml.spec import SAMPLE, Card, Estimator, Inputs, Trained, Verdict, refused

NOW = "features.customers_now"
READS = {"training": "features.training_set", "scoring": NOW, SAMPLE: NOW}
CHOSEN = tuple(name for name in FEATURES if name not in PACED)
SETTINGS = {
    "logistic": dict(LOGISTIC),
    "boosting": dict(BOOSTING),
    "mean": "log odds of both",
    "calibration": f"platt, {FOLDS} folds of customers",
    "returning": "bg/nbd: odds of an order, and of being alive",
    "level": "shifted as a year ago, and by what changed since",
    "reasons": "every column its marginal way",
}


@dataclass(frozen=True)
class Question:
    """What is asked of each customer, and which rows teach the answer.

    `name` is the model's, `happens` names the yes in the plural; a card is above its
    floor if its figures reach `floor`. Of the leading question each answer has its
    reasons, and it is watched whether customers drift.
    """

    name: str
    happens: str
    wanted: Wanted
    floor: dict[str, float]
    is_leading: bool = False

    @property
    def days(self) -> int:
        """How far the answer looks ahead."""
        return int(self.wanted.horizon.days)


def teach(question: Question, inputs: Inputs, seed: int) -> Trained:
    """Learn from past moments, and be judged out of time.

    The latest labelled moment is the test; what is judged there was fitted on moments
    whose label window had closed by then. What scores is the chosen kind refitted on
    all labelled moments. Too little data is the state `not_enough_data`, with a reason;
    data of which the model was refused before, `refused`.
    Raises TesseraError for missing columns or repeated customers.
    """
    with threadpool_limits(limits=1):  # one order of summation on every machine
        parts = _parts(question, _past(question, inputs, CHOSEN))
        schedule = plan(parts.recent.moments, question.wanted.horizon)
        reason = _lacking(question, parts.recent, schedule)
        if schedule is None or reason:
            return _not_enough(question, reason)
        data = parts.whole.fingerprint()
        if inputs.is_refused(data):
            return refused(data)
        now = some_now(inputs.frames.get(SAMPLE), question.wanted, CHOSEN)
        return _taught(question, parts, schedule, now, seed)


def judge(
    question: Question,
    champion: Estimator,
    challenger: Estimator,
    inputs: Inputs,
    seed: int,
) -> Verdict:
    """Let both say of the latest labelled moment, which neither has learned from.

    Raises KeyError or TesseraError where a feature of the champion is no more.
    """
    with threadpool_limits(limits=1):
        old, new = (_at_test(question, one, inputs) for one in (champion, challenger))
        return contest(
            new.labels,
            old.values[:, 0],
            new.values[:, 0],
            seed=seed,
            most_ece=inputs.allowed.get("ece"),
        )


def _at_test(question: Question, estimator: Estimator, inputs: Inputs) -> Labelled:
    """Return the labels there, and as the only column what the estimator says."""
    past = _past(question, inputs, tuple(estimator["features"]))
    test = past.at(past.moments[-1:])
    said = _said(estimator, test)
    return Labelled(test.keys, said[:, None], test.labels, ("said",))


def _parts(question: Question, past: Labelled) -> lastyear.Split:
    """Return what teaches and what tells the level, if enough is left to teach."""
    horizon = question.wanted.horizon
    parts = lastyear.split(past, horizon)
    is_lacking = _lacking(question, parts.recent, plan(parts.recent.moments, horizon))
    return lastyear.together(past) if is_lacking else parts


def _past(question: Question, inputs: Inputs, features: tuple[str, ...]) -> Labelled:
    where = f"ml/{question.name}, training"
    moment = inputs.as_of_at
    return labelled(inputs["training"], question.wanted, features, moment, where)


def _said(estimator: Estimator, rows: Labelled) -> Floats:
    rows = returning.add_chance(rows, estimator["returning"], estimator["days"])
    return _probabilities(estimator, rows.values, rows.keys["as_of_at"])


def _probabilities(estimator: Estimator, values: Floats, as_of_at: Series) -> Floats:
    said = probabilities(estimator["classifier"], values)
    return lastyear.shifted(said, lastyear.shift_at(estimator["season"], as_of_at))


def _lacking(question: Question, past: Labelled, schedule: Plan | None) -> str:
    if not past.moments:
        return f"No past moment has labels yet: its {question.days} days must be over."
    if schedule is None:
        return (
            f"Of {len(past.moments)} labelled moments none lies {question.days} days "
            "before the latest; a test needs an earlier moment to learn from."
        )
    fit, test = past.at(schedule.fit), past.at([schedule.test])
    parts = (
        fit.lacking("teach the test", question.happens),
        test.lacking("are the test", question.happens),
    )
    return " ".join(part for part in parts if part)


def _not_enough(question: Question, reason: str) -> Trained:
    target = question.wanted.target
    card = {"target": target, "state": "not_enough_data", "reason": reason}
    return Trained("not_enough_data", reason, card)


def _taught(
    question: Question,
    parts: lastyear.Split,
    schedule: Plan,
    now: Now | None,
    seed: int,
) -> Trained:
    past, old = parts.recent, parts.old
    choice = choose(past, schedule, question.days, seed)
    judged = fit_kind(question, choice.kind, past.at(schedule.fit), seed, old)
    estimator = fit_kind(question, choice.kind, past, seed, old)
    card = _judged(question, judged, choice, past, schedule, seed)
    if question.is_leading:
        card["reference"] = judged_reference(past, schedule)
    card["season"] = lastyear.told(estimator["season"])
    if now is not None:
        says = (partial(_said, one) for one in (estimator, judged))
        scores = score_reference(now, past, schedule, *says)
        known = card.setdefault("reference", {"customer_count": 0, "features": {}})
        known["features"][SCORE] = scores
    return Trained(
        state="trained",
        reason="",
        card=card,
        estimator=estimator,
        judged=judged,
        data=parts.whole.fingerprint(),
        window=(parts.whole.moments[0], past.moments[-1] + question.wanted.horizon),
        test_at=schedule.test,
        plots=card_plots(card),
    )


def _judged(
    question: Question,
    judged: Estimator,
    choice: Choice,
    past: Labelled,
    schedule: Plan,
    seed: int,
) -> Card:
    model = judged["classifier"]
    test = returning.add_chance(
        past.at([schedule.test]), judged["returning"], question.days
    )
    said = _probabilities(judged, test.values, test.keys["as_of_at"])
    leans = importances(model, test, seed=seed)
    target, floor = question.wanted.target, question.floor
    card = write_card(target, past, schedule, choice, said, leans, floor, seed)
    told = {**card.as_dict(), "state": "trained", "reason": ""}
    told["returning"] = judged["returning"] or "left out: too few came back"
    if question.is_leading:
        told["reasons_r_squared"] = reasons.fidelity(judged["reasons"], model, test)
    return told


def fit_kind(
    question: Question,
    kind: str,
    rows: Labelled,
    seed: int,
    old: Labelled | None = None,
) -> Estimator:
    """Return a classifier of this kind and all that it needs to answer.

    `old` rows teach what a year ago did to the level. The features it reads are told
    beside it: a later spec may not share them.
    """
    rhythm = returning.learn(rows)
    recent, rows = rows, returning.add_chance(rows, rhythm, question.days)
    model = fit_calibrated(kind, rows.values, rows.labels, rows.customers, seed)
    weights = reasons.learn(model, rows) if question.is_leading else {}
    names = [name for name in dict.fromkeys(rows.sources) if name in FEATURES]
    estimator = {
        "features": names,
        "returning": dict(rhythm),
        "days": question.days,
        "classifier": model,
        "reasons": dict(weights),
        "season": {"moments": [], "shifts": []},
    }
    if old is not None and len(old.labels):
        season = lastyear.learn(partial(_said, estimator), old, recent)
        estimator["season"] = dict(season)
    return estimator


def answers(
    estimator: Estimator, batches: Iterable[pd.DataFrame], where: str
) -> list[pd.DataFrame]:
    """Return of each batch that has rows: customer_id, as_of_at, probability, reasons.

    Raises TesseraError for missing columns or repeated customers of a batch.
    """
    filled = (batch for batch in batches if len(batch))
    return list(abreast(partial(_answer, estimator, where=where), filled))


def _answer(estimator: Estimator, batch: pd.DataFrame, where: str) -> pd.DataFrame:
    names = estimator["features"]
    now = canonical(batch, columns_read(names), where, unique=("customer_id",))
    values, sources = encoded(estimator, now)
    said = _probabilities(estimator, values, now["as_of_at"])
    frame = now[["customer_id", "as_of_at"]].assign(probability=said)
    if estimator["reasons"]:
        frame = frame.assign(**reasons.reasons(estimator["reasons"], values, sources))
    return frame


def encoded(estimator: Estimator, now: pd.DataFrame) -> tuple[Floats, tuple[str, ...]]:
    """Return customers as the classifier's columns, and the feature of each column."""
    encoded = encode(now, estimator["features"])
    rhythm, sources = estimator["returning"], encoded.sources
    values = returning.with_chance(encoded.values, sources, rhythm, estimator["days"])
    return values, (*sources, *returning.NAMES)[: values.shape[1]]
