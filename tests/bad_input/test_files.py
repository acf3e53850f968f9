"""Files that never came, were replaced or got lost; folders that are empty."""

import pytest

from tests.bad_input.conftest import Says, ask, land
from tests.bad_input.odd_files import HEADER, person
from warehouse.dbt import DbtRun, dbt_build, manifest_json
from warehouse.errors import TesseraError
from warehouse.settings import Settings

CUSTOMERS = (
    "declared_columns",
    "attached_tables",
    "landed_files",
    "salvaged_rows",
    "base_shop__customers",
    "stg_shop__customers",
)


def customers(settings: Settings) -> list[str]:
    """Stage the customers alone; who they are."""
    chosen = [f"{name},resource_type:model" for name in CUSTOMERS]
    dbt_build(settings, select=chosen)
    query = "select user_id from staging.stg_shop__customers order by all"
    return [name for (name,) in ask(settings, query)]


def test_a_replaced_file_counts_and_a_lost_one_is_told(settings: Settings) -> None:
    file = land(settings, "shop/customers/a.csv", (HEADER + person("old")).encode())
    other = land(settings, "shop/customers/b.csv", (HEADER + person("b")).encode())
    land(settings, "shop/customers/c.csv.open", (HEADER + person("open")).encode())
    assert customers(settings) == ["b", "old"]
    file.write_text(HEADER + person("new-1") + person("new-2"))
    assert customers(settings) == ["b", "new-1", "new-2"]
    other.rename(other.with_name("moved.csv.open"))
    with pytest.raises(TesseraError, match=r"read before are gone.*b\.csv") as told:
        customers(settings)
    assert "Traceback" not in str(told.value)


def test_run_on_nothing_says_what_to_do(settings: Settings, tessera: Says) -> None:
    code, told = tessera(settings, "run")
    assert code == 2
    assert "nothing has landed yet" in told
    assert "tessera simulate" in told
    assert "web/events" in told
    assert not settings.data_dir.exists()


def test_every_rule_holds_at_its_boundary(
    empty_folder: Settings, built_on_nothing: DbtRun
) -> None:
    """The only place where dbt's unit tests run: a run leaves them out."""
    written = manifest_json(empty_folder)["unit_tests"]
    judged = {result.unique_id: result.state for result in built_on_nothing.results}
    assert {name: judged[name] for name in written} == dict.fromkeys(written, "pass")
    assert len(written) >= 30


def test_dbt_build_on_nothing_gives_empty_typed_tables(empty_shop: Settings) -> None:
    tables = ask(
        empty_shop,
        "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
        " where schema_name not in ('main', 'reference', 'ops', 'ml')",
    )
    rows = {name: count for name, count in tables if count}
    # What speaks of the project and not of the shop has its rows all the same.
    assert rows.keys() <= {
        "staging.as_of",
        "staging.declared_columns",
        "staging.feature_moments",
        "lifecycle.stage_moments",
        "predictions.model_outputs",
        "segments.segment_outputs",
        "segments.segment_definitions",
        "segments.exact_versions",
        "segments.segment_versions",
        "segments.segment_summary",
        "segments.segment_overlap",
        "marts.segment_summary",
        "marts.segment_overlap",
    }
    assert len(tables) > 60
    columns = ask(
        empty_shop,
        "select column_name, data_type from duckdb_columns()"
        " where schema_name = 'marts' and table_name = 'customers'",
    )
    assert dict(columns)["purchase_30d_probability"] == "DOUBLE"
