"""What goes wrong on the way: late, repeated, broken and misdated events."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from simulator.calendar import DAY, HOUR, MINUTE, SECOND, Ints
from simulator.difficulty import (
    LATE_SHARE,
    MALFORMED_SHARE,
    REDELIVERED_SHARE,
    WRONG_CLOCK_SHARE,
)

_GARBAGE = (
    b"<html>502 Bad Gateway</html>",
    b"\xef\xbf\xbd\x01\x02",
    b"null,null",
    b"{",
)


@dataclass(frozen=True)
class Arrivals:
    """One row a line that arrived, in the order of arrival.

    `event` is the row of the event; `claimed` the moment that the event names.
    """

    event: Ints
    claimed: Ints
    sent: Ints
    received: Ints
    is_malformed: npt.NDArray[np.bool_]

    def part(self, rows: slice) -> "Arrivals":
        """Return some consecutive lines."""
        return Arrivals(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def travel(happened: Ints, end: int, rng: np.random.Generator) -> Arrivals:
    """Return the lines that events become; what arrives after `end` is not here."""
    count = len(happened)
    delay = rng.integers(20, 4_000, count)
    late = np.flatnonzero(rng.random(count) < LATE_SHARE)
    delay[late] = _log_uniform(5 * MINUTE, 20 * DAY, len(late), rng)
    received = happened + delay
    wrong = np.flatnonzero(rng.random(count) < WRONG_CLOCK_SHARE)
    claimed = happened.copy()
    claimed[wrong] = received[wrong] + _log_uniform(
        3 * DAY, 1_500 * DAY, len(wrong), rng
    )
    again = np.flatnonzero(rng.random(count) < REDELIVERED_SHARE)
    event = np.concatenate([np.arange(count), again])
    repeated = received[again] + _log_uniform(SECOND, 6 * HOUR, len(again), rng)
    received = np.concatenate([received, repeated])
    order = np.lexsort((event, received))
    order = order[received[order] < end]
    event, received = event[order], received[order]
    return Arrivals(
        event=event,
        claimed=claimed[event],
        sent=np.maximum(received - rng.integers(15, 400, len(order)), happened[event]),
        received=received,
        is_malformed=rng.random(len(order)) < MALFORMED_SHARE,
    )


def broken_lines(arrivals: Arrivals, rng: np.random.Generator) -> dict[int, bytes]:
    """Return the malformed rows: three in four cut short, the others garbage."""
    broken = {}
    for row in np.flatnonzero(arrivals.is_malformed):
        cut = b'{"type":"track","event":"Product Viewed","messageId":"'
        cut += rng.bytes(8).hex().encode()
        is_cut = rng.random() < 0.75
        broken[int(row)] = cut if is_cut else _GARBAGE[rng.integers(len(_GARBAGE))]
    return broken


def _log_uniform(low: int, high: int, count: int, rng: np.random.Generator) -> Ints:
    return np.exp(rng.uniform(np.log(low), np.log(high), count)).astype(np.int64)
