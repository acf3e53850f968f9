"""The segments of segments.yml, and every mistake in them, before anything is built."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.connection import connect
from warehouse.errors import nearest

PLACE = "models/segments/segments.yml"
KINDS = ("rule", "score", "cluster", "catch_all")
NEEDED = ("name", "label", "description", "kind", "priority", "expected_share")
KNOWN = (*NEEDED, "where", "exclusive_group", "may_overlap")
UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)" (?:was )?not found')

Definition = Mapping[str, Any]


def mistakes(definitions_json: str, columns_json: str) -> str:
    """Every mistake of the definitions, a sentence a line; empty where there is none.

    `definitions_json` is the list of entries, `columns_json` maps the columns of
    segment_inputs to their types; each predicate is bound against an empty table of
    these columns.
    """
    found = list(_mistakes(json.loads(definitions_json), json.loads(columns_json)))
    return "\n".join(f"{PLACE}: {mistake}" for mistake in found)


def _mistakes(
    definitions: Sequence[Definition], columns: Mapping[str, str]
) -> Iterator[str]:
    names = [str(entry.get("name", "")) for entry in definitions]
    yield from _repeated(definitions, "name")
    yield from _repeated(definitions, "priority")
    catch_alls = [entry for entry in definitions if entry.get("kind") == "catch_all"]
    if len(catch_alls) != 1:
        yield (
            f"there are {len(catch_alls)} entries of kind `catch_all`; it needs one, so"
            " that every customer has a primary segment."
        )
    with connect() as connection:
        typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"create table inputs ({typed})")
        for position, entry in enumerate(definitions, start=1):
            label = entry.get("name") or f"number {position}"
            for mistake in _entry_mistakes(entry, names, columns, connection):
                yield f"segment `{label}` {mistake}"


def _repeated(definitions: Sequence[Definition], key: str) -> Iterator[str]:
    counts = Counter(str(entry[key]) for entry in definitions if key in entry)
    for value, count in counts.items():
        if count > 1:
            yield f"{count} segments have the {key} `{value}`; each needs its own."


def _entry_mistakes(
    entry: Definition,
    names: Sequence[str],
    columns: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[str]:
    for key in NEEDED:
        if key not in entry:
            yield f"has no `{key}`."
    for key in entry:
        if key not in KNOWN:
            yield f"has the unknown key `{key}`. {_hint(key, KNOWN)}"
    name = str(entry.get("name", ""))
    if name and not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield "needs a name of lower-case letters, digits and underscores."
    if "kind" in entry and entry["kind"] not in KINDS:
        yield f"has the kind `{entry['kind']}`. {_hint(str(entry['kind']), KINDS)}"
    for other in entry.get("may_overlap") or []:
        if other not in names:
            yield f"may overlap `{other}`, which is no segment. {_hint(other, names)}"
    yield from _share_mistakes(entry)
    yield from _predicate_mistakes(entry, columns, connection)


def _share_mistakes(entry: Definition) -> Iterator[str]:
    share = entry.get("expected_share")
    if share is None:
        return
    if not (
        isinstance(share, list)
        and len(share) == 2
        and all(isinstance(bound, int | float) for bound in share)
        and 0 <= share[0] <= share[1] <= 1
    ):
        yield f"has the expected_share {share}; it is [least, most] between 0 and 1."


def _predicate_mistakes(
    entry: Definition,
    columns: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[str]:
    where = entry.get("where")
    if entry.get("kind") == "catch_all":
        if where is not None:
            yield "is the catch_all: it takes who is left, and has no `where`."
        return
    if not isinstance(where, str) or not where.strip():
        yield "has no `where`: one SQL predicate over segment_inputs."
        return
    try:
        bound = connection.execute(f"describe select ({where}\n) from inputs")
        kind = bound.fetchall()[0][1]
    except duckdb.Error as error:
        yield _refusal(str(error), columns)
        return
    if kind != "BOOLEAN":
        yield f"has a `where` of type {kind}; a predicate is true or false."


def _refusal(error: str, columns: Mapping[str, str]) -> str:
    """DuckDB's refusal of a predicate as a sentence."""
    unknown = UNKNOWN_COLUMN.search(error)
    if unknown:
        name = unknown.group(1)
        hint = _hint(name, columns)
        return f"uses `{name}`, which segment_inputs does not have. {hint}"
    return f"has a `where` that is no SQL predicate: {error.splitlines()[0]}"


def _hint(name: str, known: Sequence[str] | Mapping[str, str]) -> str:
    close = nearest(name, known)
    if close:
        return close
    listed = ", ".join(f"`{value}`" for value in list(known)[:12])
    return f"Known: {listed}{' and more' if len(known) > 12 else ''}."
