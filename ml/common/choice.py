"""Which kind of model to use, chosen before the moment that judges the choice."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from ml.common.classifiers import KINDS, probabilities
from ml.common.encoding import Floats
from ml.common.labelled import Labelled
from ml.common.moments import Plan
from ml.common.returning import add_chance, learn

SIMPLEST = next(iter(KINDS))
EDGE = 1e-6


@dataclass(frozen=True)
class Choice:
    """The kind chosen, the rule in words, and each kind's log loss where it counted."""

    kind: str
    rule: str
    log_loss: dict[str, float]


def choose(past: Labelled, schedule: Plan, days: int, seed: int) -> Choice:
    """Return the kind to use, judged at `schedule.choice` and never at the test.

    `days` is how far the label looks ahead.

    A later kind replaces a simpler one only if its log loss is lower by more than two
    standard errors of the paired difference, once the level and the spread of both are
    mended there: how many buy in a month is no kind's skill, and would drown it.
    Without enough earlier history the simplest kind is taken.
    """
    fit, judge = past.at(schedule.choice_fit), past.at([schedule.choice])
    if fit.lacking("teach the choice", "yes") or judge.lacking("judge it", "yes"):
        return Choice(SIMPLEST, "the simplest kind: too little earlier history", {})
    rhythm = learn(fit)
    fit, judge = add_chance(fit, rhythm, days), add_chance(judge, rhythm, days)
    losses = {kind: _losses(kind, fit, judge, seed) for kind in KINDS}
    rule = (
        "the simplest kind that none beats by over two standard errors in log loss at "
        f"{schedule.choice:%Y-%m-%d}, level and spread mended"
    )
    means = {kind: float(loss.mean()) for kind, loss in losses.items()}
    return Choice(better(losses), rule, means)


def _losses(kind: str, fit: Labelled, judge: Labelled, seed: int) -> Floats:
    model = KINDS[kind](seed).fit(fit.values, fit.labels)
    return mended_losses(probabilities(model, judge.values), judge.labels)


def mended_losses(said: Floats, labels: Floats) -> Floats:
    """Return by row the log loss of what was said, once Platt's scaling mended it.

    What ranks the wrong way round is not turned: of it the mean alone is left.
    """
    kept = np.clip(said, EDGE, 1 - EDGE)
    odds = np.log(kept / (1 - kept))[:, None]
    platt = LogisticRegression(C=np.inf).fit(odds, labels)
    mended = np.clip(probabilities(platt, odds), EDGE, 1 - EDGE)
    if platt.coef_[0, 0] < 0:
        mended = np.full(len(labels), labels.mean())
    return np.asarray(-np.log(np.where(labels == 1, mended, 1 - mended)))


def better(losses: dict[str, Floats]) -> str:
    """Return the simplest kind that no other beats by two standard errors."""
    chosen = SIMPLEST
    for kind, loss in losses.items():
        gain = losses[chosen] - loss
        if gain.mean() > 2 * gain.std() / np.sqrt(len(gain)):
            chosen = kind
    return chosen
