"""Who orders what and when, and what becomes of the order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.baskets import Baskets, fill
from simulator.behavior import Lives
from simulator.calendar import DAY, HOUR, MINUTE, Floats, History, Ints
from simulator.visits import Visits

Flags = npt.NDArray[np.bool_]
TEST_SHARE = 0.006
"""Orders of the shop's own staff, for each real one."""
STRANGER_CART_SHARE = 0.08
"""Sessions of passers-by that fill a cart."""
UNTRACKED_SHARE = 0.05
"""Share of orders in the window whose browser blocked the tracking of the checkout."""


@dataclass(frozen=True)
class Orders:
    """One row an order; `basket` is its row there."""

    basket: Ints
    person: Ints
    visit: Ints
    """The session in which it was placed, or -1."""
    day: Ints
    placed: Ints
    """Moment; for orders on the web set to the end of their checkout."""
    is_cancelled: Flags
    is_refunded: Flags
    is_test: Flags
    """Placed by the shop's own staff; nobody's purchase."""
    is_tracked: Flags
    """The web stream has its Order Completed."""
    settled: Ints
    """Moment of the cancellation or refund; 0 for the others."""
    discount: Floats
    """Share of the subtotal."""

    @property
    def count(self) -> int:
        """Return the number of orders."""
        return len(self.basket)


def shop_around(
    lives: Lives, visits: Visits, history: History, rng: np.random.Generator
) -> tuple[Baskets, Orders]:
    """Return all carts, and the orders that came of some of them.

    The n-th order of a day belongs to the n-th session of that day, where there is one.
    """
    person, day, cancelled = _order_days(lives, history)
    tests = rng.integers(0, len(lives.views), round(len(person) * TEST_SHARE))
    visit = np.append(_visits_of(person, day, visits), np.full(len(tests), -1))
    person = np.append(person, tests)
    day = np.append(day, rng.integers(*history.window.indices(10**6)[:2], len(tests)))
    cancelled = np.append(cancelled, np.zeros(len(tests), np.bool_))
    is_test = np.arange(len(person)) >= len(person) - len(tests)
    abandoned = _abandoned(lives, visits, rng)
    baskets = fill(
        np.concatenate([person, visits.person[abandoned]]),
        np.concatenate([visit, abandoned]),
        len(person),
        rng,
    )
    return baskets, _orders(
        person, day, cancelled, is_test, visit, history, visits, rng
    )


def _order_days(lives: Lives, history: History) -> tuple[Ints, Ints, Flags]:
    end = history.window.stop
    valid = np.argwhere(lives.has_order[:, :end])
    called_off = np.argwhere(lives.has_cancelled[:, :end])
    both = np.concatenate([valid, called_off])
    cancelled = np.arange(len(both)) >= len(valid)
    order = np.lexsort((cancelled, both[:, 1], both[:, 0]))
    return both[order, 0], both[order, 1], cancelled[order]


def _abandoned(lives: Lives, visits: Visits, rng: np.random.Generator) -> Ints:
    """Return the first sessions of days with a cart and no order."""
    left = lives.has_cart & ~lives.has_order & ~lives.has_cancelled
    is_known = visits.person < len(left)
    person = np.where(is_known, visits.person, 0)
    stranger = rng.random(visits.count) < STRANGER_CART_SHARE
    fills = np.where(is_known, left[person, visits.day], stranger)
    return np.flatnonzero(fills & (visits.slot == 0))


def _visits_of(person: Ints, day: Ints, visits: Visits) -> Ints:
    same = np.zeros(len(person), np.int64)
    same[1:] = (person[1:] == person[:-1]) & (day[1:] == day[:-1])
    wanted = (person * 1_000 + day) * 64 + same
    offered = (visits.person * 1_000 + visits.day) * 64 + visits.slot
    order = np.argsort(offered, kind="stable")
    place = np.minimum(np.searchsorted(offered[order], wanted), len(order) - 1)
    found = order[place]
    return np.where(offered[found] == wanted, found, -1)


def _orders(
    person: Ints,
    day: Ints,
    cancelled: Flags,
    is_test: Flags,
    visit: Ints,
    history: History,
    visits: Visits,
    rng: np.random.Generator,
) -> Orders:
    count = len(person)
    by_phone = history.midnight_ms(day) + rng.integers(7 * HOUR, 20 * HOUR, count)
    placed = np.where(visit >= 0, visits.start[visit] + 20 * MINUTE, by_phone)
    refunded = ~cancelled & ~is_test & (rng.random(count) < 0.06)
    settling = rng.integers(2 * HOUR, 2 * DAY, count)
    settling += refunded * rng.integers(2 * DAY, 18 * DAY, count)
    return Orders(
        basket=np.arange(count),
        person=person,
        visit=visit,
        day=day,
        placed=placed,
        is_cancelled=cancelled,
        is_refunded=refunded,
        is_test=is_test,
        is_tracked=(visit >= 0) & (rng.random(count) >= UNTRACKED_SHARE),
        settled=np.where(cancelled | refunded, placed + settling, 0),
        discount=rng.choice([0.0, 0.1, 0.2], count, p=[0.7, 0.2, 0.1]),
    )
