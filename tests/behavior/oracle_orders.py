"""The judge of orders: the shop's and, until it knows them, those told on the web."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

from tests.behavior.oracle import Event, shop_date
from tests.behavior.oracle_shop import Bought, Shop, md5
from tests.behavior.order_histories import Refund

REPORTED = "EUR"
Row = dict[str, Any]
Worth = tuple[bool, bool, Decimal]


def orders(events: list[Event], shop: Shop, as_of: datetime) -> list[Row]:
    """The whole table, in no order: what is known by then, and void since when."""
    paid_back = _by_order(refunds(events, shop, as_of))
    return [
        order | _after_refunds(order, paid_back.get(order["order_key"], []), as_of)
        for order in [
            *map(_told_by_shop, shop.orders),
            *web_orders(events, shop, as_of),
        ]
        if order["known_since_at"] <= as_of
    ]


def refunds(_: list[Event], shop: Shop, as_of: datetime) -> list[Row]:
    """The whole table, in no order; what is paid back later is unknown."""
    return [_refund(one, shop) for one in shop.refunds if one.refunded_at <= as_of]


def web_orders(events: list[Event], shop: Shop, _: datetime) -> list[Row]:
    """The whole table, in no order: a row for each copy that tells more than before."""
    copies: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.in_arrival):
        is_order = event.line.source == "web" and event.name == "order_completed"
        if is_order and event.said("order_id"):
            copies[event.said("order_id"), event.visitor or ""].append(event)
    return [
        row
        for (order_id, visitor), told in copies.items()
        for row in _told_on_the_web(order_id, visitor, told, shop)
    ]


def _told_by_shop(order: Bought) -> Row:
    version = order.version
    cancelled_at = version.cancelled_at
    if cancelled_at is None and version.status.lower() == "voided":
        cancelled_at = version.updated_at
    return {
        "order_key": order.order_key,
        "order_id": order.order_id,
        "source": "shop",
        "record_id": order.record_id,
        "visitor_id": version.device,
        "ordered_at": order.ordered_at,
        "known_since_at": order.ordered_at,
        "cancelled_at": cancelled_at,
        "is_test": version.is_test,
        "currency": version.currency.upper(),
        "total_amount": order.amount,
    }


def _told_on_the_web(
    order_id: str, visitor: str, copies: list[Event], shop: Shop
) -> Iterator[Row]:
    """Each copy counts until one arrives that tells more, or the shop tells."""
    first, name = copies[0], md5(f"{order_id}|{visitor}")
    telling = [
        copy
        for place, copy in enumerate(copies)
        if all(_worth(copy) > _worth(before) for before in copies[:place])
    ]
    known = [order.ordered_at for order in shop.orders if order.order_id == order_id]
    ends = [max(min(known), first.occurred_at)] if known else []
    for place, copy in enumerate(telling):
        outdone = [after.received_at for after in telling[place + 1 : place + 2]]
        yield {
            "order_key": md5(f"{name}|{copy.event_id}") if place else name,
            "order_id": order_id,
            "source": "web",
            "record_id": visitor or None,
            "visitor_id": visitor or None,
            "ordered_at": first.occurred_at,
            "known_since_at": copy.received_at,
            "cancelled_at": min([*outdone, *ends], default=None),
            "is_test": False,
            "currency": _currency(copy),
            "total_amount": copy.money("total") or Decimal(0),
        }


def _worth(copy: Event) -> Worth:
    """An amount is more than none, and one that reports can sum more than another."""
    told = copy.money("total")
    return told is not None, _currency(copy) == REPORTED, told or Decimal(0)


def _currency(copy: Event) -> str:
    return str(copy.said("currency") or REPORTED).upper()


def _refund(refund: Refund, shop: Shop) -> Row:
    """A refund with its order: of several buyers that of the one whom it names."""
    record_id = f"shop:{refund.customer}" if refund.customer else None
    meant = min(
        (order for order in shop.orders if order.order_id == refund.order_id),
        key=lambda order: (order.record_id != record_id, order.order_key),
        default=None,
    )
    return {
        "refund_id": refund.refund_id,
        "order_key": meant and meant.order_key,
        "record_id": record_id or (meant and meant.record_id),
        "refunded_amount": Decimal(refund.amount),
        "currency": refund.currency.upper(),
        "refunded_at": refund.refunded_at,
    }


def _by_order(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The refunds of each order, as they happened."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["refunded_at"], row["refund_id"])):
        found[row["order_key"]].append(row)
    return found


def _after_refunds(order: Row, paid_back: Iterable[Row], as_of: datetime) -> Row:
    """What is left of an order, and the moment since when it makes no buyer."""
    total = order["total_amount"]
    own = [row for row in paid_back if row["currency"] == order["currency"]]
    sums = list(accumulate((row["refunded_amount"] for row in own), initial=Decimal(0)))
    ends = [
        row["refunded_at"]
        for row, by_then in zip(own, sums[1:], strict=True)
        if by_then >= total > 0
    ]
    ends = [end for end in [order["cancelled_at"], *ends] if end and end <= as_of]
    void_since_at = order["ordered_at"] if order["is_test"] else min(ends, default=None)
    return {
        "ordered_on": shop_date(order["ordered_at"]),
        "refunded_amount": sums[-1],
        "net_amount": total - sums[-1],
        "void_since_at": void_since_at,
    }
