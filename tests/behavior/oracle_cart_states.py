"""The judge of carts' fates: ordered, emptied, abandoned or open, as of a moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.behavior.exports import ORDERS
from tests.behavior.oracle import Event
from tests.behavior.oracle_carts import carts
from tests.behavior.oracle_customers import customers_by_record

PATIENCE = timedelta(hours=4)


class Placed(NamedTuple):
    """An order, and the record that placed it."""

    ordered_at: datetime
    record_id: str


def cart_states(events: list[Event], as_of: datetime) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    customers = customers_by_record(events, as_of)
    placed = _placed_by_customer(events, as_of, customers)
    found = []
    for cart in carts(events):
        customer = customers.get(cart["visitor_id"])
        orders = placed[customer] if customer else []
        fate = _fate(cart, _after(cart, orders), as_of)
        found.append({**cart, "customer_id": customer, **fate})
    return found


def _fate(
    cart: Mapping[str, Any], elsewhere: datetime | None, as_of: datetime
) -> dict[str, Any]:
    """What became of a cart; `elsewhere`: when its customer next ordered otherwise."""
    changed_at: datetime = cart["changed_at"]
    given_up_at = changed_at + PATIENCE
    ended_at = cart["ordered_at"] or elsewhere
    state, emptied_at, abandoned_at, recovered_at = "open", None, None, None
    waits = cart["item_count"] > 0 and not (ended_at and ended_at <= given_up_at)
    if waits and given_up_at <= as_of:
        state, abandoned_at, recovered_at = "abandoned", given_up_at, ended_at
    elif cart["ordered_at"]:
        state = "ordered"
    elif cart["item_count"] == 0:
        state, emptied_at = "emptied", changed_at
    elif elsewhere and elsewhere <= given_up_at:
        state = "ordered"
    return {
        "cart_state": state,
        "emptied_at": emptied_at,
        "abandoned_at": abandoned_at,
        "recovered_at": recovered_at,
    }


def _after(cart: Mapping[str, Any], orders: Iterable[Placed]) -> datetime | None:
    """The first order since the last change, on another device or in the shop.

    An order on the cart's own device ends this cart, or has ended the one before.
    """
    return min(
        (
            order.ordered_at
            for order in orders
            if order.record_id != cart["visitor_id"]
            and order.ordered_at >= cart["changed_at"]
        ),
        default=None,
    )


def _placed_by_customer(
    events: Iterable[Event], as_of: datetime, customers: Mapping[str, str]
) -> dict[str, list[Placed]]:
    """The orders that count and have been placed, by customer; tests are no orders."""
    shop = [Placed(o.ordered_at, f"shop:{o.customer}") for o in ORDERS if not o.is_test]
    placed: dict[str, list[Placed]] = defaultdict(list)
    for order in [*shop, *_web_orders(events)]:
        if order.record_id in customers and order.ordered_at <= as_of:
            placed[customers[order.record_id]].append(order)
    return placed


def _web_orders(events: Iterable[Event]) -> list[Placed]:
    """A visitor's order told again is the one that was received first."""
    first: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=lambda event: event.in_arrival):
        if event.line.source != "web" or event.name != "order_completed":
            continue
        if event.visitor and event.said("order_id"):
            first.setdefault((event.said("order_id"), event.visitor), event)
    return [Placed(event.occurred_at, visitor) for (_, visitor), event in first.items()]
