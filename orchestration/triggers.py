"""When the job runs by itself: nightly, hourly, when files land, or figures drift."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from dagster import (
    DefaultScheduleStatus,
    JobDefinition,
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

from orchestration.run import RETRAIN, TAG
from warehouse.ledger import pending_files
from warehouse.publications import current
from warehouse.settings import load_settings

SENSOR_SECONDS = 60
Job = UnresolvedAssetJobDefinition | JobDefinition
TRIGGER = f"{TAG}/trigger"
# What a run is asked for; those without this tag score with the standing models.
ASKED_TO_RETRAIN = {RETRAIN: "true"}


def schedules(job: Job) -> list[ScheduleDefinition]:
    """The nightly run, on from the start, and the hourly one, to be switched on."""
    return [
        ScheduleDefinition(
            name="nightly",
            job=job,
            cron_schedule="30 3 * * *",
            default_status=DefaultScheduleStatus.RUNNING,
            tags={TRIGGER: "nightly", **ASKED_TO_RETRAIN},
            description="Every night at 03:30 UTC, with models trained anew.",
        ),
        ScheduleDefinition(
            name="hourly",
            job=job,
            cron_schedule="0 * * * *",
            tags={TRIGGER: "hourly"},
            description="Every hour; switch it on for a shop that is watched all day.",
        ),
    ]


def landing_sensor(job: Job) -> SensorDefinition:
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
        tags = {TRIGGER: "landed_files", f"{TAG}/new_files": str(len(pending))}
        return RunRequest(run_key=digest, tags=tags)

    return landed_files


def drift_sensor(job: Job) -> SensorDefinition:
    """A run that trains the models, where a gate let a drift pass with a warning.

    At most one for each day of the shop: a drift that stays is a person's to judge.
    """

    @sensor(
        name="drift",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        description="Retrains when the gates of what is published warned of a drift;"
        " once a day of the shop.",
    )
    def drift(context: SensorEvaluationContext) -> RunRequest | SkipReason:
        published = current(load_settings())
        drifted = drifts(published.gates) if published else []
        if published is None or not drifted:
            return SkipReason("No gate warned of a drift in what is published.")
        context.log.warning("%s: %s drifted", published.id, ", ".join(drifted))
        tags = {
            TRIGGER: "drift",
            f"{TAG}/drifted": ", ".join(drifted),
            **ASKED_TO_RETRAIN,
        }
        return RunRequest(run_key=f"drift {published.as_of.date()}", tags=tags)

    return drift


def drifts(gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """The entries on drift that warned: those that blocked were not published."""
    return [
        f"{row['gate']}:{row['entry']}"
        for row in gates
        if row["state"] == "warned" and "drift" in row["entry"]
    ]
