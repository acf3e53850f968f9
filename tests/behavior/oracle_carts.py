"""The judge of carts: a visitor's cart lives until an order; then the next begins."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.behavior.oracle import Event
from tests.behavior.oracle_sessions import by_visitor, named

MOVES = ("product_added", "product_removed", "checkout_started", "order_completed")
ABANDONED_AFTER = timedelta(hours=4)


def carts(events: Iterable[Event], as_of: datetime) -> list[dict[str, Any]]:
    """The whole table, in no order, as it stands at `as_of`."""
    return [
        _cart(visitor, moves, as_of)
        for visitor, history in by_visitor(events).items()
        for moves in _lives(history)
        if any(move.name == "product_added" for move in moves)
    ]


def _lives(history: list[Event]) -> list[list[Event]]:
    """Cut what moved a visitor's cart after each completed order."""
    lives: list[list[Event]] = [[]]
    for move in (event for event in history if event.name in MOVES):
        lives[-1].append(move)
        if move.name == "order_completed":
            lives.append([])
    return lives


def _cart(visitor: str, moves: list[Event], as_of: datetime) -> dict[str, Any]:
    changed_at = moves[-1].occurred_at
    ordered_at = _first(moves, "order_completed")
    products = _products(moves)
    due = changed_at + ABANDONED_AFTER
    is_abandoned = ordered_at is None and bool(products) and due <= as_of
    currencies = {product["currency"] for product in products} - {None}
    return {
        "cart_id": named("cart", moves),
        "visitor_id": visitor,
        "opened_at": _first(moves, "product_added"),
        "changed_at": changed_at,
        "checkout_started_at": _first(moves, "checkout_started"),
        "ordered_at": ordered_at,
        "item_count": sum(product["quantity"] for product in products),
        "currency": currencies.pop() if len(currencies) == 1 else None,
        "products": _listed(products),
        "cart_state": _state(ordered_at, products, is_abandoned),
        "abandoned_at": due if is_abandoned else None,
    }


def _state(ordered_at: datetime | None, products: list[Any], is_abandoned: bool) -> str:
    if ordered_at:
        return "ordered"
    if not products:
        return "emptied"
    return "abandoned" if is_abandoned else "open"


def _first(moves: list[Event], name: str) -> datetime | None:
    """When something of this name happened first."""
    return min((m.occurred_at for m in moves if m.name == name), default=None)


def _products(moves: list[Event]) -> list[dict[str, Any]]:
    """What is left of each product: added minus removed; of its prices the highest."""
    left: dict[str, list[Event]] = {}
    for move in moves:
        if move.name.startswith("product_") and move.said("product_id"):
            left.setdefault(move.said("product_id"), []).append(move)
    found = [_product(product, left[product]) for product in sorted(left)]
    return [product for product in found if product["quantity"] > 0]


def _product(product_id: str, moves: list[Event]) -> dict[str, Any]:
    prices = [price for move in moves if (price := move.money("price")) is not None]
    currencies = [m.said("currency").upper() for m in moves if m.said("currency")]
    return {
        "product_id": product_id,
        "quantity": sum(_change(move) for move in moves),
        "price": max(prices, default=None),
        "currency": max(currencies, default=None),
    }


def _change(move: Event) -> int:
    """One piece, unless the call says how many."""
    told = move.said("quantity")
    pieces = 1 if told is None else int(told)
    return pieces if move.name == "product_added" else -pieces


def _listed(products: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The products as the table lists them; none, where nothing is left."""
    names = ("product_id", "quantity", "price")
    return [{name: p[name] for name in names} for p in products] or None
