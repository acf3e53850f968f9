"""What a publication knows of segments: definitions, and what a `where` may use."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.connection import connect
from warehouse.errors import TesseraError, nearest
from warehouse.publications import Publication
from warehouse.segments.declared import PLACE, mistakes_in, where_mistakes
from warehouse.segments.keys import Definition
from warehouse.settings import Settings
from warehouse.variables import LOADER

DEFINITIONS = """
    select segment_name, kind, rule_text, priority, exclusive_group
    from segment_summary order by priority, segment_name
"""


@contextmanager
def opened(publication: Publication) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the publication's tables.

    Raises:
        TesseraError: a table or a column is missing, being newer than the publication.
    """
    with connect(publication.database, read_only=True) as connection:
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise TesseraError(
                "this publication was made before its tables told what is asked",
                where=f"publication {publication.id}",
                given=str(error).splitlines()[0],
                remedy="Run `tessera run`: it publishes anew",
            ) from error


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The columns that a `where` may use, with their types."""
    rows = connection.execute("describe customer_features").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def definitions_of(connection: duckdb.DuckDBPyConnection) -> list[Definition]:
    """The published segments as entries; a cluster as who is in this one."""
    return [
        {
            "name": name,
            "kind": kind,
            "where": f"cluster_name = {_text(name.removeprefix('cluster_'))}"
            if kind == "cluster"
            else where,
            "priority": priority,
            "exclusive_group": group,
        }
        for name, kind, where, priority, group in connection.execute(
            DEFINITIONS
        ).fetchall()
    ]


def entries_of(settings: Settings, columns: Mapping[str, str]) -> list[Definition]:
    """The entries of segments.yml as it stands, judged as a run would.

    Raises:
        TesseraError: the file is missing or broken, or has mistakes; all are told.
    """
    content = _read(settings.project_dir / PLACE)
    try:
        entries = content["models"][0]["config"]["meta"]["segments"]
    except (KeyError, IndexError, TypeError):
        entries = None
    found = mistakes_in(entries, columns)
    if found:
        raise TesseraError("\n".join(found))
    return list(entries)


def _read(file: Path) -> Any:
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise TesseraError(
            "this file cannot be read",
            where=PLACE,
            given=" ".join(str(error).split()),
            remedy="Mend it; docs/segments.md shows what an entry looks like",
        ) from error


def require_sound(
    where: str, entries: Sequence[Definition], columns: Mapping[str, str]
) -> None:
    """Refuse a predicate that segments.yml could not have either.

    Raises:
        TesseraError: with every mistake.
    """
    found = where_mistakes(where, entries, columns) if where.strip() else ["is empty."]
    if found:
        raise TesseraError("\n".join(f"--where: it {mistake}" for mistake in found))


def require_known(name: str, known: Sequence[str]) -> None:
    """Refuse the name of no published segment.

    Raises:
        TesseraError: with the nearest name.
    """
    if name not in known:
        raise TesseraError(
            "no segment of this name is published",
            given=f"`{name}`",
            allowed=known,
            remedy=nearest(name, known),
        )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
