"""Models as dbt compiles them, run on tables in memory: many cases, and no build."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pyarrow as pa

from tests.pipeline.live import in_memory
from warehouse.dbt import _invoke, load_manifest
from warehouse.settings import PROJECT_DIR, Settings

Row = dict[str, Any]
MODELS = (
    "referrer_hosts",
    "session_sources",
    "session_channels",
    "order_touches",
    "order_credits",
    "channel_paths",
    "path_credits",
    "mart_channel_attribution",
    "lifecycle_acts",
    "lifecycle_states",
    "lifecycle_history",
    "stage_moments",
    "stage_moves",
    "lifecycle_transitions",
)
SEEDS = ("source_categories", "payment_hosts")


@cache
def compiled(
    data_dir: Path, models: Sequence[str] = MODELS
) -> dict[str, tuple[str, str]]:
    """Of each of these models: its table, and the SQL that dbt would run."""
    settings = Settings(PROJECT_DIR, data_dir)
    arguments = ["compile", "--select", *models]
    outcome: Any = _invoke(settings, arguments, load_manifest(settings), "compile")
    assert outcome.success, outcome.exception
    nodes = [result.node for result in outcome.result.results]
    return {
        node.name: (f"{node.schema}.{node.alias}", str(node.compiled_code))
        for node in nodes
    }


def tables(given: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    """A database in memory with the seeds and what a test gives, by `schema.name`."""
    database = in_memory()
    database.execute("create schema reference")
    for seed in SEEDS:
        database.execute(
            f"create table reference.{seed} as from read_csv(?, all_varchar := true)",
            [str(PROJECT_DIR / "seeds" / f"{seed}.csv")],
        )
    for name, table in given.items():
        database.execute(f"create schema if not exists {name.split('.')[0]}")
        database.register("given", table)
        database.execute(f"create table {name} as from given")
    return database


def run(
    data_dir: Path, database: duckdb.DuckDBPyConnection, models: Sequence[str]
) -> None:
    """Make the tables of these models, in this order."""
    for model in models:
        name, sql = compiled(data_dir)[model]
        database.execute(f"create schema if not exists {name.split('.')[0]}")
        database.execute(f"create or replace table {name} as {sql}")


def asked(
    database: duckdb.DuckDBPyConnection, query: str, values: Any = None
) -> list[Row]:
    """The rows that a query finds, by column."""
    result = database.execute(query, values)
    columns = [str(column[0]) for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def rendered(call: str) -> str:
    """What a call of the macros for channels and addresses becomes."""
    files = ("urls", "channels")
    macros = [
        (PROJECT_DIR / "macros" / f"{file}.sql").read_text("utf-8") for file in files
    ]
    return jinja2.Template("".join(macros) + "{{ " + call + " }}").render()


def fixture(folder: Path, name: str) -> list[dict[str, str | None]]:
    """A peer's CSV; what is empty there is nothing."""
    with (folder / name).open(encoding="utf-8") as file:
        return [
            {column: value or None for column, value in row.items()}
            for row in csv.DictReader(file)
        ]
