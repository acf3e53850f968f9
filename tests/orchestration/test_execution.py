"""What an execution tells of itself, also when other runs are about."""

import pytest
from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetSelection,
    Definitions,
    asset,
    asset_check,
    define_asset_job,
)

from orchestration.alarms import told_of
from orchestration.definitions import JOB
from orchestration.execution import Options, execute
from orchestration.instance import opened
from orchestration.run import TAG, Run
from orchestration.triggers import TRIGGER
from warehouse.history import run_steps
from warehouse.settings import Settings
from warehouse.versions import definition_versions


@asset
def built(context: AssetExecutionContext, run: Run) -> None:
    """Somebody queues another run while this one is at work."""
    with run.step("built"):
        context.instance.create_run_for_job(context.job_def)


@asset_check(asset=built, blocking=True)
def gate() -> AssetCheckResult:
    """Never holds."""
    return AssetCheckResult(passed=False, description="1 failed: volume.")


def test_a_failed_gate_is_told_of_the_run_that_failed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = define_asset_job(JOB, AssetSelection.all())
    defs = Definitions(
        assets=[built],
        asset_checks=[gate],
        jobs=[job],
        resources={"run": Run()},
    )
    monkeypatch.setattr("orchestration.execution.pipeline", lambda: defs)
    outcome = execute(settings, Options())
    assert not outcome.succeeded
    assert [step["step"] for step in run_steps(settings, outcome.run_id)] == ["built"]
    with opened(settings) as instance:
        run = instance.get_run_by_id(outcome.run_id)
        assert run
        told = told_of(instance, run)
    # Under which definitions it ran, and what an alert would say of it.
    versions = definition_versions(settings)
    assert {"version", "segments", "rules"} <= versions.keys()
    assert {f"{TAG}/{name}": said for name, said in versions.items()}.items() <= (
        run.tags.items()
    )
    assert run.tags[TRIGGER] == told["trigger"] == "command line"
    assert told["gates"] == ["gate"]
    assert told["what"] == "the gate `gate` said: 1 failed: volume."
