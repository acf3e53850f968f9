"""What is wrong with a segment's predicate, found on an empty table of its inputs.

A predicate is rendered as one column among many, by batch and by the live engine, so it
must be one expression over one customer's row, and mean the same tomorrow.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.clauses import nodes
from warehouse.connection import connect
from warehouse.errors import nearest

UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)" (?:was )?not found')
# What the parser makes of an expression, and why it is not one about a customer.
REFUSED = {
    "SUBQUERY": "has a subquery; a predicate sees one customer's row alone.",
    "WINDOW": "has a window function; a predicate sees one customer's row alone.",
    "STAR": "has a `*` or COLUMNS(); name the columns.",
    "PARAMETER": "has a parameter (`?` or `$`); write the value.",
    "LAMBDA": "has a lambda, which other engines do not know.",
}
# Functions that ask whether the customer is a member of a segment.
REFERENCES = ("in_segment", "not_in_segment")
# Functions that look at a clock, as DuckDB spells them.
CLOCK = re.compile(
    r"age|ago|today|now|(get_)?(current|local|transaction)_?.*(date|time).*"
)
Node = Mapping[str, Any]


def inputs_table(columns: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """A connection with the table `inputs`: one row that knows nothing."""
    connection = connect()
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"create table inputs ({typed})")
    connection.execute(f"insert into inputs ({next(iter(columns))}) values (null)")
    return connection


def predicate_mistakes(
    where: str, columns: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> list[str]:
    """The mistakes of a predicate over `columns`, each the end of a sentence.

    `connection` is one of `inputs_table(columns)`.
    """
    if any(kind == duckdb.token_type.comment for _, kind in duckdb.tokenize(where)):
        return ["has a comment in its `where`; say it in the `description`."]
    if _has_semicolon(where):
        return ["has a semicolon in its `where`; a predicate is no statement."]
    query = f"select ({where}\n) from inputs"
    parsed = _parse(query, connection)
    if isinstance(parsed, str):
        return [f"has a `where` that is no SQL predicate: {parsed}."]
    found = list(dict.fromkeys(_node_mistakes(parsed, connection)))
    found = found or list(_binding_mistakes(query, columns, connection))
    if not found and not any(_asks(node) for node in nodes(parsed)):
        return ["asks for no column: it would hold for all customers or for none."]
    return found


def _has_semicolon(where: str) -> bool:
    """Whether there is one outside of texts and quoted names."""
    return ";" in re.sub(r"'[^']*'|\"[^\"]*\"", "", where)


def _parse(query: str, connection: duckdb.DuckDBPyConnection) -> Node | str:
    """The one expression that the query selects, or why it selects none or more."""
    answer = connection.execute("select json_serialize_sql(?)", [query]).fetchall()
    tree = json.loads(answer[0][0])
    if tree["error"]:
        return str(tree["error_message"]).splitlines()[0]
    selected = tree["statements"][0]["node"].get("select_list", [])
    if len(tree["statements"]) != 1 or len(selected) != 1:
        return "it is more than one expression"
    node: Node = selected[0]
    return node


def _node_mistakes(tree: Node, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for node in nodes(tree):
        kind = node.get("class")
        if kind in REFUSED:
            yield REFUSED[kind]
        elif kind == "FUNCTION":
            yield from _function_mistakes(str(node["function_name"]), connection)
        elif _is_column(node):
            yield from _column_mistakes([str(name) for name in node["column_names"]])


def _asks(node: Node) -> bool:
    """Whether it asks for something of the customer: a column, or a segment."""
    return _is_column(node) or str(node.get("function_name")).lower() in REFERENCES


def _is_column(node: Node) -> bool:
    return bool(node.get("class") == "COLUMN_REF")


def _function_mistakes(
    name: str, connection: duckdb.DuckDBPyConnection
) -> Iterator[str]:
    if CLOCK.fullmatch(name.lower()):
        yield f"uses `{name}`; the only clock is `as_of_at`."
        return
    rows = connection.execute(
        "select distinct function_type, coalesce(stability, 'CONSISTENT')"
        " from duckdb_functions() where function_name = ?",
        [name],
    ).fetchall()
    kinds = {kind for kind, _ in rows}
    if kinds and "scalar" not in kinds and "macro" not in kinds:
        yield f"uses `{name}`, a function of many rows; a predicate sees one."
    elif any(stability != "CONSISTENT" for _, stability in rows):
        yield f"uses `{name}`, which says something else each time."


def _column_mistakes(names: list[str]) -> Iterator[str]:
    if CLOCK.fullmatch(names[-1].lower()):
        yield f"uses `{names[-1]}`; the only clock is `as_of_at`."
    elif len(names) > 1:
        yield f"names `{'.'.join(names)}`; write `{names[-1]}` alone."


def _binding_mistakes(
    query: str, columns: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> Iterator[str]:
    try:
        kind = connection.execute(f"describe {query}").fetchall()[0][1]
        connection.execute(query).fetchall()
    except duckdb.Error as error:
        yield _refusal(str(error), columns)
        return
    if kind != "BOOLEAN":
        yield f"has a `where` of type {kind}; a predicate is true or false."


def _refusal(error: str, columns: Mapping[str, str]) -> str:
    """DuckDB's refusal of a predicate as a sentence."""
    unknown = UNKNOWN_COLUMN.search(error)
    if not unknown:
        return f"has a `where` that is no SQL predicate: {error.splitlines()[0]}"
    name = unknown.group(1)
    known = hint(name, columns)
    return f"uses `{name}`, which customer_features does not have. {known}"


def hint(name: str, known: Sequence[str] | Mapping[str, str]) -> str:
    """The nearest of the known names, or what is known."""
    close = nearest(name, known)
    if close:
        return close
    listed = ", ".join(f"`{value}`" for value in list(known)[:12])
    return f"Known: {listed}{' and more' if len(known) > 12 else ''}."
