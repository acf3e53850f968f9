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


class Told(NamedTuple):
    """An order as a device or the shop tells it; the shop may name a device too."""

    order_id: str
    record_id: str
    device: str | None
    ordered_at: datetime
    counts: bool

    @property
    def by_device(self) -> bool:
        """Whether a device tells it."""
        return self.record_id == self.device


class Placed(NamedTuple):
    """An order of a customer, however often told, and the devices that it is of."""

    ordered_at: datetime
    devices: frozenset[str | None]


def cart_states(events: list[Event], as_of: datetime) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    customers = customers_by_record(events, as_of)
    placed = _placed_by_customer(events, as_of, customers)
    found = []
    for cart in carts(events, as_of):
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

    An order of the cart's own device ends this cart, or has ended the one before.
    """
    return min(
        (
            order.ordered_at
            for order in orders
            if cart["visitor_id"] not in order.devices
            and order.ordered_at >= cart["changed_at"]
        ),
        default=None,
    )


def _placed_by_customer(
    events: Iterable[Event], as_of: datetime, customers: Mapping[str, str]
) -> dict[str, list[Placed]]:
    """The orders that count and have been placed, by customer."""
    tellings: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for told in [*_shop_orders(as_of), *_web_orders(events, as_of)]:
        if told.record_id in customers:
            tellings[customers[told.record_id], told.order_id].append(told)
    placed: dict[str, list[Placed]] = defaultdict(list)
    for (customer, _), copies in tellings.items():
        order = _once(copies)
        if any(told.counts for told in copies) and order.ordered_at <= as_of:
            placed[customer].append(order)
    return placed


def _once(copies: list[Told]) -> Placed:
    """A customer's order, at the moment told by a device, else by the shop."""
    moments = [told.ordered_at for told in copies if told.by_device]
    moments = moments or [told.ordered_at for told in copies if told.counts]
    moments = moments or [told.ordered_at for told in copies]
    return Placed(min(moments), frozenset(told.device for told in copies))


def _shop_orders(as_of: datetime) -> list[Told]:
    """What the shop's export knew; tests are no orders."""
    return [
        Told(
            order_id=order.order_id,
            record_id=f"shop:{order.customer}",
            device=f"web:{order.client}" if order.client else None,
            ordered_at=order.ordered_at,
            counts=not order.is_test,
        )
        for order in ORDERS
        if order.ordered_at <= as_of
    ]


def _web_orders(events: Iterable[Event], as_of: datetime) -> list[Told]:
    """A visitor's order told again is the one received first; the shop knows better."""
    known = {order.order_id for order in ORDERS if order.ordered_at <= as_of}
    first: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=lambda event: event.in_arrival):
        if event.line.source != "web" or event.name != "order_completed":
            continue
        if event.visitor and event.said("order_id"):
            first.setdefault((event.said("order_id"), event.visitor), event)
    return [
        Told(order_id, visitor, visitor, event.occurred_at, order_id not in known)
        for (order_id, visitor), event in first.items()
    ]
