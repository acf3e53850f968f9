"""What each time of the year did to the level a year ago, where the history knows it.

Moments of the last months teach how customers differ; they cannot tell that a January
follows. Moments of a year before can: there the classifier is asked what it would have
said, and by how much what then happened was less or more. That shift of the log odds is
added to what it says a year later. Who is placed before whom does not change.

A shop that was a year younger differs by more than its season. So the same is asked of
the latest moments and of those a year before them, which had the same season: what the
level lost or gained between them is added too. It is not asked of a shop that was young
then, whose customers nobody knew yet.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from ml.common.encoding import Floats, Series, moments
from ml.common.labelled import Labelled

YEAR = pd.Timedelta(days=365)
# Midnights of the shop a year apart, of which one may be in summer time.
NEAR = pd.Timedelta(days=1)
# Older moments are of another season: they teach the shifts and no more.
LAST_MONTHS = pd.Timedelta(days=270)
# What was known at such a moment reached back at least half a year.
LEAST_MEMORY_DAYS = 180.0
# From a shift on, either way in time, it fades out.
FADES = pd.Timedelta(days=30)
EDGE = 1e-6
FARTHEST = 5.0
UNSEEN = (
    "No moment of a year before shows what this part of the calendar does to the "
    "level: it was never seen, and the level may be off."
)

Shifts = Mapping[str, Any]
Says = Callable[[Labelled], Floats]


@dataclass(frozen=True)
class Split:
    """All rows; those that teach, and those of a year ago (perhaps none)."""

    whole: Labelled
    recent: Labelled
    old: Labelled


def split(past: Labelled, horizon: pd.Timedelta) -> Split:
    """Set the rows of a year ago apart, if the shop was old enough then.

    The labels of the latest rows close a `horizon` after them, which is now. Where the
    shop was young, all rows teach: old ones are better than none.
    """
    known = past.moments
    old = [one for one in known if known[-1] + horizon - one > LAST_MONTHS]
    if not any(_is_telling(past.at([one])) for one in old):
        return together(past)
    return Split(past, past.at(set(known) - set(old)), past.at(old))


def together(past: Labelled) -> Split:
    """Let all rows teach, and tell no shift."""
    return Split(past, past, past.at([]))


def _is_telling(rows: Labelled) -> bool:
    memory = rows.column("tenure_days").max()
    return bool(memory >= LEAST_MEMORY_DAYS) and not rows.lacking("tell", "yes")


def learn(says: Says, old: Labelled, recent: Labelled) -> Shifts:
    """Return the shift of each telling moment, and the moment a year after it.

    `says` gives the probabilities of rows, by a fit that has not learned from `old`.
    What `recent` rows are off more than those a year before them is part of each shift.
    """
    ago = {
        rows.moments[0] + YEAR: shift_of(says(rows), rows.labels)
        for one in old.moments
        if _is_telling(rows := old.at([one]))
    }
    since = _since(says, ago, recent)
    return {
        "moments": [one.isoformat() for one in ago],
        "shifts": [shift + since for shift in ago.values()],
    }


def _since(says: Says, ago: Mapping[pd.Timestamp, float], recent: Labelled) -> float:
    """Return how much more the level of recent moments is off than a year before.

    The mean of the moments that have one a year before; 0 where none has.
    """
    pairs = [
        shift_of(says(rows), rows.labels) - shift
        for then, shift in ago.items()
        for one in recent.moments
        if abs(one - then) < NEAR and _is_telling(rows := recent.at([one]))
    ]
    return float(np.mean(pairs)) if pairs else 0.0


def told(shifts: Shifts) -> list[dict[str, Any]] | str:
    """Return what a card says: by how much the odds are multiplied from when on."""
    if not shifts["moments"]:
        return UNSEEN
    known = zip(shifts["moments"], shifts["shifts"], strict=True)
    return [{"as_of_at": at, "odds_times": float(np.exp(by))} for at, by in known]


def shift_at(shifts: Shifts, as_of_at: Series) -> Floats:
    """Return the shift of each row's moment: between two known ones on their line."""
    asked = moments(as_of_at).astype("int64").astype("float64")
    if not shifts["moments"]:
        return np.zeros(len(asked))
    known = np.array(shifts["moments"], dtype="datetime64[us]").astype("int64")
    fades = FADES // pd.Timedelta(microseconds=1)
    times = np.array([known[0] - fades, *known, known[-1] + fades], dtype="float64")
    return np.asarray(np.interp(asked, times, [0.0, *shifts["shifts"], 0.0]))


def shift_of(said: Floats, labels: Floats) -> float:
    """Return what, added to the log odds of `said`, expects as many as `labels` hold.

    At most FARTHEST either way.
    """

    def left(shift: float) -> float:
        return float((shifted(said, np.array(shift)) - labels).mean())

    if left(-FARTHEST) > 0 or left(FARTHEST) < 0:
        return -float(np.copysign(FARTHEST, left(0.0)))
    return float(f"{brentq(left, -FARTHEST, FARTHEST):.6g}")


def shifted(said: Floats, shift: Floats) -> Floats:
    """Return the probabilities with so much added to their log odds."""
    if not np.any(shift):
        return said
    kept = np.clip(said, EDGE, 1 - EDGE)
    return np.asarray(1 / (1 + (1 - kept) / kept * np.exp(-shift)))
