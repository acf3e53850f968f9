"""Drift: whether customers now are like those at whom a model was judged.

By PSI, the population stability index: sum of (now - then) * ln(now / then) over bins.
Siddiqi, Credit Risk Scorecards (2006), calls less than 0.1 no change, and 0.25 or more
a large one. From it is taken what no change gives, too:
- chance: two samples of one population differ, by about (1/n + 1/m) times a chi-squared
  of (bins - 1) degrees (Yurdakul, Statistical Properties of PSI, 2018);
- the calendar: ages and totals grow, seasons turn, and some months have five Mondays.
  How far a feature moved between the moments that taught is usual for it.

Scores are of one fit: two fits of a recipe say different things of the same customer.
What scores has learned from each moment that has an answer, so that only the moment of
its training is new to it: that is the reference. How far scores of new moments move is
seen in the fit that judged it, between the moments that it has not learned from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import chi2

from ml.common.encoding import Columns, Floats
from ml.common.frames import typed
from ml.common.labelled import Labelled, Now
from ml.common.moments import Plan

Reference: TypeAlias = Mapping[str, Any]
Says: TypeAlias = Callable[[Labelled], Floats]
BINS = 10
# Half a customer in each bin, so that an empty one has a logarithm (Jeffreys' prior).
PRIOR = 0.5
# How often chance alone may call anything of a model drifted: in one run of a thousand.
CHANCE = 0.001
# What a model says, beside the features that it reads.
SCORE = "score"
DRIFT = {
    "feature": "str",
    "psi": "float64",
    "psi_by_chance": "float64",
    "psi_usual": "float64",
    "psi_unusual": "float64",
    "verdict": "str",
    "largest_shift": "str",
    "reference_count": "int64",
    "customer_count": "int64",
}


@dataclass(frozen=True)
class Thresholds:
    """From which unusual PSI on something has shifted, or has drifted."""

    shifted: float = 0.1
    drifted: float = 0.25


def judged_reference(past: Labelled, schedule: Plan) -> dict[str, Any]:
    """Return the `reference` of a classifier's features."""

    def columns(moment: pd.Timestamp) -> Columns:
        rows = past.at([moment])
        return {name: rows.column(name) for name in dict.fromkeys(rows.sources)}

    return reference(columns(schedule.test), [columns(one) for one in schedule.fit])


def score_reference(
    now: Now, past: Labelled, schedule: Plan, says: Says, judged_says: Says
) -> dict[str, Any]:
    """Return what later scores are compared with: those of `now`, when it was trained.

    `says` is what scores, `judged_says` the fit that judged it, which has not learned
    from the moments after `schedule.fit`.
    """
    new = [moment for moment in past.moments if moment > schedule.fit[-1]]
    before = [{SCORE: judged_says(past.at([moment]))} for moment in new]
    judged = reference({SCORE: judged_says(now.asked)}, before)["features"][SCORE]
    known = reference({SCORE: says(now.everybody)}, [])
    bins = {**known["features"][SCORE], "psi_usual": judged["psi_usual"]}
    return {**bins, "customer_count": known["customer_count"]}


def reference(judged: Columns, taught: Sequence[Columns]) -> dict[str, Any]:
    """Return what later values are compared with, ready for a model's card.

    `judged` are values by feature at the moment that judged the model, one a customer,
    `taught` the same at each moment that taught it. By feature: the upper edges of its
    bins (the last is open; tenths, fewer where many values are equal), their shares,
    and the largest PSI beyond chance from a moment that taught to the one that judged.
    """
    known = {name: _bins(name, values, taught) for name, values in judged.items()}
    counts = [len(values) for values in judged.values()]
    return {"customer_count": max(counts, default=0), "features": known}


def _bins(name: str, values: Floats, taught: Sequence[Columns]) -> dict[str, Any]:
    edges, shares = _cut(values)
    moved = [_since(columns[name], values) for columns in taught if name in columns]
    usual = max(moved, default=0.0)
    return {"edges": edges.tolist(), "shares": shares.tolist(), "psi_usual": usual}


def _cut(values: Floats) -> tuple[Floats, Floats]:
    tenths = np.quantile(values, np.arange(1, BINS) / BINS, method="lower")
    edges = np.unique(tenths)
    return edges, _shares(values, edges)


def _shares(values: Floats, edges: Floats) -> Floats:
    place = np.searchsorted(edges, values, side="left")
    counts = np.bincount(place, minlength=len(edges) + 1)
    return np.asarray(counts / len(values), dtype="float64")


def _since(before: Floats, after: Floats) -> float:
    edges, then = _cut(before)
    counts = len(before), len(after)
    found = psi(then, _shares(after, edges), counts)
    return max(found - len(edges) * _noise(counts), 0.0)


def _noise(counts: tuple[int, int]) -> float:
    return 1 / counts[0] + 1 / counts[1]


def psi(then: Floats, now: Floats, counts: tuple[int, int]) -> float:
    """Return the PSI of two lists of shares; `counts` are the customers behind each."""
    old, new = (
        (shares * count + PRIOR) / (count + PRIOR * len(shares))
        for shares, count in zip((then, now), counts, strict=True)
    )
    return float(np.sum((new - old) * np.log(new / old)))


def drift(known: Reference, now: Columns, thresholds: Thresholds) -> pd.DataFrame:
    """Return one row per feature that `known` (a `reference`) and `now` share.

    Schema DRIFT. What counts is the unusual PSI: less chance and what is usual. And it
    counts only where chance gives that much in no more than one run of a thousand,
    whatever the number of features.
    """
    shared = [name for name in known["features"] if len(now.get(name, ()))]
    rows = [_row(name, known, now[name], thresholds, len(shared)) for name in shared]
    return typed(pd.DataFrame(rows, columns=list(DRIFT)), DRIFT)


def _row(
    name: str, known: Reference, values: Floats, thresholds: Thresholds, among: int
) -> dict[str, Any]:
    bins = known["features"][name]
    counts = bins.get("customer_count", known["customer_count"]), len(values)
    edges, then = np.asarray(bins["edges"]), np.asarray(bins["shares"])
    shares, usual = _shares(values, edges), bins["psi_usual"]
    found, lucky = psi(then, shares, counts), len(edges) * _noise(counts)
    unusual = max(found - lucky - usual, 0.0)
    is_luck = found - usual <= chi2.isf(CHANCE / among, len(edges)) * _noise(counts)
    return {
        "feature": name,
        "psi": found,
        "psi_by_chance": lucky,
        "psi_usual": usual,
        "psi_unusual": unusual,
        "verdict": _verdict(0.0 if is_luck else unusual, thresholds),
        "largest_shift": _in_words(edges, then, shares),
        "reference_count": counts[0],
        "customer_count": counts[1],
    }


def _verdict(unusual: float, thresholds: Thresholds) -> str:
    if unusual >= thresholds.drifted:
        return "drifted"
    return "shifted" if unusual >= thresholds.shifted else "stable"


def _in_words(edges: Floats, then: Floats, now: Floats) -> str:
    """The bin whose share moved most, as `above 3 and up to 7: 12 % then, 31 % now`."""
    at = int(np.argmax(np.abs(now - then)))
    low = f"above {edges[at - 1]:.4g}" if at else ""
    high = f"up to {edges[at]:.4g}" if at < len(edges) else ""
    where = " and ".join(part for part in (low, high) if part)
    return f"{where}: {100 * then[at]:.1f} % then, {100 * now[at]:.1f} % now"
