"""Backtest: what was said of past customers, against what they then did.

The card of a model tells of the month that judged it. This tells of the months after:
of the very scores that readers saw.
"""

import numpy as np
import pandas as pd
from scipy.stats import binom

from ml.common.encoding import Floats
from ml.common.frames import empty, typed
from ml.common.metrics import ece_by_chance, measure

KEYS = ["model_name", "scored_at", "model_version"]
SAID = (*KEYS, "customer_id", "probability", "score_decile")
LABEL = "came_true"
# Of perfect probabilities 95 % of outcomes fall into the band of a decile.
BAND = 0.95
OUTSIDE = (1 - BAND) / 2
FIGURES = ("brier", "ece", "ece_by_chance", "roc_auc")
BACKTEST = {
    "model_name": "str",
    "scored_at": "datetime64[us]",
    "model_version": "str",
    "score_decile": "int64",
    "customer_count": "int64",
    "predicted_share": "float64",
    "actual_share": "float64",
    "low_share": "float64",
    "high_share": "float64",
    "is_within_band": "bool",
    "moment_count": "int64",
    **dict.fromkeys(FIGURES, "float64"),
}


def backtest(outcomes: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return one row per model, scored moment, version and decile (1 the highest).

    `outcomes` has the columns SAID and LABEL: one row a model, moment, version and
    customer, whose days are over. Schema BACKTEST. `low_share` to `high_share` is the
    binomial band of so many customers with this mean probability (a bit wide where they
    differ).
    The figures of the whole moment, of `moment_count` customers, stand in each of its
    rows; `roc_auc` is missing where it came true of nobody or of everybody.
    """
    moments = [part for _, part in outcomes.groupby(KEYS, sort=True)]
    rows = [_deciles(part.sort_values("customer_id"), seed) for part in moments]
    if not rows:
        return empty(BACKTEST)
    return typed(pd.concat(rows, ignore_index=True), BACKTEST)


def _deciles(said: pd.DataFrame, seed: int) -> pd.DataFrame:
    labels, scores, decile = (
        said[name].to_numpy("float64")
        for name in (LABEL, "probability", "score_decile")
    )
    groups = ((int(one), decile == one) for one in np.unique(decile))
    found = [_decile(number, scores[at], labels[at]) for number, at in groups]
    first = said.iloc[0]
    return pd.DataFrame(found).assign(
        **first[KEYS],
        moment_count=len(said),
        **_figures(labels, scores, seed),
    )


def _decile(number: int, scores: Floats, labels: Floats) -> dict[str, object]:
    size, predicted, actual = len(scores), float(scores.mean()), float(labels.mean())
    low, high = binom.ppf([OUTSIDE, 1 - OUTSIDE], size, predicted) / size
    return {
        "score_decile": number,
        "customer_count": size,
        "predicted_share": predicted,
        "actual_share": actual,
        "low_share": float(low),
        "high_share": float(high),
        "is_within_band": bool(low <= actual <= high),
    }


def _figures(labels: Floats, scores: Floats, seed: int) -> dict[str, float]:
    # Where it came true of nobody, or of all, the ranking is 0 / 0: missing.
    with np.errstate(divide="ignore", invalid="ignore"):
        told = measure(labels, scores)
    return {
        "brier": told.brier,
        "ece": told.ece,
        "ece_by_chance": ece_by_chance(scores, seed=seed),
        "roc_auc": told.roc_auc,
    }
