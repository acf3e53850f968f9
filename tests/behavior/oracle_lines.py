"""The judge of lines: which tells an event first, which again, which nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.behavior.lines import Line

CLOCK_TOLERANCE = timedelta(minutes=60)


@dataclass(frozen=True)
class Verdict:
    """What became of one line."""

    line: Line
    received_at: datetime
    reason: str | None
    is_duplicate: bool

    @property
    def counts(self) -> bool:
        """Whether it is the line of its event that counts."""
        return self.reason is None and not self.is_duplicate


def verdicts(lines: Iterable[Line], load_seqs: Mapping[str, int]) -> list[Verdict]:
    """Judge each line alone, then tell the first received of each content.

    Of two received at once that of the older file counts, by the ledger's `load_seqs`.
    """
    judged = [(line, *moments(line)) for line in lines]

    def arrival(one: tuple[Line, datetime, datetime]) -> tuple[datetime, int]:
        return one[2], load_seqs[one[0].path]

    seen: set[tuple[str, str]] = set()
    found = []
    for line, occurred, received in sorted(judged, key=arrival):
        reason = _reason(line, occurred, received)
        known = not reason and (line.source, line.content) in seen
        if not reason:
            seen.add((line.source, line.content))
        found.append(Verdict(line, received, reason, known))
    return found


def _reason(line: Line, occurred: datetime, received: datetime) -> str | None:
    """Why a line is set aside, if it is."""
    if line.is_torn:
        return "malformed_json"
    return "wrong_clock" if occurred > received + CLOCK_TOLERANCE else None


def moments(line: Line) -> tuple[datetime, datetime]:
    """When it happened and when it was received: at once, where nobody stamped it."""
    call = line.call
    if line.source == "web":
        occurred = _moment(call["timestamp"])
        stamped = call.get("receivedAt")
        return occurred, _moment(stamped) if stamped else occurred
    occurred = _since_1970(call["timestamp"])
    arrived = call.get("received_at")
    return occurred, occurred if arrived is None else _since_1970(arrived)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _since_1970(seconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)
