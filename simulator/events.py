"""What happens in a session: its calls, their order, and their moments."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from simulator.calendar import MINUTE, SECOND, Ints
from simulator.catalog import (
    ADS,
    BY_CATEGORY,
    CART,
    CHECKOUT,
    DIRECT,
    FIRST_PRODUCT_PAGE,
    FIRST_SEARCH_PAGE,
    HOME,
    INNER,
    LISTS,
    LOGIN,
    MAIL,
    SEARCH,
    SOCIAL,
    THANKS,
    Catalog,
)
from simulator.logins import LOGGED_IN, LOGGING_IN, Logins
from simulator.purchases import Baskets, Orders, choose_products
from simulator.visits import Visits
from simulator.vocabulary import QUERIES

(PAGE, IDENTIFY, SEARCHED, LISTED, VIEWED, ADDED, REMOVED, CART_VIEWED, CHECKING_OUT,
 COMPLETED) = range(10)


@dataclass(frozen=True)
class Events:
    """One row a call of the web stream, before its journey to the collector.

    `thing` is what the call speaks of: a product, a category, a query, an order, or a
    record of the shop (identify); -1 for nothing.
    """

    session: Ints
    kind: Ints
    thing: Ints
    basket: Ints
    quantity: Ints
    page: Ints
    source: Ints
    moment: Ints
    device: Ints
    user: Ints
    """Row of the shop's record that is logged in, or -1."""

    @property
    def count(self) -> int:
        """Return the number of calls."""
        return len(self.kind)

    def take(self, rows: Ints | npt.NDArray[np.bool_]) -> "Events":
        """Return some rows."""
        return Events(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def concat(*parts: Events) -> Events:
    """Return the rows of all parts."""
    return Events(
        **{
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Events)
        }
    )


@dataclass(frozen=True)
class _Calls:
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
) -> _Calls:
    full = (np.broadcast_to(np.asarray(x, np.int64), len(session)) for x in
            (place, thing, page, basket, quantity))
    return _Calls(session, kind, *full)


def play(
    visits: Visits,
    baskets: Baskets,
    orders: Orders,
    logins: Logins,
    catalog: Catalog,
    rng: np.random.Generator,
) -> Events:
    """Return the calls of all sessions, session by session, in order."""
    shown = baskets.of_visits(visits.count)
    parts = [
        *_browsing(visits, baskets, shown, rng),
        *_filling(baskets, rng),
        *_buying(baskets, orders, rng),
        *_identifying(logins),
    ]
    kind = np.repeat([p.kind for p in parts], [len(p.session) for p in parts])
    session, place, thing, page, basket, quantity = (
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("session", "place", "thing", "page", "basket", "quantity")
    )
    order = np.argsort(session * 1_024 + place, kind="stable")
    session, place = session[order], place[order]
    first = np.ones(len(session), np.bool_)
    first[1:] = session[1:] != session[:-1]
    source, landing = _origins(visits, catalog, rng)
    events = Events(
        session=session,
        kind=kind[order],
        thing=thing[order],
        basket=basket[order],
        quantity=quantity[order],
        page=np.where(first, landing[session], page[order]),
        source=np.where(first, source[session], INNER),
        moment=_moments(visits.start[session], first, rng),
        device=visits.device[session],
        user=_users(logins, session, place),
    )
    return events


def placed_at(events: Events, orders: Orders) -> Ints:
    """Return when each order was placed: where the web saw it, at that call."""
    placed = orders.placed.copy()
    completed = np.flatnonzero(events.kind == COMPLETED)
    placed[events.thing[completed]] = events.moment[completed]
    return placed


def _browsing(
    visits: Visits, baskets: Baskets, shown: Ints, rng: np.random.Generator
) -> list[_Calls]:
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


def _filling(baskets: Baskets, rng: np.random.Generator) -> list[_Calls]:
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


def _buying(
    baskets: Baskets, orders: Orders, rng: np.random.Generator
) -> list[_Calls]:
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


def _identifying(logins: Logins) -> list[_Calls]:
    session = np.flatnonzero(logins.place >= 0)
    user, place = logins.user[session], logins.place[session]
    return [_calls(session, IDENTIFY, place, LOGIN, user)]


def _users(logins: Logins, session: Ints, place: Ints) -> Ints:
    state = logins.state[session]
    here = (state == LOGGING_IN) & (place >= logins.place[session])
    return np.where((state == LOGGED_IN) | here, logins.user[session], -1)


def _origins(
    visits: Visits, catalog: Catalog, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return where each session came from and where it landed."""
    usual = rng.choice([DIRECT, SEARCH, ADS, SOCIAL], visits.count, p=[0.4, 0.4, 0.1, 0.1])
    mailed = visits.newsletter >= 0
    source = np.where(mailed, MAIL + visits.newsletter, usual)
    landing = np.where(mailed, FIRST_PRODUCT_PAGE + visits.linked_product(catalog), HOME)
    return source, landing


def _moments(
    start: Ints, first: npt.NDArray[np.bool_], rng: np.random.Generator
) -> Ints:
    """Return moments: the session's start, then pauses of some seconds each."""
    pause = np.exp(rng.normal(2.9, 1.0, len(start))) * SECOND
    pause = np.where(first, 0, np.minimum(pause, 25 * MINUTE)).astype(np.int64) + 1
    total = np.cumsum(pause)
    opening = np.maximum.accumulate(np.where(first, total, 0))
    moments: Ints = start + total - opening
    return moments
