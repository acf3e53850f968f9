"""Frames in and out of the build database, for Python steps between the dbt steps."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

# A batch of the widest table takes some 25 MB; larger ones are no quicker to read.
BATCH_ROWS = 50_000
# What models count with: DuckDB's names of its types.
NUMBERS = {
    *("tinyint", "smallint", "integer", "bigint", "hugeint", "boolean", "decimal"),
    *("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint", "float", "double"),
}


def read_frame(settings: Settings, table: str) -> "pd.DataFrame":
    """A whole table (`schema.name`), its rows in a total order.

    Raises:
        TesseraError: there is no such table.
    """
    with connect(settings.build_path, read_only=True) as connection:
        _require(connection, table)
        frame: pd.DataFrame = connection.sql(f"from {table} order by all").df()
    return frame


@contextmanager
def read_batches(
    settings: Settings, table: str, rows: int = BATCH_ROWS, key: str = "all"
) -> Iterator[Iterator["pd.DataFrame"]]:
    """A whole table (`schema.name`) in frames of so many rows, in `read_frame`'s order.

    Each number is a float64, and NaN where it is null. With a `key`, a column that no
    two rows share, rows come in its order, which costs less. A batch holds the same
    rows in every run: what a model says of a customer depends, in its last digit, on
    who stands beside them. Nothing may be written meanwhile.

    Raises:
        TesseraError: there is no such table.
    """
    with connect(settings.build_path, read_only=True) as connection:
        _require(connection, table)
        connection.execute("set enable_progress_bar = false")
        values = ", ".join(_as_floats(connection, table))
        reader = connection.sql(
            f"select {values} from (from {table} order by {key})"
        ).to_arrow_reader(rows)
        try:
            # Columns stay where Arrow has them: without nulls nothing is copied.
            yield (batch.to_pandas(split_blocks=True) for batch in reader)
        finally:
            reader.close()  # a query left half read would hold the file


def read_sample(
    settings: Settings, table: str, columns: Sequence[str], customers: int
) -> "pd.DataFrame":
    """Some columns of a table with one row a customer: of so many, by their id.

    The same customers, in one order, whichever table holds them all.

    Raises:
        TesseraError: there is no such table.
    """
    with connect(settings.build_path, read_only=True) as connection:
        _require(connection, table)
        frame: pd.DataFrame = connection.sql(
            f"select {', '.join(columns)} from {table}"
            f" order by md5(customer_id), customer_id limit {customers:d}"
        ).df()
    return frame


class TableFrames(Mapping[str, "pd.DataFrame"]):
    """Tables (`schema.name`) by other names, each read when it is asked for.

    Of those that `samples` names only so many customers are read.
    """

    def __init__(
        self,
        settings: Settings,
        tables: Mapping[str, str],
        samples: Mapping[str, int] | None = None,
    ) -> None:
        """Read nothing yet."""
        self._settings, self._tables = settings, tables
        self._samples = samples or {}

    def __getitem__(self, name: str) -> "pd.DataFrame":
        """Read the table of this name, its rows in a total order."""
        table, customers = self._tables[name], self._samples.get(name)
        if customers is None:
            return read_frame(self._settings, table)
        return read_sample(self._settings, table, ["*"], customers)

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._tables)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._tables)


def write_frames(settings: Settings, frames: Mapping[str, "pd.DataFrame"]) -> None:
    """Replace each table's rows by its frame's, in their order, in one transaction.

    A table that dbt made from its source's YAML keeps its types; where the columns
    are others, the table is made anew.
    """
    import pyarrow as pa

    with connect(settings.build_path) as connection:
        connection.begin()
        for table, frame in frames.items():
            # As Arrow has it: words of which there are few pass as their numbers.
            connection.register(
                "frame", pa.Table.from_pandas(frame, preserve_index=False)
            )
            _replace(connection, table, list(frame.columns))
            connection.unregister("frame")
        connection.commit()


def row_counts(settings: Settings, tables: list[str]) -> dict[str, int]:
    """The rows of each table (`schema.name`) that exists."""
    with connect(settings.build_path, read_only=True) as connection:
        # Asked once: the catalog binds every view whenever somebody asks for columns.
        rows = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_catalog = current_database()"
        ).fetchall()
        known = {table for (table,) in rows}
        return {table: _count(connection, table) for table in tables if table in known}


def as_of(settings: Settings) -> datetime:
    """The one moment of the built tables (UTC, without zone).

    Raises:
        TesseraError: nothing was built yet.
    """
    with connect(settings.build_path, read_only=True) as connection:
        _require(connection, "staging.as_of")
        rows = connection.execute("select as_of_at from staging.as_of").fetchall()
    moment: datetime = rows[0][0]
    return moment


def _as_floats(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    """Each column, numbers and yes or no as doubles; pandas has no decimal."""
    rows = connection.sql(f"from {table} limit 0")
    for name, kind in zip(rows.columns, rows.types, strict=True):
        quoted = f'"{name}"'
        is_number = kind.id in NUMBERS
        yield f"coalesce({quoted}::double, 'nan') as {quoted}" if is_number else quoted


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]
) -> None:
    schema = table.split(".")[0]
    connection.execute(f"create schema if not exists {schema}")
    if sorted(_columns(connection, table)) != sorted(columns):
        connection.execute(f"create or replace table {table} as from frame limit 0")
    connection.execute(f"delete from {table}")
    connection.execute(f"insert into {table} by name from frame")


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a table; none where there is no such table."""
    if not _is_known(connection, table):
        return []
    result = connection.execute(f"from {table} limit 0")
    return [name for name, *_ in result.description or ()]


def _is_known(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Asked of the names alone: the catalog binds every view to tell of columns."""
    schema, name = table.split(".")
    rows = connection.execute(
        "select 1 from information_schema.tables where"
        " table_catalog = current_database() and table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    return bool(rows)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    rows = connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows[0][0])


def _require(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    if not _is_known(connection, table):
        raise TesseraError(
            "the build database has no such table",
            where=table,
            remedy="Run `tessera run`: it builds the tables from what has landed",
        )
