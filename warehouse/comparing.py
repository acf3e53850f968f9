"""Compares two builds, table by table and row by row: an incremental and a fresh."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.connection import connect

STAGES = (
    "reference",
    "staging",
    "identity",
    "behavior",
    "lifecycle",
    "features",
    "ml",
    "predictions",
    "segments",
    "marts",
)
# What tells of runs and not of the shop differs from run to run.
ABOUT_RUNS = ("run_history", "segment_moves", "segment_flips", "segment_changes")


def differences(standing: Path, rebuilt: Path) -> list[str]:
    """One sentence for each table that is not the same in both build databases.

    Views are left out: what they show is a function of the tables.
    """
    with connect() as connection:
        for alias, path in (("standing", standing), ("rebuilt", rebuilt)):
            quoted = str(path).replace("'", "''")
            connection.execute(f"attach '{quoted}' as {alias} (read_only)")
        names = sorted(_tables(connection))
        return [sentence for name in names for sentence in _compare(connection, name)]


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables of either build, as `schema.name`."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name in ('standing', 'rebuilt')"
    ).fetchall()
    return {
        f"{schema}.{table}"
        for schema, table in rows
        if schema in STAGES and table not in ABOUT_RUNS
    }


def _compare(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[str]:
    standing, rebuilt = (
        _columns(connection, alias, name) for alias in ("standing", "rebuilt")
    )
    if not standing or not rebuilt:
        yield f"{name}: only among the {'standing' if standing else 'rebuilt'} tables."
    elif standing != rebuilt:
        odd = sorted(f"{c} {t}" for c, t in standing.items() ^ rebuilt.items())
        yield f"{name}: other columns or types ({', '.join(odd)})."
    else:
        yield from _compare_rows(connection, name, list(standing))


def _columns(
    connection: duckdb.DuckDBPyConnection, alias: str, name: str
) -> dict[str, str]:
    """The columns of a table with their types; empty where there is no such table."""
    rows = connection.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = ? and schema_name || '.' || table_name = ?"
        " order by column_name",
        [alias, name],
    ).fetchall()
    return dict(rows)


def _compare_rows(
    connection: duckdb.DuckDBPyConnection, name: str, columns: list[str]
) -> Iterator[str]:
    listed = ", ".join(f'"{column}"' for column in columns)
    extra, missing = (
        connection.execute(
            f"select count(*) from (select {listed} from {one}.{name}"
            f" except all select {listed} from {other}.{name})"
        ).fetchall()[0][0]
        for one, other in (("standing", "rebuilt"), ("rebuilt", "standing"))
    )
    if extra or missing:
        yield (
            f"{name}: {extra:,} rows stand that a rebuild does not make,"
            f" {missing:,} are missing."
        )
