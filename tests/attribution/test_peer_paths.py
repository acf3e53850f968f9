"""Paths, last touch and Shapley of an attribution package's example, by our models.

The example's sessions and conversions go in as they stand there, with the channels that
its authors gave them: ours are the subject of `test_groups`. What has no
counterpart here, and why:

- the report's spend and return on spend: no source of ours tells what a channel cost;
- the window's dates: here each order has a window of its own, and a publication tells
  of all orders;
- the 98 raw events: Snowplow's, a matter of that source's pack.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.attribution.journeys import MODELS, Order, Visit, journeys
from tests.compiled import asked, fixture, run, tables

# The peer rounds shares to nine digits on its way, and so do we; not at the same steps.
CLOSE = 1e-8


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> Path:
    """The folder of what the example should give."""
    return shared_data / "peer-snowplow-fractribution" / "data" / "expected"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """One of the expected tables, its columns in lower case."""
    rows = fixture(folder, f"snowplow_fractribution_{name}_expected.csv")
    return [{key.lower(): value or "" for key, value in row.items()} for row in rows]


@pytest.fixture(scope="module")
def attributed(
    expected: Path, compile_dir: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The example, attributed."""
    visits = [
        Visit(
            row["customer_id"],
            datetime.fromisoformat(row["visit_start_tstamp"]),
            row["channel"],
            str(number),
        )
        for number, row in enumerate(table(expected, "sessions_by_customer_id"))
    ]
    orders = [
        Order(
            row["customer_id"],
            datetime.fromisoformat(row["conversion_tstamp"]),
            Decimal(row["revenue"]),
            row["customer_id"],
        )
        for row in table(expected, "conversions_by_customer_id")
    ]
    people = {visit.device: visit.device for visit in visits}
    with tables(journeys(visits, orders, people)) as database:
        run(compile_dir, database, [*MODELS, "mart_channel_attribution"])
        yield database


def test_each_order_has_its_path(
    expected: Path, attributed: duckdb.DuckDBPyConnection
) -> None:
    said = asked(
        attributed,
        """
        select customer_id, string_agg(channel, ' > ' order by touch_number) as path
        from behavior.order_touches group by customer_id
        """,
    )
    told = table(expected, "paths_to_conversion")
    assert {row["customer_id"]: row["path"] for row in said} == {
        row["customer_id"]: row["path"] for row in told
    }
    assert len(said) == len(told) == 6


def test_the_paths_are_summed_up(
    expected: Path, attributed: duckdb.DuckDBPyConnection
) -> None:
    said = asked(attributed, "from behavior.channel_paths")
    told = table(expected, "path_summary")
    assert {
        row["path"]: (row["order_count"], row["lost_count"], row["revenue_amount"])
        for row in said
    } == {
        row["transformed_path"]: (
            int(row["conversions"]),
            int(row["non_conversions"]),
            Decimal(row["revenue"] or "0"),
        )
        for row in told
    }
    lost = table(expected, "paths_to_non_conversion")
    assert sum(row["lost_count"] for row in said) == len(lost) == 61


def test_each_path_is_shared_out(
    expected: Path, attributed: duckdb.DuckDBPyConnection
) -> None:
    said = {
        (row["path"], row["channel"]): float(row["credit"])
        for row in asked(attributed, "from behavior.path_credits")
    }
    told = {
        (row["transformed_path"], channel): float(row[channel.lower()])
        for row in table(expected, "path_summary_with_channels")
        if row["attribution_type"] == "shapley"
        for channel in row["transformed_path"].split(" > ")
    }
    assert said == pytest.approx(told, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "model"), [("shapley", "shapley"), ("last_touch", "last")]
)
def test_each_channel_has_its_orders_and_revenue(
    expected: Path, attributed: duckdb.DuckDBPyConnection, name: str, model: str
) -> None:
    said = asked(attributed, "from marts.channel_attribution")
    told = [
        row
        for row in table(expected, "channel_attribution")
        if row["attribution_type"] == name
    ]
    assert {
        row["channel"]: float(row[f"{model}_credit"]) for row in said
    } == pytest.approx(
        {row["channel"]: float(row["conversions"]) for row in told}, abs=CLOSE
    )
    # Our amounts are whole cents.
    assert {
        row["channel"]: float(row[f"{model}_revenue_amount"]) for row in said
    } == pytest.approx(
        {row["channel"]: float(row["revenue"]) for row in told}, abs=0.01
    )


def test_the_sessions_are_counted(
    expected: Path, attributed: duckdb.DuckDBPyConnection
) -> None:
    said = asked(attributed, "from marts.channel_attribution")
    told: dict[str, int] = {}
    for row in table(expected, "channel_counts"):
        channel = row["channel"]
        told[channel] = told.get(channel, 0) + int(row["number_of_sessions"])
    assert {row["channel"]: row["session_count"] for row in said} == told
