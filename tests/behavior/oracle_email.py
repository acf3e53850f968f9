"""The judge of email: what became of each message, humans and machines apart."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.behavior.oracle import Event
from tests.behavior.oracle_machines import machine_flags, subject

NO_FLAGS = {"machine_confidence": None, "machine_reason": None}


def subscriber(event: Event) -> str:
    """The recipient, by the address that the service writes to."""
    return "esp:" + hashlib.md5(subject(event)[0].encode()).hexdigest()


def email_events(events: list[Event]) -> list[dict[str, Any]]:
    """The whole table of email events, in no order."""
    flags = machine_flags(events)
    return [
        {
            "event_id": event.event_id,
            "subscriber_id": subscriber(event),
            "message_id": subject(event)[1],
            "event_name": event.name,
            "occurred_at": event.occurred_at,
            "received_at": event.received_at,
            "link_url": event.call.get("url"),
            "dwell_seconds": event.call.get("dwell_seconds"),
            **flags.get(event.event_id, NO_FLAGS),
        }
        for event in events
        if event.line.source == "esp"
    ]


def email_engagement(events: list[Event]) -> list[dict[str, Any]]:
    """The whole table of recipients and messages, in no order."""
    flags = machine_flags(events)
    machines = {key for key, flag in flags.items() if flag["machine_reason"]}
    messages: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.line.source == "esp":
            messages[subscriber(event), subject(event)[1]].append(event)
    return [_engagement(key, told, machines) for key, told in messages.items()]


def _engagement(
    key: tuple[str, str], events: list[Event], machines: set[str]
) -> dict[str, Any]:
    humans = [event for event in events if event.event_id not in machines]
    clicks = _moments(humans, "email_link_clicked")
    opens = _moments(humans, "email_opened")
    replies = _moments(events, "email_replied")
    delivered = _moments(events, "email_delivered")
    reacted = min([*opens, *clicks, *replies], default=None)
    return {
        "record_id": key[0],
        "message_id": key[1],
        "campaign_id": max(event.call["campaign_id"] for event in events),
        "first_event_at": min(event.occurred_at for event in events),
        "last_event_at": max(event.occurred_at for event in events),
        "delivered_at": min(delivered, default=None),
        "reached_at": min(delivered, default=reacted),
        "first_reacted_at": reacted,
        "open_count": len(opens),
        "machine_open_count": len(_moments(events, "email_opened")) - len(opens),
        "click_count": len(clicks),
        "machine_click_count": len(_moments(events, "email_link_clicked"))
        - len(clicks),
        "reply_count": len(replies),
        **_edges("opened", opens),
        **_edges("clicked", clicks),
        **_edges("replied", replies),
        **_clicked([e for e in humans if e.name == "email_link_clicked"]),
        **_ends(events),
    }


def _moments(events: Iterable[Event], name: str) -> list[datetime]:
    return [event.occurred_at for event in events if event.name == name]


def _edges(act: str, moments: list[datetime]) -> dict[str, datetime | None]:
    return {
        f"first_{act}_at": min(moments, default=None),
        f"last_{act}_at": max(moments, default=None),
    }


def _ends(events: list[Event]) -> dict[str, Any]:
    """What ends a habit, with its first moment."""
    names = {
        "bounced": "email_bounced",
        "unsubscribed": "unsubscribed",
        "complained": "email_marked_as_spam",
    }
    first = {k: min(_moments(events, name), default=None) for k, name in names.items()}
    return {
        **{f"{end}_at": moment for end, moment in first.items()},
        "is_bounced": first["bounced"] is not None,
        "is_unsubscribed": first["unsubscribed"] is not None,
        "is_complaint": first["complained"] is not None,
    }


def _clicked(clicks: list[Event]) -> dict[str, Any]:
    """Dwell of all clicks, and each link that was followed."""
    links: dict[str, list[Event]] = defaultdict(list)
    for click in clicks:
        if click.call.get("url"):
            links[click.call["url"]].append(click)
    return {
        "dwell_seconds": _dwell(clicks),
        "clicked_links": [
            {
                "link_url": link,
                "click_count": len(links[link]),
                "dwell_seconds": _dwell(links[link]),
            }
            for link in sorted(links)
        ]
        or None,
    }


def _dwell(clicks: list[Event]) -> int:
    return sum(int(click.call.get("dwell_seconds") or 0) for click in clicks)
