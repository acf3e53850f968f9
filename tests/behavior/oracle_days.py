"""The judge of daily states: what a record did on a day, and when it was known."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.behavior.oracle import PASSIVE, Event
from tests.behavior.oracle_events import events_table

FACTS = {
    "page_view": ("page_viewed", "screen_viewed"),
    "product_view": ("product_viewed",),
    "cart_add": ("product_added",),
    "checkout": ("checkout_started",),
    "email_delivered": ("email_delivered",),
    "email_open": ("email_opened",),
    "email_click": ("email_link_clicked",),
    "email_reply": ("email_replied",),
    "email_unsubscribe": ("unsubscribed",),
}
LAST = ("product_view", "cart_add", "checkout", "email_open", "email_click")


def daily_states(events: list[Event]) -> list[dict[str, Any]]:
    """The whole table, in no order; what machines did with mail is nobody's."""
    days: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in events_table(events):
        if row["record_id"] and (row["is_human"] or row["is_bot"]):
            days[row["record_id"], row["occurred_on"], row["received_on"]].append(row)
    return [_state(key, rows) for key, rows in days.items()]


def _state(key: tuple[Any, ...], rows: list[dict[str, Any]]) -> dict[str, Any]:
    acts = [row["occurred_at"] for row in rows if row["event_name"] not in PASSIVE]
    moments = {
        fact: [row["occurred_at"] for row in rows if row["event_name"] in names]
        for fact, names in FACTS.items()
    }
    return {
        **dict(zip(("record_id", "occurred_on", "known_on"), key, strict=True)),
        "first_seen_at": min(row["occurred_at"] for row in rows),
        "activity_count": len(acts),
        "last_activity_at": _last(acts),
        **{f"{fact}_count": len(times) for fact, times in moments.items()},
        **{f"last_{fact}_at": _last(moments[fact]) for fact in LAST},
    }


def _last(moments: Iterable[datetime]) -> datetime | None:
    return max(moments, default=None)
