"""The judge of sessions: a visitor's events, no more than thirty minutes apart."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.behavior.oracle import Event, shop_date

GAP = timedelta(minutes=30)
ENGAGED_GAP = timedelta(seconds=300)
CURRENCY = "EUR"


def by_visitor(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Web events of each visitor, as they happened; who has no id is no visitor."""
    visitors: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.in_time):
        if event.line.source == "web" and event.visitor:
            visitors[event.visitor].append(event)
    return visitors


def sessions(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    return [
        _session(visitor, parts)
        for visitor, history in by_visitor(events).items()
        for parts in _parts(history)
    ]


def _parts(history: list[Event]) -> list[list[Event]]:
    """Cut a visitor's history where nothing happened for longer than the gap."""
    parts = [[history[0]]]
    for before, event in pairwise(history):
        if event.occurred_at - before.occurred_at > GAP:
            parts.append([])
        parts[-1].append(event)
    return parts


def _session(visitor: str, events: list[Event]) -> dict[str, Any]:
    first, last = events[0], events[-1]
    names = [event.name for event in events]
    page, context = first.call["context"]["page"], first.call["context"]
    return {
        "session_id": named("session", events),
        "visitor_id": visitor,
        "started_at": first.occurred_at,
        "ended_at": last.occurred_at,
        "started_on": shop_date(first.occurred_at),
        "duration_seconds": whole(last.occurred_at - first.occurred_at),
        "engaged_seconds": whole(_engaged(events)),
        "event_count": len(events),
        "page_view_count": sum(
            name in ("page_viewed", "screen_viewed") for name in names
        ),
        "product_view_count": names.count("product_viewed"),
        "cart_add_count": names.count("product_added"),
        "checkout_count": names.count("checkout_started"),
        "order_count": names.count("order_completed"),
        "is_converted": "order_completed" in names,
        "revenue_amount": _revenue(events),
        "landing_url": page["url"],
        "referrer": page["referrer"],
        "campaign_source": context["campaign"]["source"],
        "campaign_medium": context["campaign"]["medium"],
        "campaign_name": context["campaign"]["name"],
        "device_type": context["device"]["type"],
        "country_code": context["location"]["country"],
    }


def named(kind: str, events: Iterable[Event]) -> str:
    """Named after the event that was received first."""
    namesake = min(events, key=lambda event: event.in_arrival)
    return hashlib.md5(f"{kind}|{namesake.event_id}".encode()).hexdigest()


def whole(duration: timedelta) -> int:
    """Seconds that have passed in full."""
    return duration // timedelta(seconds=1)


def _engaged(events: list[Event]) -> timedelta:
    """What lies between two events, as far as anybody would stay for it."""
    gaps = (
        after.occurred_at - before.occurred_at for before, after in pairwise(events)
    )
    return sum((min(gap, ENGAGED_GAP) for gap in gaps), timedelta())


def _revenue(events: list[Event]) -> Decimal:
    """What was ordered in the reporting currency; an order told twice counts once."""
    amounts: dict[str, Decimal] = {}
    for event in events:
        if event.name != "order_completed" or _currency(event) != CURRENCY:
            continue
        order = event.said("order_id") or event.event_id
        told = event.money("total") or Decimal(0)
        amounts[order] = max(told, amounts.get(order, told))
    return sum(amounts.values(), Decimal(0))


def _currency(event: Event) -> str:
    """The currency told; the shop's own where the call tells none."""
    return str(event.said("currency") or CURRENCY).upper()
