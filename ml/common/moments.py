"""Which moments may teach and which may judge: strictly out of time, with an embargo.

A label looks 30 days ahead. A moment may teach a model that is judged at T only if its
whole label window had closed by T; else the model would have seen part of the answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

HORIZON = pd.Timedelta(days=30)


@dataclass(frozen=True)
class Plan:
    """Moments by role, each group in ascending order.

    `test` judges the chosen kind of model, fitted on `fit`. The kind itself was chosen
    earlier: judged at `choice`, fitted on `choice_fit` (perhaps nothing).
    """

    fit: tuple[pd.Timestamp, ...]
    test: pd.Timestamp
    choice_fit: tuple[pd.Timestamp, ...]
    choice: pd.Timestamp


def closed_by(
    moments: Iterable[pd.Timestamp], now: pd.Timestamp, horizon: pd.Timedelta = HORIZON
) -> tuple[pd.Timestamp, ...]:
    """Return, ascending and once each, the moments whose label was known by `now`."""
    return tuple(sorted(moment for moment in set(moments) if moment + horizon <= now))


def plan(
    moments: Iterable[pd.Timestamp], horizon: pd.Timedelta = HORIZON
) -> Plan | None:
    """Return the out-of-time plan, or None if no moment may teach the latest."""
    ordered = sorted(set(moments))
    fit = closed_by(ordered, ordered[-1], horizon) if ordered else ()
    if not fit:
        return None
    return Plan(fit, ordered[-1], closed_by(fit, fit[-1], horizon), fit[-1])
