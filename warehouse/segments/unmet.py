"""Texts that a predicate asks for and no customer has, such as a misspelt cluster."""

from collections.abc import Iterator

import duckdb

from warehouse.clauses import compared
from warehouse.predicates import hint
from warehouse.segments.published import columns_of

# The texts of a column with more of them are no names.
NAMES = 200


def unmet(connection: duckdb.DuckDBPyConnection, where: str) -> Iterator[str]:
    """A sentence for each text that a column of few texts has for nobody."""
    types = columns_of(connection)
    for column, text in compared(where):
        if types.get(column.lower()) != "VARCHAR":
            continue
        rows = connection.execute(
            f'select distinct "{column}" from customer_features'
            f' where "{column}" is not null limit {NAMES + 1}'
        ).fetchall()
        known = sorted(value for (value,) in rows)
        if len(known) <= NAMES and text not in known:
            yield f"no customer has the {column} `{text}`. {hint(text, known)}"
