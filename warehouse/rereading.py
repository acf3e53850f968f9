"""Has landed files read again: after a reader was mended, or tables were harmed.

The rows of these files leave the tables that keep rows by load, and are noted as to be
read again; what is derived from such rows starts afresh. The next run fills the gaps
from the files of these loads alone, whenever it comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.connection import connect
from warehouse.contract import Contract
from warehouse.dbt import load_manifest
from warehouse.ledger import LandedFile, current_files, measure_again
from warehouse.settings import Settings

# How models keep rows that are those of one load, whatever other loads brought.
BY_LOAD = frozenset({"append", "replace_loads"})
# As the YAML of the sources has it; a run that never came so far did not make it.
TABLE = "ops.loads_to_reread (model varchar, load_seq bigint)"
MARKS = "ops.high_water_marks"


@dataclass(frozen=True)
class Reread:
    """The files that the next run reads again, and those whose content has changed."""

    files: list[LandedFile]
    changed: list[LandedFile]

    @property
    def line_count(self) -> int:
        """The records of these files, as the ledger counted them before."""
        return sum(file.line_count for file in self.files)


def read_again(
    settings: Settings, first: date, last: date, contract: Contract | None = None
) -> Reread:
    """Have the files read again that landed on these days (UTC), both included.

    They are measured anew, too, so that a file that was edited without a new stamp is
    known to be another. The caller holds the run lock.

    Raises:
        TesseraError: a file of the ledger is gone, an erasure was broken off, or the
            project does not parse.
    """
    files = [
        file
        for file in current_files(settings, contract)
        if first <= file.landed_at.date() <= last
    ]
    # First, for it refuses what stands in the way; a kill after it takes nothing out.
    changed = measure_again(settings, files)
    if files and settings.build_path.exists():
        by_load, derived = _kept_models(settings)
        with connect(settings.build_path) as build:
            build.execute("begin")
            _take_out(build, by_load, [file.load_seq for file in files])
            _start_afresh(build, derived)
            build.execute("commit")
    return Reread(files, changed)


def _kept_models(settings: Settings) -> tuple[dict[str, str], list[str]]:
    """The models that keep rows by load, with their tables; and those derived."""
    by_load, derived = {}, []
    for node in load_manifest(settings).nodes.values():
        if node.config.get("materialized") != "incremental":
            continue
        if node.config.get("incremental_strategy") in BY_LOAD:
            by_load[node.name] = f"{node.schema}.{node.name}"
        else:
            derived.append(node.name)
    return by_load, derived


def _take_out(
    build: duckdb.DuckDBPyConnection, tables: dict[str, str], loads: Iterable[int]
) -> None:
    """Remove the rows of these loads, and note the gaps."""
    build.execute("create schema if not exists ops")
    build.execute(f"create table if not exists {TABLE}")
    named = list(loads)
    for model, table in tables.items():
        if _exists(build, table):
            build.execute(
                f"delete from {table} where list_contains(?, load_seq)", [named]
            )
            build.execute(
                "insert into ops.loads_to_reread select ?, unnest(?::bigint[])",
                [model, named],
            )


def _start_afresh(build: duckdb.DuckDBPyConnection, models: list[str]) -> None:
    """Forget the marks of these models: without one, a model builds all its rows."""
    if _exists(build, MARKS):
        build.execute(f"delete from {MARKS} where list_contains(?, model)", [models])


def _exists(build: duckdb.DuckDBPyConnection, table: str) -> bool:
    schema, name = table.split(".")
    found = build.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    return bool(found)
