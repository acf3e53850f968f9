"""What lies in the carts, bought or left."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calendar import Ints
from simulator.catalog import BY_CATEGORY, PRODUCTS
from simulator.wares import CATEGORIES

Flags = npt.NDArray[np.bool_]


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


def fill(person: Ints, visit: Ints, ordered: int, rng: np.random.Generator) -> Baskets:
    """Return carts of some products each; the first `ordered` of them are bought."""
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
