"""The judge of carts: a visitor's cart lives until an order; then the next begins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.behavior.oracle import Event
from tests.behavior.oracle_sessions import by_visitor, named
from tests.behavior.oracle_shop import Shop

MOVES = ("product_added", "product_removed", "checkout_started", "order_completed")
# A place in time, and the event that stands there; none: an order of the shop.
Step = tuple[tuple[datetime, str], Event | None]


@dataclass
class Life:
    """What moved one cart, and the order that ended it."""

    moves: list[Event] = field(default_factory=list)
    ordered_at: datetime | None = None


def carts(events: list[Event], shop: Shop, as_of: datetime) -> list[dict[str, Any]]:
    """The whole table, in no order."""
    untold = _untold(events, shop, as_of)
    return [
        _cart(visitor, life)
        for visitor, history in by_visitor(events).items()
        for life in _lives(history, untold.get(visitor, []))
        if any(move.name == "product_added" for move in life.moves)
    ]


def _untold(
    events: Iterable[Event], shop: Shop, as_of: datetime
) -> Mapping[str, list[datetime]]:
    """When each device bought without telling, by what the shop knows."""
    told = {
        (event.visitor, event.said("order_id"))
        for event in events
        if event.line.source == "web" and event.name == "order_completed"
    }
    untold: dict[str, list[datetime]] = defaultdict(list)
    for order in shop.orders:
        device = order.version.device
        is_known = order.ordered_at <= as_of and (device, order.order_id) not in told
        if device and is_known and not order.version.is_test:
            untold[device].append(order.ordered_at)
    return untold


def _lives(history: list[Event], untold: Iterable[datetime]) -> list[Life]:
    """Cut what moved a visitor's cart after each order; the shop's come last."""
    # Above all ids: what was put in at the same moment was bought too.
    steps: list[Step] = [((moment, "~"), None) for moment in untold]
    steps += [(move.in_time, move) for move in history if move.name in MOVES]
    lives = [Life()]
    for (moment, _), move in sorted(steps, key=lambda step: step[0]):
        if move:
            lives[-1].moves.append(move)
        if move is None or move.name == "order_completed":
            lives[-1].ordered_at = moment
            lives.append(Life())
    return lives


def _cart(visitor: str, life: Life) -> dict[str, Any]:
    moves = life.moves
    products = _products(moves)
    currencies = {product["currency"] for product in products} - {None}
    single = len(currencies) == 1
    return {
        "cart_id": named("cart", moves),
        "visitor_id": visitor,
        "opened_at": _first(moves, "product_added"),
        "changed_at": max(
            move.occurred_at for move in moves if move.name != "order_completed"
        ),
        "checkout_started_at": _first(moves, "checkout_started"),
        "ordered_at": life.ordered_at,
        "item_count": sum(product["quantity"] for product in products),
        "currency": currencies.pop() if single else None,
        "cart_amount": _amount(products) if single else None,
        "products": _listed(products),
    }


def _amount(products: list[dict[str, Any]]) -> Decimal | None:
    """What the products with a price are worth."""
    priced = [p["price"] * p["quantity"] for p in products if p["price"] is not None]
    return sum(priced, Decimal(0)) if priced else None


def _first(moves: list[Event], name: str) -> datetime | None:
    """When something of this name happened first."""
    return min((m.occurred_at for m in moves if m.name == name), default=None)


def _products(moves: list[Event]) -> list[dict[str, Any]]:
    """What is left of each product, added minus removed, at the price shown last."""
    left: dict[str, list[Event]] = {}
    for move in moves:
        if move.name.startswith("product_") and move.said("product_id"):
            left.setdefault(move.said("product_id"), []).append(move)
    found = [_product(product, left[product]) for product in sorted(left)]
    return [product for product in found if product["quantity"] > 0]


def _product(product_id: str, moves: list[Event]) -> dict[str, Any]:
    shown = [move for move in moves if move.money("price") is not None]
    currency = shown[-1].said("currency") if shown else None
    return {
        "product_id": product_id,
        "quantity": _left(moves),
        "price": shown[-1].money("price") if shown else None,
        "currency": currency and currency.upper(),
    }


def _left(moves: list[Event]) -> int:
    """Pieces after each move in turn; what is not there cannot be removed."""
    pieces = 0
    for move in moves:
        pieces = max(0, pieces + _change(move))
    return pieces


def _change(move: Event) -> int:
    """One piece, unless the call says how many."""
    told = move.said("quantity")
    pieces = 1 if told is None else int(told)
    return pieces if move.name == "product_added" else -pieces


def _listed(products: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The products as the table lists them; none, where nothing is left."""
    names = ("product_id", "quantity", "price")
    return [{name: p[name] for name in names} for p in products] or None
