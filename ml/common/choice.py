"""Which kind of model to use, chosen before the moment that judges the choice."""

from dataclasses import dataclass

import numpy as np

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
    standard errors of the paired difference. Without enough earlier history the
    simplest kind is taken.
    """
    fit, judge = past.at(schedule.choice_fit), past.at([schedule.choice])
    if fit.lacking("teach the choice", "yes") or judge.lacking("judge it", "yes"):
        return Choice(SIMPLEST, "the simplest kind: too little earlier history", {})
    rhythm = learn(fit)
    fit, judge = add_chance(fit, rhythm, days), add_chance(judge, rhythm, days)
    losses = {kind: _losses(kind, fit, judge, seed) for kind in KINDS}
    rule = f"lower log loss at {schedule.choice:%Y-%m-%d} by over two standard errors"
    means = {kind: float(loss.mean()) for kind, loss in losses.items()}
    return Choice(_better(losses), rule, means)


def _losses(kind: str, fit: Labelled, judge: Labelled, seed: int) -> Floats:
    model = KINDS[kind](seed).fit(fit.values, fit.labels)
    said = np.clip(probabilities(model, judge.values), EDGE, 1 - EDGE)
    return np.asarray(-np.log(np.where(judge.labels == 1, said, 1 - said)))


def _better(losses: dict[str, Floats]) -> str:
    chosen = SIMPLEST
    for kind, loss in losses.items():
        gain = losses[chosen] - loss
        if gain.mean() > 2 * gain.std() / np.sqrt(len(gain)):
            chosen = kind
    return chosen
