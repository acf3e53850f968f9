"""Every mistake in segments.yml, told before anything is built."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.predicates import REFERENCES, inputs_table, predicate_mistakes
from warehouse.segments.keys import NAME, Definition, key_mistakes
from warehouse.segments.live import live_mistakes
from warehouse.segments.references import cycle_mistakes, reference_mistakes

PLACE = "models/segments/segments.yml"
# What the tables of segments call other things.
TAKEN = ("segment_name", "holds")
CLUSTER = "cluster_"


def mistakes(definitions_json: str, columns_json: str) -> str:
    """Every mistake of the definitions, a sentence a line; empty where there is none.

    `definitions_json` is the list of entries, `columns_json` maps the columns of
    customer_features to their types; each predicate is bound against an empty table of
    these columns.
    """
    return "\n".join(
        mistakes_in(json.loads(definitions_json), json.loads(columns_json))
    )


def mistakes_in(definitions: Any, columns: Mapping[str, str]) -> list[str]:
    """Every mistake of the definitions, each a sentence that names the file."""
    return [f"{PLACE}: {mistake}" for mistake in _mistakes(definitions, columns)]


def where_mistakes(
    where: str, definitions: Sequence[Definition], columns: Mapping[str, str]
) -> list[str]:
    """The mistakes of a predicate that stands in no file, each the end of a sentence.

    It may refer to the segments of `definitions`.
    """
    with inputs_table(columns) as connection:
        _offer_references(connection)
        return [
            *predicate_mistakes(where, columns, connection),
            *reference_mistakes(where, definitions),
        ]


def _mistakes(definitions: Any, columns: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(definitions, list) or not definitions:
        yield "`segments` under `config: meta:` is no list of entries."
        return
    entries = [entry for entry in definitions if isinstance(entry, dict)]
    yield from _repeated(entries, "name")
    yield from _repeated(entries, "priority")
    yield from _kind_mistakes(entries)
    with inputs_table(columns) as connection:
        _offer_references(connection)
        for position, entry in enumerate(definitions, start=1):
            if not isinstance(entry, dict):
                yield f"entry {position} is `{entry}`, and not a list of keys."
                continue
            label = entry.get("name") or f"number {position}"
            for mistake in _entry_mistakes(entry, entries, columns, connection):
                yield f"segment `{label}` {mistake}"
    yield from cycle_mistakes(entries)


def _offer_references(connection: duckdb.DuckDBPyConnection) -> None:
    """So that predicates bind that refer to segments: any text is a truth value."""
    for name in REFERENCES:
        connection.execute(f"create macro {name}(segment) as (segment is not null)")


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
            same = [one for one in definitions if str(one.get(key)) == value]
            names = ", ".join(f"`{one.get('name')}`" for one in same)
            who = f" ({names})" if key != "name" else ""
            yield f"{count} segments have the {key} `{value}`{who}; each needs its own."


def _entry_mistakes(
    entry: Definition,
    entries: Sequence[Definition],
    columns: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[str]:
    names = [str(one.get("name", "")) for one in entries]
    yield from key_mistakes(entry, names)
    yield from _name_mistakes(entry, columns, connection)
    where = entry.get("where")
    if entry.get("kind") == "catch_all":
        if where is not None:
            yield "is the catch_all: it takes who is left, and has no `where`."
    elif not isinstance(where, str) or not where.strip():
        yield "has no `where`: one SQL predicate over customer_features."
    else:
        found = predicate_mistakes(where, columns, connection)
        yield from found
        yield from reference_mistakes(where, entries)
        if not found:
            yield from live_mistakes(entry, entries)


def _name_mistakes(
    entry: Definition,
    columns: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[str]:
    name = str(entry.get("name", ""))
    if name and not NAME.fullmatch(name):
        yield "needs a name of lower-case letters, digits and underscores."
    elif name in columns or f"_{name}" in columns:
        yield "has the name of a column of customer_features; it needs its own."
    elif name in TAKEN:
        yield "has a name that the tables of segments use; choose another."
    elif name.startswith(CLUSTER):
        yield f"has a name that begins with `{CLUSTER}`, as those of clusters do."
    elif name and _is_reserved(name, connection):
        yield "has a name that means something in SQL; choose another."


def _is_reserved(name: str, connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute(
        "from duckdb_keywords()"
        " where keyword_name = ? and keyword_category = 'reserved'",
        [name],
    ).fetchall()
    return bool(found)
