"""What people buy, or leave in a cart: baskets, orders, and what becomes of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.behavior import Lives
from simulator.calendar import DAY, HOUR, MINUTE, Floats, History, Ints
from simulator.catalog import BY_CATEGORY, PRODUCTS
from simulator.visits import Visits
from simulator.vocabulary import CATEGORIES

Flags = npt.NDArray[np.bool_]
TEST_SHARE = 0.006
"""Orders of the shop's own staff, for each real one."""
STRANGER_CART_SHARE = 0.08
"""Sessions of passers-by that fill a cart."""
UNTRACKED_SHARE = 0.05
"""Share of orders in the window whose browser blocked the tracking of the checkout."""


@dataclass(frozen=True)
class Baskets:
    """One row a cart. Items stand side by side, from `first_item` on."""

    person: Ints
    visit: Ints
    """The session that filled it, or -1 (order without a trace)."""
    first_item: Ints
    item_count: Ints
    product: Ints
    quantity: Ints
    is_ordered: Flags

    def of_visits(self, count: int) -> Ints:
        """Return the basket that each of `count` sessions filled, or -1."""
        basket = np.full(count, -1)
        filled = np.flatnonzero(self.visit >= 0)
        basket[self.visit[filled]] = filled
        return basket

    @property
    def item_basket(self) -> Ints:
        """Return the basket of each item."""
        return np.repeat(np.arange(len(self.person)), self.item_count)


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
    baskets = _fill(
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


def _fill(
    person: Ints, visit: Ints, ordered: int, rng: np.random.Generator
) -> Baskets:
    items = np.minimum(rng.geometric(0.55, len(person)), 8)
    total = int(items.sum())
    return Baskets(
        person=person,
        visit=visit,
        first_item=np.cumsum(items) - items,
        item_count=items,
        product=choose_products(np.repeat(person, items), rng),
        quantity=1 + (rng.random(total) < 0.15) * rng.integers(1, 4, total),
        is_ordered=np.arange(len(person)) < ordered,
    )


def choose_products(person: Ints, rng: np.random.Generator) -> Ints:
    """Return products: mostly of a person's two favourite categories, popular first."""
    count = len(CATEGORIES)
    favourite = np.where(rng.random(len(person)) < 0.6, person, person // count) % count
    any_other = rng.integers(0, count, len(person))
    category = np.where(rng.random(len(person)) < 0.75, favourite, any_other)
    rank = (BY_CATEGORY * rng.random(len(person)) ** 2).astype(np.int64)
    chosen: Ints = category * BY_CATEGORY + rank
    return np.minimum(chosen, PRODUCTS - 1)


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
