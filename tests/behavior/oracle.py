"""The judge: from raw lines to events, in plain Python and by the rules' own words.

It shares no code with the models. Of them it takes one thing only, the id that they
give to a content, since ids break ties; whatever follows from ids is judged here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.behavior.lines import Call, Line
from tests.behavior.oracle_lines import Verdict, moments

SHOP_ZONE = ZoneInfo("Europe/Berlin")
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


def accepted(found: Iterable[Verdict], ids: Mapping[str, str]) -> list[Event]:
    """The events, one for each content; `ids` names each content by its tag."""
    return [
        Event(
            event_id=ids[verdict.line.tag],
            name=_name(verdict.line),
            occurred_at=moments(verdict.line)[0],
            received_at=verdict.received_at,
            line=verdict.line,
        )
        for verdict in found
        if verdict.counts
    ]


def shop_date(moment: datetime) -> date:
    """The shop's date at a moment of UTC."""
    return moment.replace(tzinfo=UTC).astimezone(SHOP_ZONE).date()


def _name(line: Line) -> str:
    """One vocabulary: what was tracked in words, or what kind of call it is."""
    call = line.call
    if line.source == "esp":
        return ESP_NAMES.get(call["event"], f"email_{call['event']}")
    if call["type"] == "track":
        return re.sub("[^a-z0-9]+", "_", call["event"].lower())
    return WEB_NAMES[call["type"]]
