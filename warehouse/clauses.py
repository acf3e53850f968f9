"""The parts of a segment's predicate that must all hold, in its author's own words."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import duckdb

from warehouse.connection import connect

Tree = dict[str, Any]


def clauses_json(predicates_json: str) -> str:
    """Of each predicate of a JSON list: the JSON list of its clauses."""
    return json.dumps([clauses(predicate) for predicate in json.loads(predicates_json)])


@cache
def clauses(predicate: str) -> tuple[str, ...]:
    """What a predicate joins by `and` at its top, as DuckDB parses it.

    Each is told as it was written, its white space aside, where that piece of the text
    means the same by itself; else as DuckDB writes it. What DuckDB cannot parse is one
    clause: `warehouse.predicates` refuses it elsewhere.
    """
    text = predicate.strip()
    with connect() as parser:
        tree = _parsed(parser, text)
        if tree is None or not _is_conjunction(tree):
            return (_one_line(text),)
        wanted = tree["children"]
        found = list(_pieces(parser, text, wanted))
        if len(found) == len(wanted):
            return tuple(map(_one_line, found))
        return tuple(_rewritten(parser, clause) for clause in wanted)


def _pieces(
    parser: duckdb.DuckDBPyConnection, text: str, wanted: Sequence[Tree]
) -> Iterator[str]:
    """The text, cut at those `and` between which DuckDB reads the wanted clauses."""
    # Where each sign begins, in bytes, as the tokenizer counts.
    data = text.encode()
    cuts = [
        place
        for place, kind in duckdb.tokenize(text)
        if kind == duckdb.token_type.keyword
        and data[place : place + 4].lower().strip() == b"and"
    ]
    begin = 0
    for clause in wanted:
        ends = [cut for cut in cuts if cut > begin] + [len(data)]
        pieces = ((end, data[begin:end].decode().strip()) for end in ends)
        known = _meaning(clause)
        fitting = (
            (end, piece) for end, piece in pieces if _means(parser, piece) == known
        )
        end, piece = next(fitting, (len(data), ""))
        if not piece:
            return
        yield piece
        begin = end + len("and")


def _parsed(parser: duckdb.DuckDBPyConnection, text: str) -> Tree | None:
    """The tree of one expression; None where the text is none."""
    [(answer,)] = parser.execute(
        "select json_serialize_sql(?)", [f"select ({text}\n)"]
    ).fetchall()
    told = json.loads(answer)
    if told["error"]:
        return None
    selected = told["statements"][0]["node"].get("select_list", [])
    return selected[0] if len(selected) == 1 else None


def _is_conjunction(tree: Tree) -> bool:
    return tree.get("type") == "CONJUNCTION_AND"


def _means(parser: duckdb.DuckDBPyConnection, text: str) -> str:
    tree = _parsed(parser, text) if text else None
    return "" if tree is None else _meaning(tree)


def _meaning(tree: Tree) -> str:
    """A tree as a text that is equal where the meaning is, wherever it stands."""
    return json.dumps(_without_places(tree), sort_keys=True)


def _without_places(part: Any) -> Any:
    if isinstance(part, dict):
        kept = {name: one for name, one in part.items() if name != "query_location"}
        return {name: _without_places(one) for name, one in kept.items()}
    return [_without_places(one) for one in part] if isinstance(part, list) else part


def _rewritten(parser: duckdb.DuckDBPyConnection, clause: Tree) -> str:
    [(answer,)] = parser.execute("select json_serialize_sql('select 1')").fetchall()
    statement = json.loads(answer)
    statement["statements"][0]["node"]["select_list"] = [clause]
    [(text,)] = parser.execute(
        "select json_deserialize_sql(?)", [json.dumps(statement)]
    ).fetchall()
    return str(text).removeprefix("SELECT ")


def _one_line(text: str) -> str:
    """Line breaks and the blanks around them become one blank; a text within quotes
    that has one stays as it is."""
    is_within_text = "'" in text and any("\n" in one for one in text.split("'")[1::2])
    if is_within_text or "\n" not in text:
        return text
    return " ".join(line.strip() for line in text.splitlines())
