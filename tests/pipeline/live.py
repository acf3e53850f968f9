"""The SQL that dbt compiled, run unchanged on a database in memory."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import connect
from warehouse.settings import Settings


@cache
def compiled(manifest: Path) -> dict[str, tuple[str, str, str]]:
    """Of each model: its schema, its table and the SQL that dbt ran."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["name"]: (node["schema"], node["alias"], node.get("compiled_code") or "")
        for node in nodes
        if node["resource_type"] == "model"
    }


def in_memory() -> duckdb.DuckDBPyConnection:
    """An empty database under the warehouse's name."""
    connection = connect()
    connection.execute("attach ':memory:' as tessera")
    connection.execute("use tessera")
    return connection


def run_models(
    settings: Settings, connection: duckdb.DuckDBPyConnection, models: Iterable[str]
) -> None:
    """Make the tables of these models, in this order, from the compiled SQL."""
    known = compiled(settings.target_dir / "manifest.json")
    for model in models:
        schema, table, sql = known[model]
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create or replace table {schema}.{table} as {sql}")


def rows(
    connection: duckdb.DuckDBPyConnection, table: str, where: str = "true"
) -> list[tuple[Any, ...]]:
    """All columns of some rows, in a total order."""
    return connection.execute(
        f"select * from {table} where {where} order by all"
    ).fetchall()
