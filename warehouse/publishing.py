"""Write, audit, publish: an immutable copy of the marts, then one move of one link.

Readers never meet a lock or a half-built table: whoever has the former publication
open keeps it, and the next connection gets the new one.
"""

import filecmp
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import UNFINISHED_SUFFIX, Publication, current
from warehouse.settings import Settings

MARTS_SCHEMA = "marts"
# So that duckdb clients since 1.4 can read it; the build database is of our version.
STORAGE_VERSION = "v1.4.0"


def publish(
    settings: Settings,
    as_of: datetime,
    gates: Sequence[Mapping[str, Any]] = (),
    versions: Mapping[str, str] | None = None,
    marts: Collection[str] | None = None,
) -> Publication:
    """Copy the marts of the build database into a new publication and show it.

    Each gate result is a mapping with `gate`, `entry`, `state` and so on, as
    `ops.gate_results` holds it; those in the state `accepted` are listed apart.
    `marts` names the tables to publish (default: all); what else lies in their schema
    is somebody's own, or of a model that is no more.

    Raises:
        TesseraError: there are no marts, one of them was not built, a row has another
            `as_of_at` than the publication, or the data folder cannot be written.
            Nothing that readers see has changed then.
    """
    with _clear_refusals(settings):
        created_at = datetime.now(UTC)
        unfinished = _new_folder(settings, created_at)
        rows = _write_database(settings, unfinished, as_of, marts)
        content = write_parquet(unfinished / "tessera.duckdb", unfinished, sorted(rows))
        publication = Publication(
            id=unfinished.stem,
            path=unfinished.with_suffix(""),
            as_of=as_of,
            created_at=created_at,
            rows=rows,
            content=content,
            versions=versions or {},
            gates=list(gates),
            accepted=[gate for gate in gates if gate.get("state") == "accepted"],
        )
        _share_unchanged(unfinished, publication, _former(settings))
        _seal(unfinished, publication)
        show(settings, publication)
    return publication


def _former(settings: Settings) -> Publication | None:
    """The former publication; None where there is none or its folder is gone."""
    try:
        return current(settings)
    except TesseraError:
        return None


def _new_folder(settings: Settings, created_at: datetime) -> Path:
    """`<id>.tmp`; what a crashed run left unfinished goes first."""
    settings.publications_dir.mkdir(parents=True, exist_ok=True)
    for left in settings.publications_dir.glob(f"*{UNFINISHED_SUFFIX}"):
        shutil.rmtree(left)
    name = created_at.strftime("%Y%m%dT%H%M%S%fZ")
    folder = settings.publications_dir / f"{name}{UNFINISHED_SUFFIX}"
    (folder / "parquet").mkdir(parents=True)
    return folder


def _write_database(
    settings: Settings, folder: Path, as_of: datetime, wanted: Collection[str] | None
) -> dict[str, int]:
    """Every mart as a table, in a total order of its rows; give back the row counts."""
    if not settings.build_path.exists():
        raise _nothing_built(settings)
    with connect() as connection:
        # dbt's views name their tables in full, so the build keeps its own name.
        connection.execute(
            f"attach {_text(settings.build_path)} as tessera (read_only)"
        )
        connection.execute(
            f"attach {_text(folder / 'tessera.duckdb')} as published"
            f" (storage_version '{STORAGE_VERSION}')"
        )
        built = _marts(connection)
        marts = built if wanted is None else sorted(wanted)
        absent = sorted(set(marts) - set(built))
        if absent or not marts:
            raise _nothing_built(settings, absent)
        return {mart: _copy(connection, mart, as_of) for mart in marts}


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    names = connection.execute(
        "select table_name from information_schema.tables"
        " where table_catalog = 'tessera' and table_schema = ? order by all",
        [MARTS_SCHEMA],
    ).fetchall()
    return [name for (name,) in names]


