"""When the job runs by itself: nightly, hourly, or when sealed files land."""

import hashlib

from dagster import (
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from warehouse.ledger import pending_files
from warehouse.settings import load_settings

SENSOR_SECONDS = 60


def schedules(job: UnresolvedAssetJobDefinition) -> list[ScheduleDefinition]:
    """The nightly run, on from the start, and the hourly one, to be switched on."""
    return [
        ScheduleDefinition(
            name="nightly",
            job=job,
            cron_schedule="30 3 * * *",
            default_status=DefaultScheduleStatus.RUNNING,
            description="Every night at 03:30 UTC.",
        ),
        ScheduleDefinition(
            name="hourly",
            job=job,
            cron_schedule="0 * * * *",
            description="Every hour; switch it on for a shop that is watched all day.",
        ),
    ]


def landing_sensor(job: UnresolvedAssetJobDefinition) -> SensorDefinition:
    """A run as soon as sealed files have landed that the ledger does not know."""

    @sensor(
        name="landed_files",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        description="Runs when new sealed files lie in the raw folder.",
    )
    def landed_files(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        pending = pending_files(load_settings())
        if not pending:
            return SkipReason("No new sealed file in the raw folder.")
        stamps = [f"{path}:{path.stat().st_mtime_ns}" for path in pending]
        digest = hashlib.sha256("\n".join(stamps).encode()).hexdigest()
        return RunRequest(run_key=digest, tags={"new_files": str(len(pending))})

    return landed_files
