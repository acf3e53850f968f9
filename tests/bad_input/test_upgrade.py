"""A data folder of an older version heals, or says what to do; nothing is lost."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.bad_input.conftest import Says, ask, land
from tests.bad_input.odd_files import HEADER, person
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.errors import TesseraError
from warehouse.history import recorded_step, run_steps
from warehouse.ledger import current_files
from warehouse.settings import Settings
from warehouse.tables import write_frames

# What an older version may have left: fewer columns, other kinds, other types.
OLDER = (
    "alter table ops.run_history drop column memory_mb",
    "alter table ops.run_history drop column rows_set_aside",
    "alter table ml.propensity_scores drop column score_percentile",
    "drop table ml.models",
    "alter table ml.customer_clusters drop column cluster_label",
    "alter table ml.customer_clusters add column forgotten integer",
    "alter table ml.customer_clusters alter cluster_id type integer",
    "create or replace table marts.customers as select 1 as only_column",
    "drop table if exists marts.sessions",
    "create view marts.sessions as select 1 as id",
    "create table marts.long_gone as select 1 as id",
)
STAGES = ("predictions", "marts")


@pytest.fixture
def older(empty_shop: Settings, tmp_path: Path) -> Settings:
    """A copy of the empty shop's tables, as an older version might have left them."""
    settings = Settings(empty_shop.project_dir, tmp_path / "data")
    settings.build_dir.mkdir(parents=True)
    shutil.copy(empty_shop.build_path, settings.build_path)
    with connect(settings.build_path) as connection:
        for statement in OLDER:
            connection.execute(statement)
    return settings


def columns(settings: Settings, table: str) -> dict[str, str]:
    """The columns of a table with their types."""
    rows = ask(
        settings,
        "select column_name, data_type from duckdb_columns()"
        " where schema_name || '.' || table_name = ?",
        [table],
    )
    return dict(rows)


def test_tables_of_an_older_version_heal(older: Settings, empty_shop: Settings) -> None:
    with recorded_step(older, "first", "ingest"):
        pass
    (step,) = run_steps(older, "first")
    assert step["memory_mb"] > 0
    assert step["rows_set_aside"] is None
    chosen = [f"{stage},resource_type:model" for stage in STAGES]
    dbt_build(older, select=[*chosen, "stg_ops__run_steps"])
    for table in ("marts.customers", "marts.sessions", "ml.models"):
        assert columns(older, table) == columns(empty_shop, table), table
    healed = columns(older, "ml.propensity_scores")
    assert healed["score_percentile"] == "DOUBLE"
    assert "cluster_label" in columns(older, "marts.customer_clusters")
    # The table of a mart that is no more would be published for ever.
    assert columns(older, "marts.long_gone") == {}
    query = "select step, state from marts.run_history"
    assert ask(older, query) == [("ingest", "succeeded")]


def test_predictions_replace_those_of_an_older_version(older: Settings) -> None:
    frame = pd.DataFrame({"customer_id": ["a"], "cluster_id": ["quiet"]})
    write_frames(older, {"ml.customer_clusters": frame})
    rows = ask(older, "select customer_id, cluster_id from ml.customer_clusters")
    assert rows == [("a", "quiet")]


@pytest.mark.parametrize("content", [b"no database" * 1_000, b"", b"\0" * 20_000])
def test_a_database_that_nobody_can_read_is_told(
    settings: Settings, content: bytes
) -> None:
    settings.build_dir.mkdir(parents=True)
    settings.build_path.write_bytes(content)
    with pytest.raises(TesseraError, match="Remove the build folder"):
        connect(settings.build_path)


def test_a_run_on_a_broken_database_loses_nothing(
    settings: Settings, tessera: Says
) -> None:
    file = land(settings, "shop/customers/a.csv", (HEADER + person("ann")).encode())
    settings.build_dir.mkdir(parents=True)
    settings.build_path.write_bytes(b"no database" * 1_000)
    code, told = tessera(settings, "run")
    assert code == 2
    assert "Remove the build folder" in told
    assert "Traceback" not in told
    assert file.read_text() == HEADER + person("ann")
    shutil.rmtree(settings.build_dir)
    with recorded_step(settings, "next", "ingest"):
        assert [entry.path for entry in current_files(settings)] == [
            "shop/customers/a.csv"
        ]
