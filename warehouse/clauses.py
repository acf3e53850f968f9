"""The parts of a predicate, as DuckDB's own parser sees them: clauses, columns, calls.

A clause is one of the conditions that a predicate joins by `and` at its top.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import duckdb

from warehouse.connection import connect

BEFORE, AFTER = "select (", "\n) from inputs"
PLACES = ("query_location", "query_location_length")
EQUALS = ("COMPARE_EQUAL", "COMPARE_NOTEQUAL", "COMPARE_IN", "COMPARE_NOT_IN")


@dataclass(frozen=True)
class Clause:
    """One condition: its text, and the columns that it asks for, each once."""

    text: str
    columns: tuple[str, ...]


class Call(NamedTuple):
    """A function that a predicate calls; the text that it is given, if that is all."""

    name: str
    text: str | None


def clauses(where: str) -> list[Clause]:
    """The clauses of a predicate, in its order; one for a predicate without `and`.

    The text is the predicate's own where the parser makes the same of that part alone,
    and else as the parser would write it; joined by `and`, the texts are the predicate.

    Raises:
        ValueError: it is no predicate; `warehouse.predicates` tells why.
    """
    with connect() as parser:
        found = list(_conjuncts(_parsed(where, parser)))
        texts = [_text(where, node, parser) for node in found]
    if len(found) > 1:
        texts = [
            f"({text})" if node["type"] == "CONJUNCTION_OR" else text
            for text, node in zip(texts, found, strict=True)
        ]
    return [
        Clause(text, tuple(dict.fromkeys(_columns(node))))
        for text, node in zip(texts, found, strict=True)
    ]


def columns_asked(where: str) -> list[str]:
    """The columns that a predicate asks for, in lower case, each once.

    Raises:
        ValueError: it is no predicate; `warehouse.predicates` tells why.
    """
    return list(dict.fromkeys(name.lower() for name in _columns(parsed(where))))


def called(where: str) -> list[Call]:
    """Every call of a function in a predicate; none where it is no predicate."""
    try:
        with connect() as parser:
            tree = _parsed(where, parser)
    except ValueError:
        return []
    return [
        Call(str(node["function_name"]).lower(), _only_text(node))
        for node in nodes(tree)
        if node.get("class") == "FUNCTION"
    ]


def compared(where: str) -> list[tuple[str, str]]:
    """Every column that is to equal a text, or not to, with that text, each pair once.

    Raises:
        ValueError: it is no predicate; `warehouse.predicates` tells why.
    """
    found: dict[tuple[str, str], None] = {}
    for node in nodes(parsed(where)):
        if node.get("type") not in EQUALS:
            continue
        sides = node.get("children") or [node["left"], node["right"]]
        columns = [one for one in sides if one["class"] == "COLUMN_REF"]
        texts = [one["literal"] for one in sides if "literal" in one]
        for column, text in product(columns, texts):
            if text["kind"] == "STRING":
                found[str(column["column_names"][-1]), str(text["text"])] = None
    return list(found)


def parsed(where: str) -> dict[str, Any]:
    """What DuckDB's parser makes of a predicate.

    Raises:
        ValueError: it is no predicate; `warehouse.predicates` tells why.
    """
    with connect() as parser:
        return _parsed(where, parser)


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every node of a parsed expression, from the top."""
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(part, dict | list):
            yield from nodes(part)


def _statement(where: str, parser: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the parser makes of the query that selects a predicate."""
    answer = parser.execute(
        "select json_serialize_sql(?)", [f"{BEFORE}{where}{AFTER}"]
    ).fetchall()
    tree: dict[str, Any] = json.loads(answer[0][0])
    if tree["error"]:
        raise ValueError(str(tree["error_message"]).splitlines()[0])
    return tree


def _parsed(where: str, parser: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The one expression that the query selects."""
    tree = _statement(where, parser)
    selected = tree["statements"][0]["node"].get("select_list", [])
    if len(tree["statements"]) != 1 or len(selected) != 1:
        raise ValueError("it is more than one expression")
    node: dict[str, Any] = selected[0]
    return node


def _conjuncts(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if node.get("type") != "CONJUNCTION_AND":
        yield node
        return
    for child in node["children"]:
        yield from _conjuncts(child)


def _columns(tree: dict[str, Any]) -> Iterator[str]:
    for node in nodes(tree):
        if node.get("class") == "COLUMN_REF":
            yield str(node["column_names"][-1])


def _only_text(call: dict[str, Any]) -> str | None:
    """The text that a call is given, where it is given one text and nothing else."""
    given = [one["expression"] for one in call.get("arguments", [])]
    literal = given[0].get("literal", {}) if len(given) == 1 else {}
    return str(literal["text"]) if literal.get("kind") == "STRING" else None


def _text(where: str, node: dict[str, Any], parser: duckdb.DuckDBPyConnection) -> str:
    start, length = (int(node.get(place, 0)) for place in PLACES)
    query = f"{BEFORE}{where}{AFTER}".encode()
    own = query[start : start + length].decode(errors="replace")
    if _is_of(own, node, parser):
        return own if "'" in own else " ".join(own.split())
    tree = _statement(where, parser)
    tree["statements"][0]["node"]["select_list"] = [node]
    answer = parser.execute(
        "select json_deserialize_sql(?)", [json.dumps(tree)]
    ).fetchall()
    text = str(answer[0][0]).removeprefix("SELECT ").removesuffix(" FROM inputs")
    return text[1:-1] if _is_of(text[1:-1], node, parser) else text


def _is_of(text: str, node: dict[str, Any], parser: duckdb.DuckDBPyConnection) -> bool:
    """Whether the parser makes this very expression of a text."""
    try:
        return bool(text) and _bare(_parsed(text, parser)) == _bare(node)
    except ValueError:
        return False


def _bare(tree: Any) -> Any:
    """A parsed expression without the places of its parts."""
    if isinstance(tree, dict):
        return {key: _bare(part) for key, part in tree.items() if key not in PLACES}
    return [_bare(part) for part in tree] if isinstance(tree, list) else tree
