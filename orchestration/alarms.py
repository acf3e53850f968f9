"""Tells somebody of a run that failed: which step, and what its gates said."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dagster import (
    AssetCheckSeverity,
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DefaultSensorStatus,
    RunFailureSensorContext,
    SensorDefinition,
    run_failure_sensor,
)

from orchestration.triggers import TRIGGER
from warehouse.alerts import raise_alert
from warehouse.settings import load_settings

SENSOR_SECONDS = 30


def failure_sensor() -> SensorDefinition:
    """An alert for each run of a schedule, a sensor or the UI that failed.

    Whoever types `tessera run` sees it fail.
    """

    @run_failure_sensor(
        name="failed_run",
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Notes each failed run in reports/alerts.jsonl, with the gates"
        " that failed, and hands it to the command of the var `alert_command`.",
    )
    def failed_run(context: RunFailureSensorContext) -> None:
        told = told_of(context.instance, context.dagster_run)
        context.log.error("Run %s failed: %s", told["run_id"], told["what"])
        context.log.info(raise_alert(load_settings(), told))

    return failed_run


def told_of(instance: DagsterInstance, run: DagsterRun) -> dict[str, Any]:
    """What an alert says of a failed run: names and verdicts, and nobody's data."""
    gates = dict(_failed_gates(instance, run.run_id))
    steps = _failed_steps(instance, run.run_id)
    what = [f"the gate `{name}` said: {said}" for name, said in gates.items()]
    what += [f"the step `{step}` failed" for step in steps if not gates]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "run_id": run.run_id,
        "job": run.job_name,
        "trigger": run.tags.get(TRIGGER, "by hand"),
        "what": " ".join(what) or "it ended before its first step.",
        "gates": sorted(gates),
        "steps": steps,
    }


def _failed_gates(instance: DagsterInstance, run_id: str) -> Iterator[tuple[str, str]]:
    """The blocking checks that failed, each with its verdict."""
    for event in _events(instance, run_id, DagsterEventType.ASSET_CHECK_EVALUATION):
        check = event.asset_check_evaluation_data
        if not check.passed and check.severity == AssetCheckSeverity.ERROR:
            yield check.check_name, check.description or "it failed."


def _failed_steps(instance: DagsterInstance, run_id: str) -> list[str]:
    failed = _events(instance, run_id, DagsterEventType.STEP_FAILURE)
    return [str(event.step_key) for event in failed]


def _events(
    instance: DagsterInstance, run_id: str, kind: DagsterEventType
) -> Iterator[Any]:
    for record in instance.get_records_for_run(run_id, of_type=kind).records:
        yield record.event_log_entry.get_dagster_event()
