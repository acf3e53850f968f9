"""How a session runs: its calls in order, their moments, and who is logged in."""

import numpy as np
import numpy.typing as npt

from simulator.baskets import Baskets
from simulator.calendar import MINUTE, SECOND, Ints
from simulator.calls import browsing, buying, filling, identifying
from simulator.catalog import (
    ADS,
    DIRECT,
    FIRST_PRODUCT_PAGE,
    HOME,
    INNER,
    MAIL,
    SEARCH,
    SOCIAL,
    Catalog,
)
from simulator.events import COMPLETED, Events
from simulator.logins import LOGGED_IN, LOGGING_IN, Logins
from simulator.purchases import Orders
from simulator.visits import Visits

_USUAL = [DIRECT, SEARCH, ADS, SOCIAL]


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
        *browsing(visits, baskets, shown, rng),
        *filling(baskets, rng),
        *buying(baskets, orders, rng),
        *identifying(logins),
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
    return Events(
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


def placed_at(events: Events, orders: Orders) -> Ints:
    """Return when each order was placed: where the web saw it, at that call."""
    placed = orders.placed.copy()
    completed = np.flatnonzero(events.kind == COMPLETED)
    placed[events.thing[completed]] = events.moment[completed]
    return placed


def _users(logins: Logins, session: Ints, place: Ints) -> Ints:
    state = logins.state[session]
    here = (state == LOGGING_IN) & (place >= logins.place[session])
    return np.where((state == LOGGED_IN) | here, logins.user[session], -1)


def _origins(
    visits: Visits, catalog: Catalog, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return where each session came from and where it landed."""
    usual = rng.choice(
        [DIRECT, SEARCH, ADS, SOCIAL], visits.count, p=[0.4, 0.4, 0.1, 0.1]
    )
    mailed = visits.newsletter >= 0
    source = np.where(mailed, MAIL + visits.newsletter, usual)
    landing = np.where(
        mailed, FIRST_PRODUCT_PAGE + visits.linked_product(catalog), HOME
    )
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
