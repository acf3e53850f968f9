"""Sessions and orders of a test as the tables that attribution reads."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa

AS_OF = datetime(2025, 12, 31)
MODELS = ("order_touches", "order_credits", "channel_paths", "path_credits")
MOMENT = pa.timestamp("us")
MONEY = pa.decimal128(18, 2)


class Visit(NamedTuple):
    """A session of a device."""

    device: str
    started_at: datetime
    channel: str
    session_id: str


class Order(NamedTuple):
    """An order on a device."""

    device: str
    ordered_at: datetime
    amount: Decimal
    order_key: str
    is_void: bool = False


def journeys(
    visits: Iterable[Visit], orders: Iterable[Order], customers: dict[str, str]
) -> dict[str, pa.Table]:
    """The tables; `customers` says whose each device is."""
    visits, orders = list(visits), list(orders)
    moments = [order.ordered_at for order in orders]
    voids = [order.ordered_at if order.is_void else None for order in orders]
    return {
        "staging.as_of": pa.table({"as_of_at": pa.array([AS_OF], MOMENT)}),
        "identity.identity_map": pa.table(
            {
                "record_id": pa.array(list(customers), pa.string()),
                "customer_id": pa.array(list(customers.values()), pa.string()),
            }
        ),
        "behavior.session_channels": pa.table(
            {
                "session_id": pa.array([v.session_id for v in visits], pa.string()),
                "visitor_id": pa.array([v.device for v in visits], pa.string()),
                "started_at": pa.array([v.started_at for v in visits], MOMENT),
                "channel": pa.array([v.channel for v in visits], pa.string()),
            }
        ),
        "behavior.orders": pa.table(
            {
                "order_key": pa.array([o.order_key for o in orders], pa.string()),
                "order_id": pa.array([o.order_key for o in orders], pa.string()),
                "source": pa.array(["shop"] * len(orders), pa.string()),
                "record_id": pa.array([o.device for o in orders], pa.string()),
                "ordered_at": pa.array(moments, MOMENT),
                "known_since_at": pa.array(moments, MOMENT),
                "currency": pa.array(["EUR"] * len(orders), pa.string()),
                "total_amount": pa.array([o.amount for o in orders], MONEY),
                "net_amount": pa.array([o.amount for o in orders], MONEY),
                "void_since_at": pa.array(voids, MOMENT),
            }
        ),
    }
