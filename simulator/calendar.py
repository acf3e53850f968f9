"""When things happen: the window, its days, and the shop's local time.

Moments are whole milliseconds since 1970 (UTC); days are counted from `History.first`.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

END: Final = dt.date(2025, 12, 31)
"""The window ends at this midnight UTC by default, whatever the real date is."""
PRELUDE_DAYS: Final = 90
"""Days of shop orders before the web and email tracking began."""
OUTLOOK_DAYS: Final = 30
"""Days beyond the window: never exported, they only tell whether the truth is true."""


@dataclass(frozen=True)
class History:
    """All simulated days: a prelude, the exported window, and the outlook."""

    window_days: int
    last: dt.date = END
    """The window ends as this day begins (UTC)."""

    @property
    def day_count(self) -> int:
        """Return the number of simulated days."""
        return PRELUDE_DAYS + self.window_days + OUTLOOK_DAYS

    @property
    def window(self) -> slice:
        """Return the days of the exported window."""
        return slice(PRELUDE_DAYS, PRELUDE_DAYS + self.window_days)

    @property
    def first(self) -> dt.date:
        """Return the date of day 0."""
        return self.last - dt.timedelta(days=self.window_days + PRELUDE_DAYS)

    @property
    def start_ms(self) -> int:
        """Return the first moment of the window."""
        return self.end_ms - self.window_days * DAY

    @property
    def end_ms(self) -> int:
        """Return the moment at which the window ends."""
        return milliseconds(self.last)

    @cached_property
    def dates(self) -> list[dt.date]:
        """Return the date of each simulated day."""
        return [self.first + dt.timedelta(days=n) for n in range(self.day_count)]

    def midnight_ms(self, day: Ints) -> Ints:
        """Return the UTC midnight that opens each day."""
        return milliseconds(self.first) + np.asarray(day, np.int64) * DAY


def milliseconds(date: dt.date) -> int:
    """Return the UTC midnight of a date."""
    return (date - dt.date(1970, 1, 1)).days * DAY


def berlin(moments: Ints) -> Ints:
    """Return the wall clock in Berlin, as milliseconds without a zone.

    The rule of the European Union: summer time from the last Sunday of March to the
    last Sunday of October, both at 01:00 UTC.
    """
    changes, offsets = _berlin_changes()
    return moments + offsets[np.searchsorted(changes, moments, side="right")]


def _berlin_changes() -> tuple[Ints, Ints]:
    changes = [
        milliseconds(_last_sunday(year, month)) + HOUR
        for year in range(2015, 2028)
        for month in (3, 10)
    ]
    offsets = [HOUR] + [2 * HOUR, HOUR] * (len(changes) // 2)
    return np.array(changes, np.int64), np.array(offsets, np.int64)


def _last_sunday(year: int, month: int) -> dt.date:
    last = dt.date(year, month, 31)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)
