"""Customers and segments for `benchmarks.segments`: a million rows, a hundred rules."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import yaml

from warehouse.connection import connect
from warehouse.segments.keys import Definition
from warehouse.segments.rendering import flags_sql, memberships_sql, primaries_sql
from warehouse.settings import PROJECT_DIR

AS_OF = "timestamp '2025-12-31 00:00:00'"
# What a column holds, by its type: the same for a customer in every run.
VALUES = {
    "bigint": "cast({hash} % 60 as bigint)",
    "integer": "cast({hash} % 12 + 1 as integer)",
    "double": "({hash} % 1000) / 1000.0",
    "decimal(18,2)": "cast({hash} % 90000 / 100 as decimal(18,2))",
    "boolean": "{hash} % 2 = 0",
    "timestamp": AS_OF + " - to_minutes(cast({hash} % 150000 as bigint))",
    "varchar": "'word ' || {hash} % 7",
}
OWN = {"customer_id": "'c_' || md5(i::varchar)", "as_of_at": AS_OF}
COUNTS = (
    "product_view_30d_count",
    "cart_add_30d_count",
    "order_count",
    "activity_7d_count",
    "email_click_30d_count",
)
MOMENTS = (
    "last_activity_at",
    "last_cart_add_at",
    "last_order_at",
    "last_email_open_at",
)
CATCH_ALL = {"name": "others", "kind": "catch_all", "priority": 1000}


def columns() -> Mapping[str, str]:
    """The columns that a `where` may use, with their types."""
    file = PROJECT_DIR / "models/segments/_segments.yml"
    models = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    (own,) = [one["columns"] for one in models if one["name"] == "segment_inputs"]
    return {column["name"]: column["data_type"] for column in own}


def entries(number: int) -> list[Definition]:
    """So many rules, of five forms; every fifth is in one of four exclusive groups."""
    found: list[Definition] = []
    for place in range(number):
        count, moment = COUNTS[place % 5], MOMENTS[place % 4]
        least, days = 40 + place % 19, 3 + place % 11
        form = (
            f"{count} >= {least} and {moment} > as_of_at - interval {days} day",
            f"{count} between {least} and {least + 2} and is_identified",
            f"{count} * 2 < {COUNTS[(place + 1) % 5]} and activity_count > {least}",
            f"{moment} is null or ({moment} < as_of_at - interval {90 + days} day"
            f" and {count} > {least})",
            f"lifecycle_stage = 'word {place % 7}' and net_revenue_amount > {least}",
        )[place % 5]
        entry = {"name": f"s{place}", "kind": "rule", "where": form, "priority": place}
        if place % 5 == 0:
            entry["exclusive_group"] = f"g{place % 4}"
        found.append(entry)
    return [*found, CATCH_ALL]


def write_features(database: Path, customers: int) -> None:
    """Write the table `customer_features` of so many customers."""
    values = [
        f"{OWN[name]} as {name}"
        if name in OWN
        else f"{VALUES[kind].format(hash=f'(hash(i, {place}) % 1000003)')} as {name}"
        for place, (name, kind) in enumerate(columns().items())
    ]
    with connect(database) as connection:
        connection.execute(
            f"create table customer_features as select {', '.join(values)}"
            f" from range({customers}) as rows(i)"
        )


def write_marts(database: Path, segments: list[Definition]) -> None:
    """Write the other tables that a preview reads."""
    with connect(database) as connection:
        flags = flags_sql(segments, "customer_features")
        connection.execute(f"create temp table flags as {flags}")
        _write_memberships(connection, segments)
        connection.execute(
            "create table segment_summary as select segment_name,"
            " count(*) as customer_count from segment_memberships group by all;"
            "create table customers as select customer_id,"
            " hash(customer_id) % 3 = 0 as is_email_reachable,"
            " hash(customer_id) % 7 = 0 as is_sms_reachable from customer_features"
        )


def _write_memberships(
    connection: duckdb.DuckDBPyConnection, segments: list[Definition]
) -> None:
    connection.execute(
        f"create table segment_memberships as with"
        f" members as ({memberships_sql(segments, 'flags')}),"
        f" primaries as ({primaries_sql(segments, 'flags')})"
        " select members.*, members.segment_name = primaries.segment_name as is_primary"
        " from members inner join primaries using (customer_id)"
    )
