"""The credits of drawn journeys, held to an oracle: window ends, ties, exact sums."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import strategies as st

from tests.attribution import oracle, oracle_paths
from tests.attribution.journeys import MODELS, Order, Visit, journeys
from tests.behavior.conftest import drawn
from tests.compiled import Row, asked, run, tables

NOON = datetime(2025, 6, 15, 12)
CHANNELS = ("Direct", "Email", "Organic Search", "Paid Social")
# Seconds before noon: the ends of the window, a second to either side, and between.
DAYS_30 = 30 * 86400
MOMENTS = (-1, 0, 1, 3600, 86400, DAYS_30 - 1, DAYS_30, DAYS_30 + 1, 2 * DAYS_30)
MODELS_OF_CREDIT = ("first", "last", "last_non_direct", "linear", "position_based")


class Journey(NamedTuple):
    """What one customer did on two devices: (device, seconds before noon, ...)."""

    visits: list[tuple[int, int, str]]
    orders: list[tuple[int, int, int, bool]]


DEVICE = st.integers(0, 1)
JOURNEYS = st.builds(
    Journey,
    st.lists(
        st.tuples(DEVICE, st.sampled_from(MOMENTS), st.sampled_from(CHANNELS)),
        max_size=12,
    ),
    st.lists(
        st.tuples(
            DEVICE,
            st.sampled_from((0, 1, 3600, DAYS_30)),
            st.one_of(st.integers(-10, 10), st.integers(0, 10**12)),
            st.booleans(),
        ),
        max_size=3,
    ),
)


class Told(NamedTuple):
    """All journeys as one shop, and the rows that the models made of them."""

    visits: list[Visit]
    orders: list[Order]
    customers: dict[str, str]
    rows: dict[str, list[Row]]
    by_channel: list[Row]
    paths: list[Row]


@pytest.fixture(scope="module")
def told(compile_dir: Path) -> Told:
    """Hundreds of journeys, each of a customer of its own, attributed."""
    visits: list[Visit] = []
    orders: list[Order] = []
    customers: dict[str, str] = {}
    for number, journey in enumerate(drawn(JOURNEYS, 500, seed=4)):
        customers |= {f"{number}:{device}": str(number) for device in (0, 1)}
        for place, (device, before, channel) in enumerate(journey.visits):
            at, name = NOON - timedelta(seconds=before), f"{number}:{place:02}"
            visits.append(Visit(f"{number}:{device}", at, channel, name))
        for place, (device, before, cents, is_void) in enumerate(journey.orders):
            at, name = NOON - timedelta(seconds=before), f"{number}:{place}"
            amount = Decimal(cents).scaleb(-2)
            orders.append(Order(f"{number}:{device}", at, amount, name, is_void))
    rows: dict[str, list[Row]] = {}
    with tables(journeys(visits, orders, customers)) as database:
        run(compile_dir, database, [*MODELS, "mart_channel_attribution"])
        query = "from behavior.order_credits order by order_key, touch_number"
        for row in asked(database, query):
            rows.setdefault(row["order_key"], []).append(row)
        by_channel = asked(database, "from marts.channel_attribution")
        query = "from behavior.path_credits order by path, place"
        paths = asked(database, query)
    return Told(visits, orders, customers, rows, by_channel, paths)


def test_void_orders_have_no_row_and_all_others_have(told: Told) -> None:
    counted = {order.order_key for order in told.orders if not order.is_void}
    assert told.rows.keys() == counted
    assert len(counted) > 200


def test_credits_are_those_of_the_oracle(told: Told) -> None:
    sizes = set()
    for order in told.orders:
        if order.is_void:
            continue
        rows = told.rows[order.order_key]
        expected = oracle.touches(order, told.visits, told.customers)
        sizes.add(len(expected))
        named = [row["session_id"] for row in rows if row["session_id"]]
        assert named == [visit.session_id for visit in expected], order
        channels = [visit.channel for visit in expected] or ["Unattributed"]
        assert [row["channel"] for row in rows] == channels
        for model, parts in oracle.shares(channels).items():
            cents = int(order.amount.scaleb(2))
            credits = [int(row[f"{model}_credit"].scaleb(9)) for row in rows]
            paid = [int(row[f"{model}_revenue_amount"].scaleb(2)) for row in rows]
            assert credits == oracle.cut(parts, oracle.BILLION), (order, model)
            assert paid == oracle.amounts(parts, cents), (order, model)
    assert sizes >= set(range(6))


def test_the_parts_of_an_order_are_the_order(told: Told) -> None:
    amounts = {order.order_key: order.amount for order in told.orders}
    for key, amount in amounts.items():
        for model in MODELS_OF_CREDIT if key in told.rows else ():
            rows = told.rows[key]
            assert sum(row[f"{model}_credit"] for row in rows) == 1
            assert sum(row[f"{model}_revenue_amount"] for row in rows) == amount


@pytest.mark.parametrize("model", [*MODELS_OF_CREDIT, "shapley"])
def test_all_channels_together_have_all_orders(told: Told, model: str) -> None:
    counted = [order for order in told.orders if not order.is_void]
    rows = told.by_channel
    assert sum(row[f"{model}_credit"] for row in rows) == len(counted)
    revenue = sum(row[f"{model}_revenue_amount"] for row in rows)
    assert revenue == sum(order.amount for order in counted)


def test_paths_and_their_parts_are_those_of_the_oracle(told: Told) -> None:
    expected = oracle_paths.paths(told.visits, told.orders, told.customers)
    known = {" > ".join(path): (path, facts) for path, facts in expected.items()}
    assert {row["path"] for row in told.paths} == known.keys()
    assert len(known) > 50
    for text, (path, facts) in known.items():
        rows = [row for row in told.paths if row["path"] == text]
        assert [row["channel"] for row in rows] == list(path)
        counts = [(row["order_count"], row["lost_count"]) for row in rows]
        assert set(counts) == {(facts.orders, facts.lost)}, text
        parts = oracle_paths.parts(path, expected)
        credits = [int(row["credit"].scaleb(9)) for row in rows]
        paid = [int(row["revenue_amount"].scaleb(2)) for row in rows]
        assert credits == oracle.cut(parts, oracle.BILLION), text
        assert paid == oracle.amounts(parts, facts.cents), text
