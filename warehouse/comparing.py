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
# The columns of a table with their types, in each build; none where there is no table.
Columns = dict[str, dict[str, str]]
# What tells of runs and not of the shop differs from run to run.
ABOUT_RUNS = (
    "run_history",
    "segment_moves",
    "segment_flips",
    "segment_changes",
    "run_changes",
    "exact_versions",
    "exact_reaching",
    "exact_beliefs",
    "exact_changes",
)


def differences(standing: Path, rebuilt: Path) -> list[str]:
    """One sentence for each table that is not the same in both build databases.

    Views are left out: what they show is a function of the tables.
    """
    with connect() as connection:
        for alias, path in (("standing", standing), ("rebuilt", rebuilt)):
            quoted = str(path).replace("'", "''")
            connection.execute(f"attach '{quoted}' as {alias} (read_only)")
        columns = _columns(connection)
        names = sorted(_tables(connection))
        return [
            sentence
            for name in names
            for sentence in _compare(connection, name, columns[name])
        ]


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


def _compare(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Columns
) -> Iterator[str]:
    standing, rebuilt = columns["standing"], columns["rebuilt"]
    if not standing or not rebuilt:
        yield f"{name}: only among the {'standing' if standing else 'rebuilt'} tables."
    elif standing != rebuilt:
        odd = sorted(f"{c} {t}" for c, t in standing.items() ^ rebuilt.items())
        yield f"{name}: other columns or types ({', '.join(odd)})."
    else:
        yield from _compare_rows(connection, name, list(standing))


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, Columns]:
    """The columns of each table with their types, by build.

    Asked once for all: the catalog looks through both builds for each question.
    """
    rows = connection.execute(
        "select schema_name || '.' || table_name, database_name, column_name, data_type"
        " from duckdb_columns() where database_name in ('standing', 'rebuilt')"
        " order by all"
    ).fetchall()
    found: dict[str, Columns] = {}
    for name, build, column, kind in rows:
        of_both = found.setdefault(name, {"standing": {}, "rebuilt": {}})
        of_both[build][column] = kind
    return found


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
