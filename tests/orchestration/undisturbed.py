"""What a shop must be like after a killed run: as if nothing had happened to it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from warehouse.connection import connect
from warehouse.history import run_gates, run_steps
from warehouse.settings import Settings

# The one list of what may differ between a shop whose run was killed and begun anew,
# and one that nobody disturbed; all else is equal, row by row.
COLUMNS = {
    "run_id": "each run has an id of its own",
    "superseding_run_id": "likewise",
    "recorded_at": "when a run recorded something, by the clock of the machine",
    "superseded_at": "likewise",
    "first_recorded_at": "likewise",
    "landed_at": "when a file was taken in, by the clock of the machine",
}
TABLES = {
    "run_history": "has the steps of the killed run too; the last run is compared",
    "gate_results": "likewise",
    "segment_runs": "has the killed run too, where it came to record memberships",
    "segment_changes": "what the ledger does not know yet: nothing, where it does",
    "segment_flips": "likewise",
    "exact_beliefs": "what was told of the beginning of what the ledger knows",
    "exact_changes": "what the ledger does not know yet",
    "exact_reaching": "what it does know",
    "run_changes": "what it does not know yet",
    "segment_moves": "likewise",
}


Columns = dict[str, str]


def differences(shop: Settings, undisturbed: Settings) -> list[str]:
    """One sentence for each table that is another one, built or published."""
    return [
        *_differences(shop.build_path, undisturbed.build_path),
        *_differences(_published(shop), _published(undisturbed)),
    ]


def last_run(shop: Settings, run_id: str) -> list[tuple[object, ...]]:
    """What a run says of itself, without its times."""
    steps = run_steps(shop, run_id)
    gates = run_gates(shop, run_id)
    return [
        *((one["step"], one["state"]) for one in steps),
        *((one["gate"], one["entry"], one["state"]) for one in gates),
    ]


def _published(shop: Settings) -> Path:
    return shop.published_link / "tessera.duckdb"


def _differences(path: Path, other: Path) -> Iterator[str]:
    with connect() as tables:
        for name, file in (("this", path), ("that", other)):
            quoted = str(file).replace("'", "''")
            tables.execute(f"attach '{quoted}' as {name} (read_only)")
        found, expected = _columns(tables, "this"), _columns(tables, "that")
        assert len(expected) > len(TABLES)
        for table in sorted(found.keys() | expected.keys()):
            listed = found.get(table, "")
            if listed != expected.get(table):
                yield f"{table} has other columns, or stands on one side alone"
                continue
            more = _more(tables, f"{listed} from this.{table}", f"that.{table}")
            less = _more(tables, f"{listed} from that.{table}", f"this.{table}")
            if more or less:
                yield f"{path.parent.name}: {table}: {more} rows more, {less} less"


def _more(tables: duckdb.DuckDBPyConnection, rows: str, other: str) -> int:
    """How many rows the other table lacks."""
    columns = rows.split(" from ")[0]
    [(count,)] = tables.execute(
        f"select count(*) from (select {rows} except all select {columns} from {other})"
    ).fetchall()
    return int(count)


def _columns(tables: duckdb.DuckDBPyConnection, name: str) -> Columns:
    """By table that is compared, those of its columns that are, with their names."""
    rows = tables.execute(
        "select schema_name || '.' || table_name, table_name,"
        " string_agg('\"' || column_name || '\"', ', ' order by column_name)"
        " from duckdb_columns() semi join duckdb_tables()"
        " using (database_name, schema_name, table_name)"
        " where database_name = $name and not list_contains($about_runs, column_name)"
        " group by all",
        {"name": name, "about_runs": list(COLUMNS)},
    ).fetchall()
    return {table: columns for table, bare, columns in rows if bare not in TABLES}
