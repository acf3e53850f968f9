"""What a run puts in order before it begins, so that no data folder grows for ever."""

import time
from collections.abc import Iterable

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from warehouse.artifacts import sweep_artifacts
from warehouse.settings import Settings
from warehouse.sweeping import sweep

ENDED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
# A run that has just let go of the lock tells Dagster within this that it has ended.
PATIENCE_SECONDS, POLL_SECONDS = 2.0, 0.1


def tidy(
    settings: Settings,
    instance: DagsterInstance,
    former_runs: Iterable[str],
    keep: int,
    days: int,
) -> None:
    """End the runs that held the lock before, if they were killed; let go what is old.

    `keep` ended runs stay in Dagster's memory, and for `days` what no run writes anew.
    The caller holds the run lock.
    """
    for former_run in former_runs:
        end_killed_run(instance, former_run)
    forget_runs(instance, keep)
    sweep(settings, days)
    sweep_artifacts(settings)


def end_killed_run(instance: DagsterInstance, run_id: str) -> None:
    """Tell Dagster that a run has ended which could not say so itself.

    To Dagster it would be at work for ever: others would queue behind it, and it would
    never be forgotten.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (run := instance.get_run_by_id(run_id)) and not run.is_finished:
        if time.monotonic() >= deadline:
            instance.report_run_failed(run, "This run was killed, or could not end.")
            return
        time.sleep(POLL_SECONDS)


def forget_runs(instance: DagsterInstance, keep: int) -> int:
    """Forget all runs that have ended but the newest; how many went.

    What they did stays told by `ops.run_history` and `ops.gate_results`.
    """
    ended = instance.get_run_records(RunsFilter(statuses=ENDED))
    for record in ended[keep:]:
        instance.delete_run(record.dagster_run.run_id)
    return len(ended[keep:])
