"""The asset `publication` run by itself publishes nothing that was not judged."""

import pytest
from dagster import AssetKey, Definitions, ExecuteInProcessResult, Failure

from expectations import discover
from orchestration.publication import publication_asset
from orchestration.run import Run
from warehouse.connection import connect
from warehouse.folders import make_folder
from warehouse.history import record_gates
from warehouse.publications import current
from warehouse.settings import Settings

RUN_ID = "00000000-0000-4000-8000-000000000001"
BUILT = """
    create schema staging; create schema marts; create schema ml;
    create table staging.as_of as select timestamp '2025-12-31' as as_of_at;
    create table marts.customers as select 1 as customer_id, as_of_at
        from staging.as_of;
    create table marts.somebodys_notes as select 'mine' as note;
    create table ml.models as
        select 'clusters' as model_name, 'v1' as model_version, 'champion' as state;
"""


@pytest.fixture
def built(settings: Settings) -> Settings:
    make_folder(settings.build_dir)
    with connect(settings.build_path) as connection:
        connection.execute(BUILT)
    record_gates(settings, "a run of yesterday", passed())
    return settings


def passed() -> list[dict[str, str]]:
    return [
        {"gate": gate.name, "entry": "rule", "state": "passed"} for gate in discover()
    ]


def run_alone(settings: Settings) -> ExecuteInProcessResult:
    """What the button Materialize does with this one asset."""
    asset = publication_asset([AssetKey(["marts", "customers"])])
    run = Run(data_dir=str(settings.data_dir))
    defs = Definitions(assets=[asset], resources={"run": run})
    job = defs.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(run_id=RUN_ID)


def test_what_no_gate_judged_is_not_published(built: Settings) -> None:
    with pytest.raises(Failure, match="not judged: behavior, features, identity"):
        run_alone(built)
    assert current(built) is None


def test_one_gate_without_a_verdict_is_enough_to_refuse(built: Settings) -> None:
    record_gates(built, RUN_ID, passed()[:-1])
    with pytest.raises(Failure, match="not judged: segments; failed: none"):
        run_alone(built)


def test_a_failed_entry_is_enough_to_refuse(built: Settings) -> None:
    failed = {"gate": "ingest", "entry": "volume", "state": "failed"}
    record_gates(built, RUN_ID, [*passed(), failed])
    with pytest.raises(Failure, match="failed: ingest:volume"):
        run_alone(built)
    assert current(built) is None


def test_what_every_gate_let_pass_is_published(built: Settings) -> None:
    accepted = {"gate": "ingest", "entry": "volume", "state": "accepted"}
    record_gates(built, RUN_ID, [*passed(), accepted])
    assert run_alone(built).success
    published = current(built)
    assert published is not None
    assert set(published.rows) == {"customers"}
