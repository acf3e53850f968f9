"""What orders cost: their amounts, and what the checkout tells of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.baskets import Baskets
from simulator.calendar import Ints
from simulator.catalog import CURRENCIES, Catalog
from simulator.people import People
from simulator.purchases import Orders
from simulator.text import Text, digits, join, money, take


@dataclass(frozen=True)
class Bills:
    """The amounts of orders in cents, and their names; one row an order."""

    order_id: Text
    record: Ints
    """Row of the shop's customer record; -1 for the shop's own test orders."""
    is_swiss: Ints
    subtotal: Ints
    discount: Ints
    total: Ints
    refund: Ints

    @property
    def currency(self) -> Text:
        """Return the currency of each order."""
        return take(list(CURRENCIES), self.is_swiss)


def bill(
    orders: Orders,
    baskets: Baskets,
    people: People,
    catalog: Catalog,
    record: Ints,
    first_id: int,
    rng: np.random.Generator,
) -> Bills:
    """Add up the orders; three in ten refunds give back a part only."""
    amounts = catalog.cents[baskets.product] * baskets.quantity
    subtotal = np.bincount(baskets.item_basket, amounts, len(baskets.person))
    subtotal = subtotal.astype(np.int64)[orders.basket]
    discount = np.round(subtotal * orders.discount).astype(np.int64)
    total = subtotal - discount
    part = np.where(rng.random(orders.count) < 0.3, rng.uniform(0.1, 0.9), 1.0)
    refund = np.round(total * part).astype(np.int64) * orders.is_refunded
    return Bills(
        order_id=digits(first_id + rng.permutation(orders.count)),
        record=np.where(orders.is_test, -1, record),
        is_swiss=people.is_swiss[orders.person].astype(np.int64),
        subtotal=subtotal,
        discount=discount,
        total=total,
        refund=refund,
    )


def completions(
    orders: Orders, baskets: Baskets, bills: Bills, catalog: Catalog
) -> Text:
    """Return what Order Completed says of each order, as JSON members."""
    return join(
        '"order_id":"',
        bills.order_id,
        '","total":',
        money(bills.total),
        ',"revenue":',
        money(bills.total),
        ',"currency":"',
        bills.currency,
        '","products":[',
        _items(orders, baskets, catalog),
        "]",
    )


def _items(orders: Orders, baskets: Baskets, catalog: Catalog) -> Text:
    """Return the products of each order as JSON objects."""
    item = join(
        '{"product_id":"',
        take(catalog.ids, baskets.product),
        '","price":',
        money(catalog.cents[baskets.product]),
        ',"quantity":',
        digits(baskets.quantity),
        "}",
    )
    ends = np.append(baskets.first_item, len(baskets.product)).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(ends), item)
    return take(pc.binary_join(lists, ","), orders.basket)
