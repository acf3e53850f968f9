"""What runs put in order before they begin."""

from collections.abc import Iterator

import dagster as dg
import pytest

from orchestration.housekeeping import end_killed_run
from orchestration.instance import opened
from orchestration.run import Run
from warehouse.locking import run_lock
from warehouse.settings import Settings

STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE


@dg.asset
def told(run: Run) -> None:
    """An asset that does nothing, but asks for the lock."""


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with opened(settings) as found:
        yield found


def begun(instance: dg.DagsterInstance) -> str:
    """A run that Dagster takes to be at work."""
    defs = dg.Definitions(assets=[told], resources={"run": Run()})
    job = defs.resolve_implicit_global_asset_job_def()
    return instance.create_run_for_job(job, status=STARTED).run_id


def states(instance: dg.DagsterInstance) -> dict[str, dg.DagsterRunStatus]:
    return {run.run_id: run.status for run in instance.get_runs()}


def run_of(settings: Settings, instance: dg.DagsterInstance) -> str:
    """A run of the asset that succeeds."""
    resources = {"run": Run(data_dir=str(settings.data_dir))}
    result = dg.materialize([told], instance=instance, resources=resources)
    assert result.success
    return result.run_id


def test_a_killed_run_is_at_work_no_longer(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    killed, waiting, too = begun(instance), begun(instance), begun(instance)
    with run_lock(settings, run_id=killed):
        pass
    # Killed before it could end the one before.
    with run_lock(settings, run_id=too):
        pass
    # A rollback or an erasure has no run of its own.
    with run_lock(settings) as former:
        assert former == [killed, too]
    done = run_of(settings, instance)
    assert states(instance)[killed] == states(instance)[too] == FAILURE
    assert states(instance)[waiting] == STARTED
    run_of(settings, instance)
    assert states(instance)[done] == dg.DagsterRunStatus.SUCCESS


def test_a_run_that_is_just_ending_is_waited_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = begun(instance)

    def end(seconds: float) -> None:
        run = instance.get_run_by_id(ending)
        assert run is not None
        instance.report_run_canceled(run)

    monkeypatch.setattr("orchestration.housekeeping.time.sleep", end)
    end_killed_run(instance, ending)
    assert states(instance)[ending] == dg.DagsterRunStatus.CANCELED


def test_a_run_that_dagster_does_not_know_is_no_error(
    instance: dg.DagsterInstance,
) -> None:
    end_killed_run(instance, "")
    end_killed_run(instance, "no such run")


def test_failing_runs_are_forgotten_too(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "kept", lambda self, name: 2)
    killed = [begun(instance) for _ in range(5)]
    for run_id in killed:
        with run_lock(settings, run_id=run_id):
            pass
        last = run_of(settings, instance)
    # Two of those that had ended when the last one began, and that.
    assert len(states(instance)) == 3
    assert last in states(instance)
