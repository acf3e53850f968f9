"""What people do in a session, kind by kind: looking, filling carts, buying."""

from dataclasses import dataclass

import numpy as np

from simulator.baskets import Baskets, choose_products
from simulator.calendar import Ints
from simulator.catalog import (
    BY_CATEGORY,
    CART,
    CHECKOUT,
    FIRST_PRODUCT_PAGE,
    FIRST_SEARCH_PAGE,
    HOME,
    LISTS,
    LOGIN,
    THANKS,
)
from simulator.events import (
    ADDED,
    CART_VIEWED,
    CHECKING_OUT,
    COMPLETED,
    IDENTIFY,
    LISTED,
    PAGE,
    REMOVED,
    SEARCHED,
    VIEWED,
)
from simulator.logins import Logins
from simulator.purchases import Orders
from simulator.visits import Visits
from simulator.wares import QUERIES


@dataclass(frozen=True)
class Calls:
    """Calls of one kind. `place` orders the calls of a session."""

    session: Ints
    kind: int
    place: Ints
    thing: Ints
    page: Ints
    basket: Ints
    quantity: Ints


def _calls(
    session: Ints,
    kind: int,
    place: Ints | int,
    page: Ints | int,
    thing: Ints | int = -1,
    basket: Ints | int = -1,
    quantity: Ints | int = 1,
) -> Calls:
    full = (
        np.broadcast_to(np.asarray(x, np.int64), len(session))
        for x in (place, thing, page, basket, quantity)
    )
    return Calls(session, kind, *full)


def browsing(
    visits: Visits, baskets: Baskets, shown: Ints, rng: np.random.Generator
) -> list[Calls]:
    """Return landing, searching, listing, and product views; a cart's items first."""
    all_visits = np.arange(visits.count)
    has = shown >= 0
    items = np.where(has, baskets.item_count[shown], 0)
    views = np.maximum(visits.views, items)
    session = np.repeat(all_visits, views)
    rank = np.arange(len(session)) - np.repeat(np.cumsum(views) - views, views)
    product = choose_products(visits.person[session], rng)
    wanted = rank < items[session]
    item = baskets.first_item[shown[session]] + rank
    product[wanted] = baskets.product[item[wanted]]
    searching = np.flatnonzero(rng.random(visits.count) < 0.20)
    query = rng.integers(0, len(QUERIES), len(searching))
    listing = np.flatnonzero(rng.random(visits.count) < 0.55)
    category = choose_products(visits.person[listing], rng) // BY_CATEGORY
    return [
        _calls(all_visits, PAGE, 0, HOME),
        _calls(searching, SEARCHED, 5, FIRST_SEARCH_PAGE + query, query),
        _calls(listing, LISTED, 6, LISTS + category, category),
        _calls(session, VIEWED, 10 + 10 * rank, FIRST_PRODUCT_PAGE + product, product),
    ]


def filling(baskets: Baskets, rng: np.random.Generator) -> list[Calls]:
    """Return what goes into the carts, and what is taken out of them again."""
    item = np.arange(len(baskets.product))
    basket = baskets.item_basket
    rank = item - baskets.first_item[basket]
    on_web = baskets.visit[basket] >= 0
    out = on_web & ~baskets.is_ordered[basket] & (rng.random(len(item)) < 0.15)
    parts = []
    for kind, rows, place in (
        (ADDED, np.flatnonzero(on_web), 15 + 10 * rank),
        (REMOVED, np.flatnonzero(out), 900 + rank),
    ):
        product, cart = baskets.product[rows], basket[rows]
        page = FIRST_PRODUCT_PAGE + product if kind == ADDED else CART
        amount = baskets.quantity[rows]
        session = baskets.visit[cart]
        parts.append(_calls(session, kind, place[rows], page, product, cart, amount))
    return parts


def buying(baskets: Baskets, orders: Orders, rng: np.random.Generator) -> list[Calls]:
    """Return looks at the cart, checkouts begun, and orders completed."""
    on_web = baskets.visit >= 0
    order = np.flatnonzero(orders.is_tracked)
    bought = np.zeros(len(on_web), np.bool_)
    bought[orders.basket[order]] = True
    tries = bought | (on_web & ~baskets.is_ordered & (rng.random(len(on_web)) < 0.3))
    look = np.flatnonzero(tries | (on_web & (rng.random(len(on_web)) < 0.4)))
    begin, done = np.flatnonzero(tries), orders.basket[order]
    visit = baskets.visit
    return [
        _calls(visit[look], CART_VIEWED, 950, CART, basket=look),
        _calls(visit[begin], CHECKING_OUT, 980, CHECKOUT, basket=begin),
        _calls(visit[done], COMPLETED, 999, THANKS, order, done),
    ]


def identifying(logins: Logins) -> list[Calls]:
    """Return the moments at which people say who they are."""
    session = np.flatnonzero(logins.place >= 0)
    user, place = logins.user[session], logins.place[session]
    return [_calls(session, IDENTIFY, place, LOGIN, user)]
