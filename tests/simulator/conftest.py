"""A small simulated shop for each of three seeds, and the means to question it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from simulator import SimulationReport, simulate
from warehouse.connection import connect

CUSTOMERS, DAYS = 1_500, 180
WEB = """{type: 'varchar', event: 'varchar', messageId: 'varchar',
    anonymousId: 'varchar', userId: 'varchar', timestamp: 'timestamptz',
    sentAt: 'timestamptz', receivedAt: 'timestamptz', context: 'json',
    properties: 'json', traits: 'json'}"""
ESP = """{sg_event_id: 'varchar', sg_message_id: 'varchar', event: 'varchar',
    email: 'varchar', timestamp: 'bigint', received_at: 'bigint',
    campaign_id: 'varchar', url: 'varchar', useragent: 'varchar',
    dwell_seconds: 'bigint'}"""


@dataclass(frozen=True)
class Shop:
    """A simulated shop, with its exports as views of a database in memory."""

    report: SimulationReport
    connection: duckdb.DuckDBPyConnection

    def one(self, query: str) -> tuple[Any, ...]:
        """Return the only row of a query."""
        row = self.connection.execute(query).fetchone()
        assert row is not None
        return tuple(row)

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.connection.execute(query).fetchall()


@pytest.fixture(scope="session", params=[1, 2, 3])
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    report = simulate(
        folder / "raw", customers=CUSTOMERS, days=DAYS, seed=request.param
    )
    connection = connect()
    _views(connection, report.out, report.truth)
    yield Shop(report, connection)
    connection.close()


def _views(connection: duckdb.DuckDBPyConnection, raw: Path, truth: Path) -> None:
    for name, source, columns in (("web", "web", WEB), ("mail", "esp", ESP)):
        connection.execute(
            f"create table {name} as select * from read_json("
            f"'{raw}/{source}/events/*.jsonl', format = 'newline_delimited', "
            f"ignore_errors = true, columns = {columns})"
        )
    for entity in ("customers", "orders", "order_lines", "refunds", "products"):
        _csv(connection, entity, raw / "shop" / entity)
    _csv(connection, "contacts", raw / "crm" / "contacts")
    _csv(connection, "subscribers", raw / "esp" / "subscribers")
    for file in sorted(truth.glob("*.parquet")):
        connection.execute(f"create view true_{file.stem} as from '{file}'")


def _csv(connection: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    connection.execute(
        f"create table {name} as "
        f"from read_csv('{folder}/*.csv', all_varchar = true, header = true)"
    )
