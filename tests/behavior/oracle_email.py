"""The judge of email: what became of each message, humans and machines apart."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.behavior.oracle import Event
from tests.behavior.oracle_machines import machine_reasons, message


def subscriber(event: Event) -> str:
    """The recipient, by the address that the service writes to."""
    address = str(event.call["email"]).strip().lower()
    return "esp:" + hashlib.md5(address.encode()).hexdigest()


def email_engagement(events: list[Event]) -> list[dict[str, Any]]:
    """The whole table, in no order; an event without a message stands alone."""
    machines = machine_reasons(events)
    messages: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.line.source == "esp":
            key = (subscriber(event), message(event) or event.event_id)
            messages[key].append(event)
    return [_engagement(*key, told, machines) for key, told in messages.items()]


def _engagement(
    record_id: str, message_id: str, events: list[Event], machines: dict[str, str]
) -> dict[str, Any]:
    humans = [event for event in events if event.event_id not in machines]
    names = [event.name for event in events]
    clicks = _named(humans, "email_link_clicked")
    opens = _named(humans, "email_opened")
    campaigns = [e.call["campaign_id"] for e in events if e.call.get("campaign_id")]
    return {
        "record_id": record_id,
        "message_id": message_id,
        "campaign_id": max(campaigns, default=None),
        "delivered_at": _first(_named(events, "email_delivered")),
        "first_opened_at": _first(opens),
        "open_count": len(opens),
        "machine_open_count": names.count("email_opened") - len(opens),
        "click_count": len(clicks),
        "dwell_seconds": sum(int(e.call.get("dwell_seconds") or 0) for e in clicks),
        "reply_count": names.count("email_replied"),
        "is_bounced": "email_bounced" in names,
        "is_unsubscribed": "unsubscribed" in names,
        "is_complaint": "email_marked_as_spam" in names,
    }


def _named(events: Iterable[Event], name: str) -> list[Event]:
    return [event for event in events if event.name == name]


def _first(events: Iterable[Event]) -> datetime | None:
    return min((event.occurred_at for event in events), default=None)
