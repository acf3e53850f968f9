"""What a text says of when: its moment, and whether it names its zone."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND = 32_503_679_999
NUMBER = re.compile(r"\d{1,17}(\.\d+)?")
# As macros/moments.sql reads it.
SPELLED = re.compile(
    r"(19[7-9]\d|2\d{3})-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?"
    r"( ?(?P<zone>Z|UTC|[+-](0\d|1[0-4])(:?[0-5]\d)?))?)?"
)
# Sources whose moments are numbers, and how many of them are a second.
SECONDS, MICROSECONDS = 1, 1_000_000
COUNTED = {("esp", "events"): SECONDS, ("ga4", "events"): MICROSECONDS}


class Moment(NamedTuple):
    """A moment in UTC, and whether its zone was told."""

    at: datetime
    has_zone: bool


def moment_of(value: object, zone: str, unit: int | None = None) -> Moment | None:
    """Read a moment; one without a zone is read in `zone`. None where it is none."""
    if isinstance(value, datetime):
        told = value.tzinfo is not None
        local = value if told else value.replace(tzinfo=ZoneInfo(zone))
        return Moment(local.astimezone(UTC), told)
    text = str(value).strip()
    if unit is not None:
        seconds = float(text) / unit if NUMBER.fullmatch(text) else LAST_SECOND + 1
        is_one = seconds <= LAST_SECOND
        return Moment(EPOCH + timedelta(seconds=seconds), True) if is_one else None
    return _spelled(text, zone)


def _spelled(text: str, zone: str) -> Moment | None:
    found = SPELLED.fullmatch(text)
    if found is None:
        return None
    told = found["zone"]
    plain = (text[: -len(told)] if told else text).strip()
    # No clock here counts finer than microseconds.
    plain = re.sub(r"(\.\d{6})\d+$", r"\1", plain)
    try:
        local = datetime.fromisoformat(plain)
        place = _zone_of(told) if told else ZoneInfo(zone)
        return Moment(local.replace(tzinfo=place).astimezone(UTC), bool(told))
    except (ValueError, OverflowError):
        return None


def _zone_of(text: str) -> timezone:
    if text in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if text[0] == "-" else shift)
