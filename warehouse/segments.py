"""The segments of segments.yml, and every mistake in them, before anything is built."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.predicates import hint, inputs_table, predicate_mistakes

PLACE = "models/segments/segments.yml"
KINDS = ("rule", "score", "cluster", "catch_all")
SOURCES = ("web", "esp")
NEEDED = ("name", "label", "description", "kind", "priority", "expected_share")
KNOWN = (*NEEDED, "where", "exclusive_group", "may_overlap", "source")
TEXTS = ("name", "label", "description", "exclusive_group")

Definition = Mapping[str, Any]


def mistakes(definitions_json: str, columns_json: str) -> str:
    """Every mistake of the definitions, a sentence a line; empty where there is none.

    `definitions_json` is the list of entries, `columns_json` maps the columns of
    segment_inputs to their types; each predicate is bound against an empty table of
    these columns.
    """
    found = list(_mistakes(json.loads(definitions_json), json.loads(columns_json)))
    return "\n".join(f"{PLACE}: {mistake}" for mistake in found)


def _mistakes(definitions: Any, columns: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(definitions, list) or not definitions:
        yield "`segments` under `config: meta:` is no list of entries."
        return
    entries = [entry for entry in definitions if isinstance(entry, dict)]
    names = [str(entry.get("name", "")) for entry in entries]
    yield from _repeated(entries, "name")
    yield from _repeated(entries, "priority")
    yield from _kind_mistakes(entries)
    with inputs_table(columns) as connection:
        for position, entry in enumerate(definitions, start=1):
            if not isinstance(entry, dict):
                yield f"entry {position} is `{entry}`, and not a list of keys."
                continue
            label = entry.get("name") or f"number {position}"
            for mistake in _entry_mistakes(entry, names, columns, connection):
                yield f"segment `{label}` {mistake}"


def _kind_mistakes(entries: Sequence[Definition]) -> Iterator[str]:
    counts = Counter(str(entry.get("kind")) for entry in entries)
    if counts["catch_all"] != 1:
        yield (
            f"there are {counts['catch_all']} entries of kind `catch_all`; it needs"
            " one, so that every customer has a primary segment."
        )
    if counts["cluster"] > 1:
        yield (
            f"there are {counts['cluster']} entries of kind `cluster`; one covers all"
            " clusters, under their names."
        )


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
            yield f"has the unknown key `{key}`. {hint(key, KNOWN)}"
    yield from _value_mistakes(entry, columns, connection)
    yield from _overlap_mistakes(entry, names)
    yield from _share_mistakes(entry)
    yield from _predicate_mistakes(entry, columns, connection)


def _value_mistakes(
    entry: Definition,
    columns: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[str]:
    for key in TEXTS:
        if key in entry and not isinstance(entry[key], str):
            yield f"has the {key} `{entry[key]}`, which is no text."
    if "priority" in entry and type(entry["priority"]) is not int:
        yield f"has the priority `{entry['priority']}`, which is no whole number."
    if "kind" in entry and entry["kind"] not in KINDS:
        yield f"has the kind `{entry['kind']}`. {hint(str(entry['kind']), KINDS)}"
    if entry.get("source", "web") not in SOURCES:
        source = entry["source"]
        yield f"has the source `{source}`. {hint(str(source), SOURCES)}"
    name = str(entry.get("name", ""))
    if name and not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield "needs a name of lower-case letters, digits and underscores."
    elif name in columns:
        yield "has the name of a column of segment_inputs; it needs its own."
    elif name and _is_reserved(name, connection):
        yield "has a name that means something in SQL; choose another."


def _is_reserved(name: str, connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "from duckdb_keywords()"
        " where keyword_name = ? and keyword_category = 'reserved'",
        [name],
    ).fetchall()
    return bool(found)


def _overlap_mistakes(entry: Definition, names: Sequence[str]) -> Iterator[str]:
    others = entry.get("may_overlap")
    if others is not None and not isinstance(others, list):
        yield f"has the may_overlap `{others}`; it is a list of segments."
        return
    for other in others or []:
        if str(other) not in names:
            known = hint(str(other), names)
            yield f"may overlap `{other}`, which is no segment. {known}"


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
    elif not isinstance(where, str) or not where.strip():
        yield "has no `where`: one SQL predicate over segment_inputs."
    else:
        yield from predicate_mistakes(where, columns, connection)
