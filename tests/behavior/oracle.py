"""The judge: from raw lines to events, in plain Python and by the rules' own words.

It shares no code with the models. Of them it takes one thing only, the id that they
give to a content, since ids break ties; whatever follows from ids is judged here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.behavior.lines import Call, Line

SHOP_ZONE = ZoneInfo("Europe/Berlin")
CLOCK_TOLERANCE = timedelta(minutes=60)
ESP_NAMES = {
    "delivered": "email_delivered",
    "open": "email_opened",
    "click": "email_link_clicked",
    "reply": "email_replied",
    "bounce": "email_bounced",
    "unsubscribe": "unsubscribed",
    "spamreport": "email_marked_as_spam",
}
WEB_NAMES = {
    "page": "page_viewed",
    "screen": "screen_viewed",
    "identify": "identified",
}
# What is done to a person, or undone, is no activity of the person's.
PASSIVE = {
    "email_delivered",
    "email_opened",
    "email_bounced",
    "email_processed",
    "email_deferred",
    "email_dropped",
    "unsubscribed",
    "email_marked_as_spam",
}


@dataclass(frozen=True)
class Event:
    """One accepted event: the line that was received first, and when that was."""

    event_id: str
    name: str
    occurred_at: datetime
    received_at: datetime
    line: Line

    @property
    def call(self) -> Call:
        """What its source said."""
        return self.line.call

    @property
    def visitor(self) -> str | None:
        """The device, else the user; nobody where the call names neither."""
        device, user = self.call.get("anonymousId"), self.call.get("userId")
        if device:
            return f"web:{device}"
        return f"web:user:{user}" if user else None

    @property
    def in_time(self) -> tuple[datetime, str]:
        """The total order of what happened."""
        return self.occurred_at, self.event_id

    @property
    def in_arrival(self) -> tuple[datetime, str]:
        """The total order of what we were told."""
        return self.received_at, self.event_id

    def said(self, name: str) -> Any:
        """A property of a web call."""
        return self.call["properties"].get(name)

    def money(self, name: str) -> Decimal | None:
        """An amount of a web call."""
        value = self.said(name)
        return None if value is None else Decimal(value)


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
    judged = [(line, *_moments(line)) for line in lines]

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


def accepted(found: Iterable[Verdict], ids: Mapping[str, str]) -> list[Event]:
    """The events, one for each content; `ids` names each content by its tag."""
    return [
        Event(
            event_id=ids[verdict.line.tag],
            name=_name(verdict.line),
            occurred_at=_moments(verdict.line)[0],
            received_at=verdict.received_at,
            line=verdict.line,
        )
        for verdict in found
        if verdict.counts
    ]


def shop_date(moment: datetime) -> date:
    """The shop's date at a moment of UTC."""
    return moment.replace(tzinfo=UTC).astimezone(SHOP_ZONE).date()


def _moments(line: Line) -> tuple[datetime, datetime]:
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


def _name(line: Line) -> str:
    """One vocabulary: what was tracked in words, or what kind of call it is."""
    call = line.call
    if line.source == "esp":
        return ESP_NAMES.get(call["event"], f"email_{call['event']}")
    if call["type"] == "track":
        return re.sub("[^a-z0-9]+", "_", call["event"].lower())
    return WEB_NAMES[call["type"]]
