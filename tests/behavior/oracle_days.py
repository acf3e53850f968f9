"""The judge of daily states: what a record did on a day, and when it was known."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from tests.behavior.exports import Price
from tests.behavior.oracle import PASSIVE, Event, shop_date
from tests.behavior.oracle_events import events_table
from tests.behavior.oracle_orders import orders
from tests.behavior.oracle_shop import Shop

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
HIGH = 80
LAST = ("product_view", "cart_add", "checkout", "email_open", "email_click")


def daily_states(
    events: list[Event], shop: Shop, as_of: datetime
) -> list[dict[str, Any]]:
    """The whole table, in no order; what machines did with mail is nobody's."""
    days: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in [*events_table(events), *_orders(events, shop, as_of)]:
        if row["record_id"] and (row["is_human"] or row["is_bot"]):
            days[row["record_id"], row["occurred_on"], row["received_on"]].append(row)
    return [_state(key, rows, shop.prices) for key, rows in days.items()]


def _orders(
    events: list[Event], shop: Shop, as_of: datetime
) -> Iterator[dict[str, Any]]:
    """Orders of the shop that have left no trace on the web are acts by themselves."""
    for order in orders(events, shop, as_of):
        has_trace = order["source"] == "web" or order["visitor_id"]
        if not has_trace and not order["is_test"]:
            yield {
                "record_id": order["record_id"],
                "event_name": "order_placed",
                "is_human": True,
                "occurred_at": order["ordered_at"],
                "occurred_on": order["ordered_on"],
                "received_on": shop_date(order["known_since_at"]),
            }


def _state(
    key: tuple[Any, ...], rows: list[dict[str, Any]], prices: list[Price]
) -> dict[str, Any]:
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
        "last_high_value_click_at": _last(
            row["occurred_at"] for row in rows if _is_dear_click(row, prices)
        ),
    }


def _is_dear_click(row: dict[str, Any], prices: list[Price]) -> bool:
    """By the price that stood when the click arrived; before any, by the first."""
    if row["event_name"] != "email_link_clicked":
        return False
    told = sorted(
        (price for price in prices if price.product == row["product_id"]),
        key=lambda price: price.since,
    )
    stood = [price for price in told if price.since <= row["received_at"]] or told[:1]
    return bool(stood) and stood[-1].currency == "EUR" and stood[-1].amount >= HIGH


def _last(moments: Iterable[datetime]) -> datetime | None:
    return max(moments, default=None)
