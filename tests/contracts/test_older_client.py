"""Older clients read what is published: BI tools are updated later than warehouses."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.contracts import declared
from warehouse.connection import connect
from warehouse.publishing import publish
from warehouse.settings import Settings

AS_OF = datetime(2025, 12, 31, 12)
CLIENT = Path(sys.prefix) / "duckdb-1.4"
# One value of each type that a mart may have.
VALUES = {
    "varchar": "'tuile, façade'",
    "varchar[]": "['a', null]",
    "boolean": "true",
    "date": "date '2025-12-31'",
    "timestamp": "timestamp '2025-12-31 12:00:00'",
    "integer": "-1",
    "bigint": "9000000000",
    "double": "0.5",
    "decimal(18,2)": "19.90",
    "decimal(18,9)": "0.333333334",
    "struct(product_id varchar, quantity bigint, price decimal(18,2))[]": (
        "[{'product_id': 'p', 'quantity': 2, 'price': 9.95}]"
    ),
    "struct(column_name varchar, change_kind varchar, found_as varchar,"
    " empty_count bigint)[]": (
        "[{'column_name': 'a', 'change_kind': 'gone', 'found_as': null,"
        " 'empty_count': 2}]"
    ),
    "struct(record_id varchar, source varchar, masked_value varchar,"
    " lost_by varchar)[]": (
        "[{'record_id': 'r', 'source': 'crm', 'masked_value': 'a…', 'lost_by': 'b'}]"
    ),
    "struct(link_url varchar, click_count bigint, dwell_seconds bigint)[]": (
        "[{'link_url': '/p', 'click_count': 2, 'dwell_seconds': 30}]"
    ),
}
# Reads every column of every table, as a client of its own version.
READ = """
import duckdb, json, sys
client = duckdb.connect(sys.argv[1], read_only=True)
names = [name for (name,) in client.execute("show tables").fetchall()]
tables = {name: client.execute(f'from "{name}"').fetchall() for name in names}
print(json.dumps([duckdb.__version__, tables], default=str))
"""


@pytest.fixture
def published(settings: Settings) -> Path:
    """Every mart of the contracts with a row that has all values, and one of none."""
    settings.build_dir.mkdir(parents=True)
    with connect(settings.build_path) as connection:
        connection.execute("create schema marts")
        for mart, columns in declared().items():
            typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f'create table marts."{mart}" ({typed})')
            values = ", ".join(VALUES[kind] for kind in columns.values())
            connection.execute(f'insert into marts."{mart}" values ({values})')
            connection.execute(
                f'insert into marts."{mart}" (as_of_at) values (?)',
                [AS_OF],
            )
    return publish(settings, AS_OF).database


@pytest.mark.skipif(
    not CLIENT.exists(),
    reason="`make setup` installs the older client",
)
def test_a_client_of_1_4_reads_every_table(published: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", READ, str(published)],
        env={**os.environ, "PYTHONPATH": str(CLIENT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    version, tables = json.loads(ended.stdout)
    assert version.startswith("1.4.")
    assert tables.keys() == declared().keys()
    with connect(published, read_only=True) as connection:
        for name, rows in tables.items():
            ours = connection.execute(f'from "{name}"').fetchall()
            assert len(rows) == 2
            assert rows == as_json(ours), name


def as_json(rows: list[Any]) -> Any:
    """Rows as the client prints them."""
    return json.loads(json.dumps(rows, default=str))