def _copy(connection: duckdb.DuckDBPyConnection, mart: str, as_of: datetime) -> int:
    """One mart with its comments; refuse rows of no moment, or of another."""
    source = f'tessera.{MARTS_SCHEMA}."{mart}"'
    columns = _column_comments(connection, mart)
    if "as_of_at" not in columns:
        raise _no_moment(mart, "it has no such column")
    target = f'published.main."{mart}"'
    connection.execute(f"create table {target} as from {source} order by all")
    rows, others = connection.execute(
        "select count(*), count(*) filter (as_of_at is distinct from ?::timestamp)"
        f" from {target}",
        [as_of],
    ).fetchall()[0]
    if others:
        raise _no_moment(mart, f"{others} of {rows} rows do not have {as_of}")
    _comment(connection, f"table {target}", _table_comment(connection, mart))
    for column, comment in columns.items():
        _comment(connection, f'column {target}."{column}"', comment)
    return int(rows)


def _column_comments(
    connection: duckdb.DuckDBPyConnection, mart: str
) -> dict[str, str | None]:
    rows = connection.execute(
        "select column_name, comment from duckdb_columns() where"
        " database_name = 'tessera' and schema_name = ? and table_name = ?",
        [MARTS_SCHEMA, mart],
    ).fetchall()
    return dict(rows)


def _table_comment(connection: duckdb.DuckDBPyConnection, mart: str) -> str | None:
    rows = connection.execute(
        "select comment from duckdb_tables() where database_name = 'tessera'"
        " and schema_name = $schema and table_name = $mart union all"
        " select comment from duckdb_views() where database_name = 'tessera'"
        " and schema_name = $schema and view_name = $mart",
        {"schema": MARTS_SCHEMA, "mart": mart},
    ).fetchall()
    return rows[0][0] if rows else None


def _comment(
    connection: duckdb.DuckDBPyConnection, target: str, comment: str | None
) -> None:
    if comment:
        connection.execute(f"comment on {target} is {_text(comment)}")


def write_parquet(database: Path, folder: Path, tables: list[str]) -> dict[str, str]:
    """One Parquet file a table; equal rows give equal bytes, so their hash tells."""
    hashes = {}
    with connect(database, read_only=True) as connection:
        for table in tables:
            path = folder / "parquet" / f"{table}.parquet"
            connection.execute(
                f'copy main."{table}" to {_text(path)}'
                " (format parquet, compression zstd)"
            )
            with path.open("rb") as file:
                hashes[table] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def _share_unchanged(
    folder: Path, publication: Publication, former: Publication | None
) -> None:
    """A table whose rows did not change is the former file itself (a hard link)."""
    for table, content in publication.content.items():
        if former is None or former.content.get(table) != content:
            continue
        path, old = folder / "parquet" / f"{table}.parquet", former.parquet(table)
        if old.exists() and filecmp.cmp(old, path, shallow=False):
            path.unlink()
            os.link(old, path)


def _seal(folder: Path, publication: Publication) -> None:
    """Write the manifest last, sync every byte, then give the folder its name."""
    manifest = json.dumps(publication.manifest(), indent=2, default=str)
    (folder / "manifest.json").write_text(manifest + "\n")
    for path in [*folder.rglob("*"), folder]:
        _sync(path)
    folder.rename(publication.path)
    _sync(folder.parent)


def show(settings: Settings, publication: Publication) -> None:
    """Point the link at the publication, in one step that no reader sees half done."""
    target = publication.path.relative_to(settings.data_dir)
    fresh = settings.published_link.with_name(".published.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    os.replace(fresh, settings.published_link)
    _sync(settings.data_dir)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


@contextmanager
def _clear_refusals(settings: Settings) -> Iterator[None]:
    """A full disk or a read-only folder, as a sentence."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise TesseraError(
            "the publication cannot be written",
            where=str(settings.publications_dir),
            given=reason,
            remedy="Make the data folder writable and see that the disk has room; "
            "the former publication still stands",
        ) from error


def _nothing_built(settings: Settings, absent: Sequence[str] = ()) -> TesseraError:
    return TesseraError(
        "there are no marts to publish" if not absent else "marts were not built",
        where=str(settings.build_path),
        given=", ".join(absent) or None,
        remedy="Run `tessera run`: it builds them first",
    )


def _no_moment(mart: str, given: str) -> TesseraError:
    return TesseraError(
        "every published row must have the run's own moment as its `as_of_at`",
        where=f"models/marts/{mart}",
        given=given,
        remedy="Run `tessera run`: it builds all marts of one moment. A mart of your "
        "own needs the column `as_of_at`. Nothing was published",
    )
