"""Two builds are equal in every row and column, or each difference is told."""

import re
from pathlib import Path

import pytest

from warehouse.comparing import differences
from warehouse.connection import connect

BASE = (
    "create schema marts; create table marts.t as select i, i / 7 as share"
    " from range(5) r(i); create table marts.run_history as select {run} as run"
)


@pytest.fixture
def builds(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "it's standing.duckdb", tmp_path / "rebuilt.duckdb"
    for run, path in enumerate(paths):
        with connect(path) as connection:
            connection.execute(BASE.format(run=run))
    return paths


def change(path: Path, sql: str) -> None:
    with connect(path) as connection:
        connection.execute(sql)


def test_equal_rows_in_another_order_are_equal(builds: tuple[Path, Path]) -> None:
    change(
        builds[1],
        "create or replace table marts.t as select share, i from marts.t"
        " order by i desc",
    )
    assert differences(*builds) == []


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("update marts.t set share = 9 where i = 3", "1 rows stand"),
        ("insert into marts.t from marts.t where i = 3", "0 rows stand .* 1 are miss"),
        ("alter table marts.t alter i type integer", "other columns or types"),
        ("drop table marts.t", "only among the standing"),
        ("create table marts.more as select 1 as a", "only among the rebuilt"),
    ],
)
def test_each_difference_is_told(
    builds: tuple[Path, Path], sql: str, told: str
) -> None:
    change(builds[1], sql)
    [sentence] = differences(*builds)
    assert re.search(told, sentence)
