"""The judge of carts' fates: ordered, emptied, abandoned or open, as of a moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.behavior.oracle import Event
from tests.behavior.oracle_carts import carts
from tests.behavior.oracle_customers import customers_by_record
from tests.behavior.oracle_orders import orders
from tests.behavior.oracle_shop import Shop

PATIENCE = timedelta(hours=4)
Row = dict[str, Any]


class Placed(NamedTuple):
    """An order of a customer, however often told, and the devices that it is of."""

    ordered_at: datetime
    devices: frozenset[str | None]


def cart_states(
    events: list[Event], shop: Shop, as_of: datetime
) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    customers = customers_by_record(events, shop, as_of)
    placed = _placed_by_customer(orders(events, shop, as_of), as_of, customers)
    found = []
    for cart in carts(events, shop, as_of):
        customer = customers.get(cart["visitor_id"])
        others = placed[customer] if customer else []
        fate = _fate(cart, _after(cart, others), as_of)
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


def _after(cart: Mapping[str, Any], placed: Iterable[Placed]) -> datetime | None:
    """The first order since the last change, on another device or in the shop.

    An order of the cart's own device ends this cart, or has ended the one before.
    """
    return min(
        (
            order.ordered_at
            for order in placed
            if cart["visitor_id"] not in order.devices
            and order.ordered_at >= cart["changed_at"]
        ),
        default=None,
    )


def _placed_by_customer(
    told: Iterable[Row], as_of: datetime, customers: Mapping[str, str]
) -> dict[str, list[Placed]]:
    """The orders that count and have been placed, by customer."""
    tellings: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for order in told:
        if order["record_id"] in customers:
            customer = customers[order["record_id"]]
            tellings[customer, order["order_id"]].append(order)
    placed: dict[str, list[Placed]] = defaultdict(list)
    for (customer, _), copies in tellings.items():
        if any(copy["void_since_at"] is None for copy in copies):
            once = _once(copies)
            if once.ordered_at <= as_of:
                placed[customer].append(once)
    return placed


def _once(copies: list[Row]) -> Placed:
    """A customer's order, at the moment told by a device, else by the shop."""
    by_device = [copy for copy in copies if copy["source"] == "web"]
    counting = [copy for copy in copies if copy["void_since_at"] is None]
    return Placed(
        ordered_at=min(copy["ordered_at"] for copy in by_device or counting),
        devices=frozenset(copy["visitor_id"] for copy in copies),
    )
