"""Why a customer is in a segment or not: each clause, with the values it looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.clauses import Clause, clauses
from warehouse.publications import Publication
from warehouse.segments.keys import Definition
from warehouse.segments.published import definitions_of, opened
from warehouse.segments.references import rivals
from warehouse.segments.rendering import conditions_sql

MEMBERSHIPS = """
    select segment_name, is_primary from segment_memberships where customer_id = $1
"""


@dataclass(frozen=True)
class Condition:
    """A clause: whether it holds, and the values of the columns that it asks for."""

    text: str
    holds: bool
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    """A segment and one customer; `yields_to` claims the customer in its stead."""

    segment: str
    is_member: bool
    is_primary: bool
    conditions: Sequence[Condition]
    yields_to: str | None = None
    group: str | None = None


def reasons(publication: Publication, customer_id: str) -> list[Reason]:
    """Every published segment, the first by priority first.

    Raises:
        TesseraError: the publication is too old.
    """
    with opened(publication) as connection:
        entries = definitions_of(connection)
        held = dict(connection.execute(MEMBERSHIPS, [customer_id]).fetchall())
        parts = {
            str(one["name"]): clauses(str(one["where"]))
            for one in entries
            if one["kind"] != "catch_all"
        }
        judged = _judged(connection, customer_id, entries, parts)
        values = _row(
            connection, "select * from customer_features", customer_id=customer_id
        )
    return [_reason(one, entries, parts, judged, values, held) for one in entries]


def _judged(
    connection: duckdb.DuckDBPyConnection,
    customer_id: str,
    entries: Sequence[Definition],
    parts: Mapping[str, Sequence[Clause]],
) -> dict[str, Any]:
    """Which clauses of which segments hold for the customer."""
    conditions = {
        _mark(name, number): clause.text
        for name, own in parts.items()
        for number, clause in enumerate(own)
    }
    if not conditions:
        return {}
    # So that the steps judge one customer and not all of them.
    query = conditions_sql(conditions, entries, "theirs")
    connection.execute(
        "create temp table theirs as"
        " select * from customer_features where customer_id = $1",
        [customer_id],
    )
    return _row(connection, query)


def _mark(segment: str, number: int) -> str:
    return f'"{segment} {number}"'


def _row(
    connection: duckdb.DuckDBPyConnection, query: str, **keys: str
) -> dict[str, Any]:
    """The one row of a query, by column."""
    chosen = "".join(f" where {key} = ${key}" for key in keys)
    found = connection.execute(query + chosen, keys)
    names = [column[0] for column in found.description or []]
    (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


def _reason(
    entry: Definition,
    entries: Sequence[Definition],
    parts: Mapping[str, Sequence[Clause]],
    judged: Mapping[str, Any],
    values: Mapping[str, Any],
    held: Mapping[str, bool],
) -> Reason:
    name = str(entry["name"])
    conditions = [
        Condition(
            clause.text,
            bool(judged[f"{name} {number}"]),
            {column: values[column] for column in clause.columns},
        )
        for number, clause in enumerate(parts.get(name, []))
    ]
    ahead = [one for one in rivals(entry, entries) if one in held]
    yields = name not in held and conditions and all(one.holds for one in conditions)
    return Reason(
        segment=name,
        is_member=name in held,
        is_primary=held.get(name, False),
        conditions=conditions,
        yields_to=ahead[0] if yields and ahead else None,
        group=entry["exclusive_group"],
    )
