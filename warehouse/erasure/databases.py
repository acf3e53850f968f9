"""Databases without a person: written anew, so that no block of the old file stays."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from duckdb.func import ARROW

from warehouse.connection import connect
from warehouse.erasure.needles import ERASED, Needles
from warehouse.erasure.removal import beside, put_in_place, sync
from warehouse.errors import TesseraError

DUCKDB_MAGIC, SQLITE_MAGIC = b"DUCK", b"SQLite format 3\0"
# What dbt makes from what has landed, and makes again in the next run.
BUILT = (
    "main", "reference", "staging", "identity", "behavior", "lifecycle", "features",
    "predictions", "segments", "marts",
)  # fmt: skip
# Marks of tables that are gone, and the texts of what runs said about themselves.
MARKS = ("ops", "high_water_marks")
HISTORY = "ops"
TABLES = """
    select schema_name, table_name from duckdb_tables()
    where database_name = 'former' and not temporary order by all
"""
ROW = '"row of a table"'
# What DuckDB says of a file that is none of its databases, or a broken one.
BROKEN = (
    "not a valid DuckDB", "version number", "Could not read enough bytes",
    "Corrupt database file",
)  # fmt: skip
Cell = str | bytes | int | float | None


class Table(NamedTuple):
    """A table of a database."""

    schema: str
    name: str

    def within(self, database: str) -> str:
        """Its full name."""
        return f'{database}."{self.schema}"."{self.name}"'


def rewrite_build(path: Path, needles: Needles) -> int:
    """The build without what dbt makes again, and without the person in the rest.

    Gives back the rows of the person in all tables, as far as they could be counted.

    Raises:
        TesseraError: somebody has it open, or it cannot be read or written for another
            reason than that it is broken; it stays as it was.
    """
    if not path.exists():
        return 0
    try:
        with opening(path):
            count = _rewrite_build(path, needles)
    except BrokenDatabaseError:
        # A database that cannot be opened serves no run either.
        count = 0
        path.unlink()
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    return count


def _rewrite_build(path: Path, needles: Needles) -> int:
    with connect(path) as build:
        build.execute("checkpoint")
        judge(build, needles)
        count = sum(_rows_of(build, table) for table in _tables(build))
    copy_database(path, needles, without=BUILT)
    return count


class BrokenDatabaseError(TesseraError):
    """A file is none of DuckDB's databases, or a broken one."""


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Tell a broken file from whatever else may go wrong with it.

    Raises:
        BrokenDatabaseError: the file itself is at fault.
        TesseraError: a lock, a full disk, too little memory or a query is.
    """
    try:
        yield
    except (duckdb.Error, OSError, TesseraError) as error:
        told = error.__cause__ if isinstance(error, TesseraError) else error
        is_of_file = isinstance(told, duckdb.Error)
        if is_of_file and any(sign in str(told) for sign in BROKEN):
            raise BrokenDatabaseError(
                "this is no whole database", where=str(path)
            ) from error
        raise _undone(path, error) from error


def _undone(path: Path, error: Exception) -> TesseraError:
    """What an erasure stops with that cannot go on; a query's own words may name
    somebody, so that only those of files and memory are told."""
    if isinstance(error, TesseraError):
        return error
    told = (OSError, duckdb.IOException, duckdb.OutOfMemoryException)
    name = type(error).__name__
    return TesseraError(
        "a person could not be taken out of this file: it stays as it was",
        where=str(path),
        given=str(error).splitlines()[0] if isinstance(error, told) else name,
        remedy="See that nobody has it open, and that disk and memory suffice; then"
        " `tessera erase --finish` goes on",
    )


def copy_database(
    path: Path,
    needles: Needles,
    *,
    without: tuple[str, ...] = (),
    storage_version: str = "",
    target: Path | None = None,
) -> dict[str, int]:
    """Write a database anew; give back the rows that each table lost.

    With a `target` the copy is written there, else it takes the database's place.
    """
    fresh = target or beside(path)
    fresh.unlink(missing_ok=True)
    fresh.with_name(f"{fresh.name}.wal").unlink(missing_ok=True)
    version = f" (storage_version '{storage_version}')" if storage_version else ""
    lost = {}
    with connect() as connection:
        judge(connection, needles)
        connection.execute(f"attach {quoted(path)} as former (read_only)")
        connection.execute(f"attach {quoted(fresh)} as fresh{version}")
        tables = [Table(*row) for row in connection.execute(TABLES).fetchall()]
        # At once: else each statement waits for the disk.
        connection.execute("begin")
        for table in tables:
            if table.schema not in without and table != MARKS:
                lost[table.name] = _copy(connection, table)
        connection.execute("commit")
        connection.execute("detach fresh")
    sync(fresh)
    if target is None:
        put_in_place(fresh, path)
    return lost


def rows_in(path: Path, needles: Needles) -> dict[str, int]:
    """The rows of each table that name the person; tables without one are left out."""
    with connect(path, read_only=True) as connection:
        judge(connection, needles)
        counts = {
            f"{table.schema}.{table.name}": _rows_of(connection, table)
            for table in _tables(connection)
        }
    return {name: count for name, count in counts.items() if count}


def judge(connection: duckdb.DuckDBPyConnection, needles: Needles) -> None:
    """Let queries of this connection ask `names_her(text)`.

    A pattern of DuckDB's own grows with the people, and it cannot look around.
    """
    import pyarrow as pa

    def judged(column: Any) -> Any:
        texts = [text or "" for text in column.to_pylist()]
        if not needles.may_be_in("\n".join(texts).lower().encode()):
            return pa.array([False] * len(texts), pa.bool_())
        return pa.array([needles.are_in(one.encode()) for one in texts], pa.bool_())

    connection.create_function("names_her", judged, ["VARCHAR"], "BOOLEAN", type=ARROW)


def named_in(row: str) -> str:
    """SQL: whether a row names the person; asks `judge`."""
    return f"names_her(to_json({row})::varchar)"


def scrub_sqlite(path: Path, needles: Needles) -> int:
    """Put a word in the place of each identifier in a SQLite file; how many cells.

    What is no whole database counts as bytes, which the proof searches.

    Raises:
        TesseraError: somebody has it open, or its tables refuse the word; of a table
            that refuses, nothing was changed.
    """

    def scrubbed(value: Cell) -> Cell:
        if isinstance(value, str):
            data = value.encode("utf-8", "surrogateescape")
            return needles.scrubbed(data).decode("utf-8", "surrogateescape")
        return needles.scrubbed(value) if isinstance(value, bytes) else value

    try:
        return _scrub_cells(path, scrubbed)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return 0
        raise TesseraError(
            "a person could not be taken out of this file",
            where=str(path),
            # The words of a refusal name tables and columns, and no value.
            given=str(error),
            remedy="End what has it open (`tessera dev` does), or remove the file; then"
            " `tessera erase --finish` goes on",
        ) from error


def _scrub_cells(path: Path, scrubbed: Callable[[Cell], Cell]) -> int:
    count = 0
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
        database.create_function("scrubbed", 1, scrubbed, deterministic=True)
        database.execute("pragma secure_delete = on")
        for table, column in _cells(database):
            changed = database.execute(
                f"update {table} set {column} = scrubbed({column})"
                f" where typeof({column}) in ('text', 'blob')"
                f" and scrubbed({column}) is not {column}"
            )
            count += changed.rowcount
        database.execute("pragma wal_checkpoint(truncate)")
        database.execute("vacuum")
        database.execute("pragma wal_checkpoint(truncate)")
    return count


def quoted(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def _copy(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    """One table with its comments; what runs said keeps its rows, without the names."""
    source, target = table.within("former"), table.within("fresh")
    connection.execute(f'create schema if not exists fresh."{table.schema}"')
    is_named = named_in(ROW)
    counted = f"select count(*) filter (where {is_named}) from {source} as {ROW}"
    if table.schema == HISTORY:
        columns = ", ".join(_scrubbed(connection, table))
        query = f"select {columns} from {source}"
    else:
        query = f"select * from {source} as {ROW} where not coalesce({is_named}, false)"
        counted = f"select (select count(*) from {source}) - count(*) from {target}"
    connection.execute(f"create table {target} as {query}")
    for comment in _comments(connection, table):
        connection.execute(comment)
    return int(connection.execute(counted).fetchall()[0][0])


def _scrubbed(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where"
        " database_name = 'former' and schema_name = ? and table_name = ?"
        " order by column_index",
        list(table),
    ).fetchall()
    for name, data_type in columns:
        if data_type == "VARCHAR":
            is_named, word = f'names_her("{name}")', quoted(ERASED.decode())
            yield f'case when {is_named} then {word} else "{name}" end as "{name}"'
        else:
            yield f'"{name}"'


def _comments(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    target = table.within("fresh")
    of_table = connection.execute(
        "select comment from duckdb_tables() where database_name = 'former'"
        " and schema_name = ? and table_name = ? and comment is not null",
        list(table),
    ).fetchall()
    for (comment,) in of_table:
        yield f"comment on table {target} is {quoted(comment)}"
    of_columns = connection.execute(
        "select column_name, comment from duckdb_columns() where"
        " database_name = 'former' and schema_name = ? and table_name = ?"
        " and comment is not null",
        list(table),
    ).fetchall()
    for column, comment in of_columns:
        yield f'comment on column {target}."{column}" is {quoted(comment)}'


def _tables(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and not temporary order by all"
    ).fetchall()
    return [Table(*row) for row in rows]


def _rows_of(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    query = f"""
        select count(*) from "{table.schema}"."{table.name}" as {ROW}
        where {named_in(ROW)}
    """
    return int(connection.execute(query).fetchall()[0][0])


def _cells(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every column of every table, as SQL names them."""

    def name(told: str) -> str:
        return '"' + told.replace('"', '""') + '"'

    tables = database.execute(
        "select name from sqlite_master where type = 'table'"
        " and name not like 'sqlite_%'"
    ).fetchall()
    return [
        (name(table), name(column[1]))
        for (table,) in tables
        for column in database.execute(f"pragma table_info({name(table)})").fetchall()
    ]
