"""What a predicate asks for in vain: a model's output or a text that nobody has."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from warehouse.clauses import compared
from warehouse.predicates import hint
from warehouse.segments.judging import asked
from warehouse.segments.keys import Definition
from warehouse.segments.live import MODEL_OUTPUTS
from warehouse.segments.published import columns_of

# The texts of a column with more of them are no names.
NAMES = 200


def unmet(
    connection: duckdb.DuckDBPyConnection, where: str, entries: Sequence[Definition]
) -> Iterator[str]:
    """A sentence for each model's output that no customer has, and for each text that a
    column of few texts has for nobody.

    The outputs are also those that the segments of `entries` ask for which it names.
    """
    silent = [
        column
        for column in asked(where, entries)
        if column in MODEL_OUTPUTS and not _values(connection, column)
    ]
    for column in silent:
        yield f"no model has said `{column}` of the customers of this moment."
    types = columns_of(connection)
    for column, text in compared(where):
        if types.get(column.lower()) != "VARCHAR" or column.lower() in silent:
            continue
        known = _values(connection, column)
        if len(known) <= NAMES and text not in known:
            yield f"no customer has the {column} `{text}`. {hint(text, known)}"


def _values(connection: duckdb.DuckDBPyConnection, column: str) -> list[Any]:
    """What a column says of the customers; of too many values, not all."""
    rows = connection.execute(
        f'select distinct "{column}" from customer_features'
        f' where "{column}" is not null limit {NAMES + 1}'
    ).fetchall()
    return sorted(value for (value,) in rows)
