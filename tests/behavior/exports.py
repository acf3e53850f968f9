"""What the shop exports in these tests: orders, refunds and prices, load by load."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tests.behavior.order_histories import REFUNDS, VERSIONS, Order, Refund

PRODUCT_COLUMNS = "id,price,currency,created_at,updated_at"
ORDER_COLUMNS = (
    "id,customer_id,email,client_id,currency,total_amount,financial_status,test,"
    "cancelled_at,created_at,updated_at"
)
REFUND_COLUMNS = "id,order_id,customer_id,amount,currency,created_at"


@dataclass(frozen=True)
class Price:
    """A price of a product, its moment (UTC), and the load that tells of it."""

    product: str
    amount: Decimal
    currency: str
    since: datetime
    load: int = 0


# The least high price is 80; the new price of p comes late, and q is paid in francs.
PRICES = (
    Price("p", Decimal(90), "EUR", datetime(2019, 5, 1)),
    Price("p", Decimal(70), "EUR", datetime(2019, 6, 2, 0, 0, 5), load=2),
    Price("q", Decimal(100), "CHF", datetime(2019, 5, 1)),
    Price("r", Decimal(80), "EUR", datetime(2019, 6, 2), load=1),
    Price("s", Decimal("79.99"), "EUR", datetime(2019, 5, 1)),
)


def export_path(entity: str, load: int) -> str:
    """The file of a load; names run against the order of the loads."""
    return f"shop/{entity}/{9 - load}.csv"


def export_texts(load: int) -> Iterator[tuple[str, str]]:
    """Path and content of each export that comes with a load."""
    tables = {
        "products": (PRODUCT_COLUMNS, [_price(p) for p in PRICES if p.load == load]),
        "orders": (ORDER_COLUMNS, [_order(o) for o in VERSIONS if o.load == load]),
        "refunds": (REFUND_COLUMNS, [_refund(r) for r in REFUNDS if r.load == load]),
    }
    for entity, (header, rows) in tables.items():
        if rows:
            yield export_path(entity, load), "\n".join([header, *rows, ""])


def _price(price: Price) -> str:
    since = f"{price.since}Z"
    return f"{price.product},{price.amount},{price.currency},{since},{since}"


def _order(order: Order) -> str:
    cells = (
        order.order_id,
        order.customer,
        order.email,
        order.client,
        order.currency,
        order.amount,
        order.status,
        str(order.is_test).lower(),
        f"{order.cancelled_at}Z" if order.cancelled_at else "",
        f"{order.ordered_at}Z",
        f"{order.updated_at}Z",
    )
    return ",".join(cells)


def _refund(refund: Refund) -> str:
    cells = (refund.refund_id, refund.order_id, refund.customer, refund.amount)
    return ",".join([*cells, refund.currency, f"{refund.refunded_at}Z"])
