"""The shop's export: customers, orders with their versions, lines and refunds."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from simulator.baskets import Baskets
from simulator.bills import Bills
from simulator.calendar import Ints, berlin
from simulator.catalog import Catalog
from simulator.people import People
from simulator.purchases import Orders
from simulator.records import Records
from simulator.text import Text, dates, digits, join, money, take, wall_clock

_PAID, _REFUNDED, _PARTLY, _VOIDED = range(4)
_STATUS = ["paid", "refunded", "partially_refunded", "voided"]
_REASONS = ["damaged", "too small", "changed my mind", "late", ""]
TESTER = "qa@shop.example"
"""The email of the shop's own test orders."""


def customers(
    records: Records,
    people: People,
    ids: Text,
    created: Ints,
    end: int,
    rng: np.random.Generator,
) -> pa.Table:
    """Return the shop's customers; some change their mind about email before `end`."""
    person, count = records.person, records.count
    has_birthday = pa.array(rng.random(count) < 0.4)
    consent, changed = rng.random(count) < 0.7, rng.random(count) < 0.08
    updated = created + ((end - created) * rng.random(count)).astype(np.int64)
    table = pa.table(
        {
            "id": ids,
            "email": records.email,
            "first_name": records.first,
            "last_name": records.last,
            "phone": records.phone,
            "birth_date": pc.if_else(has_birthday, dates(people.born[person]), ""),
            "city": people.city[person],
            "postcode": people.postcode[person],
            "country_code": people.country[person],
            "accepts_email": _truth(consent),
            "accepts_sms": _truth(rng.random(count) < 0.2),
            "created_at": wall_clock(berlin(created)),
            "updated_at": wall_clock(berlin(created)),
        }
    )
    newer = table.drop_columns(["accepts_email", "updated_at"])
    newer = newer.append_column("accepts_email", _truth(~consent))
    newer = newer.append_column("updated_at", wall_clock(berlin(updated)))
    newer = newer.select(table.column_names).filter(pa.array(changed))
    return pa.concat_tables([table, newer])


def order_versions(
    orders: Orders, bills: Bills, records: Records, ids: Text, devices: Text, end: int
) -> tuple[pa.Table, Ints]:
    """Return the rows of the orders' export and the moment of each row.

    An order is paid at first; a cancellation or refund before `end` is a later row.
    """
    all_orders = np.arange(orders.count)
    settled = np.flatnonzero((orders.settled > 0) & (orders.settled < end))
    row = np.concatenate([all_orders, settled])
    is_later = np.arange(len(row)) >= orders.count
    updated = np.where(is_later, orders.settled[row], orders.placed[row])
    order = np.argsort(updated, kind="stable")
    row, is_later, updated = row[order], is_later[order], updated[order]
    kept = orders.placed[row] < end
    row, is_later, updated = row[kept], is_later[kept], updated[kept]
    status = np.where(is_later, _settled_status(orders, bills)[row], _PAID)
    stamp = wall_clock(berlin(updated))
    cancelled = pa.array(is_later & orders.is_cancelled[row])
    table = pa.table(
        {
            "id": take(bills.order_id, row),
            "customer_id": _of_record(ids, bills.record[row], ""),
            "email": _of_record(pa.array(records.email), bills.record[row], TESTER),
            "client_id": take(devices, row),
            "currency": take(bills.currency, row),
            "subtotal_amount": money(bills.subtotal[row]),
            "discount_amount": money(bills.discount[row]),
            "tax_amount": money(bills.total[row] * 19 // 119),
            "total_amount": money(bills.total[row]),
            "financial_status": take(_STATUS, status),
            "test": _truth(orders.is_test[row]),
            "cancelled_at": pc.if_else(cancelled, stamp, ""),
            "created_at": wall_clock(berlin(orders.placed[row])),
            "updated_at": stamp,
        }
    )
    return table, updated


def order_lines(
    orders: Orders, baskets: Baskets, bills: Bills, catalog: Catalog
) -> tuple[pa.Table, Ints]:
    """Return the lines of all orders and the moment of each line."""
    count = baskets.item_count[orders.basket]
    order = np.repeat(np.arange(orders.count), count)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    item = baskets.first_item[orders.basket][order] + rank
    product = baskets.product[item]
    gross = catalog.cents[product] * baskets.quantity[item]
    placed = np.argsort(orders.placed[order], kind="stable")
    order, rank, item, product, gross = (
        x[placed] for x in (order, rank, item, product, gross)
    )
    name = take(bills.order_id, order)
    table = pa.table(
        {
            "id": join(name, "-", digits(rank + 1)),
            "order_id": name,
            "product_id": take(catalog.ids, product),
            "sku": take(catalog.skus, product),
            "title": take(catalog.titles, product),
            "quantity": digits(baskets.quantity[item]),
            "price": money(catalog.cents[product]),
            "discount_amount": money(
                np.round(gross * orders.discount[order]).astype(np.int64)
            ),
        }
    )
    return table, orders.placed[order]


def refunds(
    orders: Orders, bills: Bills, ids: Text, end: int, rng: np.random.Generator
) -> tuple[pa.Table, Ints]:
    """Return the refunds before `end` and the moment of each."""
    row = np.flatnonzero(orders.is_refunded & (orders.settled < end))
    row = row[np.argsort(orders.settled[row], kind="stable")]
    name = take(bills.order_id, row)
    table = pa.table(
        {
            "id": join("R", name),
            "order_id": name,
            "customer_id": _of_record(ids, bills.record[row], ""),
            "amount": money(bills.refund[row]),
            "currency": take(bills.currency, row),
            "reason": take(_REASONS, rng.integers(0, len(_REASONS), len(row))),
            "created_at": wall_clock(berlin(orders.settled[row])),
        }
    )
    return table, orders.settled[row]


def _settled_status(orders: Orders, bills: Bills) -> Ints:
    whole = np.where(bills.refund < bills.total, _PARTLY, _REFUNDED)
    return np.where(orders.is_cancelled, _VOIDED, whole)


def _of_record(values: Text, record: Ints, otherwise: str) -> Text:
    known = take(values, np.maximum(record, 0))
    return pc.if_else(pa.array(record >= 0), known, otherwise)


def _truth(flags: npt.NDArray[np.bool_]) -> Text:
    return pc.if_else(pa.array(flags), "true", "false")
