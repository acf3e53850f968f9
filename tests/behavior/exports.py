"""What the shop exports in these tests: orders, and prices that change with a load."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from tests.behavior.histories import CART_STARTS, LEFT_AT, PATIENCE, STARTS
from tests.behavior.lines import days_apart

PRODUCT_COLUMNS = "id,price,currency,created_at,updated_at"
ORDER_COLUMNS = "id,customer_id,client_id,currency,total_amount,test,created_at"


@dataclass(frozen=True)
class Price:
    """A price of a product, its moment (UTC), and the load that tells of it."""

    product: str
    amount: Decimal
    currency: str
    since: datetime
    load: int = 0


@dataclass(frozen=True)
class Order:
    """An order of the shop; with a `client` it has left its trace on the web."""

    order_id: str
    customer: str
    client: str
    is_test: bool
    ordered_at: datetime


# The visitors of these numbers leave their carts at LEFT_AT.
LEFT = (100_000, 100_002, 100_004, 100_006)

# The least high price is 80; the new price of p comes late, and q is paid in francs.
PRICES = (
    Price("p", Decimal(90), "EUR", datetime(2019, 5, 1)),
    Price("p", Decimal(70), "EUR", datetime(2019, 6, 2, 0, 0, 5), load=2),
    Price("q", Decimal(100), "CHF", datetime(2019, 5, 1)),
    Price("r", Decimal(80), "EUR", datetime(2019, 6, 2), load=1),
    Price("s", Decimal("79.99"), "EUR", datetime(2019, 5, 1)),
)
NAMED = (
    Order("1", "a", "", False, datetime(2019, 5, 2, 22, 30)),
    Order("2", "a", "", False, datetime(2019, 5, 2, 23, 30)),
    Order("3", "b", "device", False, datetime(2019, 5, 3)),
    Order("4", "b", "", True, datetime(2019, 5, 3)),
    # By visitors that left a cart at LEFT_AT: at once, at the end of patience, past it,
    # and as a test.
    Order("5", f"u-h{LEFT[0]}", "", False, LEFT_AT),
    Order("6", f"u-h{LEFT[1]}", "", False, LEFT_AT + timedelta(hours=4)),
    Order("7", f"u-h{LEFT[2]}", "", False, LEFT_AT + timedelta(hours=4, seconds=1)),
    Order("8", f"u-h{LEFT[3]}", "", True, LEFT_AT + timedelta(hours=1)),
)
# Since a visitor's history began: at once, at an edge of patience, and a day later.
SINCE = (0, 1, PATIENCE - 1, PATIENCE, PATIENCE + 1, 2 * PATIENCE, 86_400, 86_401)


def order_of(number: int) -> Order:
    """An order of this visitor: told by its device too or not, or of a neighbour's."""
    rng = Random(number)
    since = timedelta(seconds=rng.choice(SINCE)) + days_apart(number)
    client = number + (rng.random() < 0.2)
    return Order(
        order_id=f"h{number}-{rng.choice(('o1', 'o2', 'o3', 'o4', 'untold'))}",
        customer=f"u-h{number}",
        client=f"h{client}",
        is_test=rng.random() < 0.1,
        ordered_at=rng.choice((*STARTS, *CART_STARTS)) + since,
    )


ORDERS = (*NAMED, *map(order_of, range(400)))


def export_texts(load: int) -> Iterator[tuple[str, str]]:
    """Path and content of each export that comes with a load."""
    prices = [
        f"{p.product},{p.amount},{p.currency},{p.since}Z,{p.since}Z"
        for p in PRICES
        if p.load == load
    ]
    if prices:
        yield f"shop/products/{load}.csv", "\n".join([PRODUCT_COLUMNS, *prices, ""])
    if load == 0:
        yield "shop/orders/0.csv", "\n".join([ORDER_COLUMNS, *map(_order, ORDERS), ""])


def known_prices(paths: Collection[str]) -> list[Price]:
    """The prices that the landed files tell of."""
    return [price for price in PRICES if f"shop/products/{price.load}.csv" in paths]


def _order(order: Order) -> str:
    cells = (order.order_id, order.customer, order.client, "EUR", "10")
    return ",".join([*cells, str(order.is_test).lower(), f"{order.ordered_at}Z"])
