"""The shop's year: who wakes up and who buys when, by latent type."""

import datetime as dt
from typing import Final

import numpy as np

from simulator.calendar import Floats

TYPES: Final = (
    "loyal",
    "regular",
    "bargain_hunter",
    "browser",
    "one_time",
    "seasonal",
    "dormant",
)
BARGAIN_HUNTER: Final = TYPES.index("bargain_hunter")
SEASONAL: Final = TYPES.index("seasonal")


def _is_sale(date: dt.date) -> bool:
    return (
        (date.month == 11 and date.day >= 20)
        or (date.month == 7 and date.day >= 20)
        or (date.month == 1 and date.day <= 10)
    )


def _season(date: dt.date) -> float:
    if date.month == 12:
        return 1.3 if date.day < 21 else 0.6
    return {1: 0.8, 8: 0.85, 11: 1.25}.get(date.month, 1.0)


def interest(date: dt.date) -> Floats:
    """Return how readily each type wakes up on a date."""
    by_type = np.full(len(TYPES), _season(date))
    by_type[BARGAIN_HUNTER] *= 2.2 if _is_sale(date) else 0.75
    by_type[SEASONAL] = 2.6 if date.month in (11, 12) else 0.22
    return by_type


def demand(date: dt.date) -> Floats:
    """Return how readily each type buys on a date."""
    by_type = np.full(len(TYPES), _season(date))
    by_type[BARGAIN_HUNTER] *= 2.0 if _is_sale(date) else 0.6
    by_type[SEASONAL] = 1.8 if date.month in (11, 12) else 0.15
    return by_type
