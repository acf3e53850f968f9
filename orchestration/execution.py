"""Runs the job in this process: what `tessera run` does is what the schedule does."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from dagster import Failure
from dagster._core.errors import (
    DagsterAssetCheckFailedError,
    DagsterExecutionInterruptedError,
)
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

from orchestration.definitions import BACKFILL_JOB, JOB, REBUILD_JOB, pipeline
from orchestration.instance import opened
from orchestration.rereading import LANDING_DAYS
from orchestration.triggers import TRIGGER
from warehouse.disk import full_disk
from warehouse.errors import TesseraError, causes
from warehouse.ledger import files_lost
from warehouse.settings import BUILD, Settings
from warehouse.stopping import Stopped

# The terminal shows our own progress; Dagster's lines are kept with the run.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Options:
    """The options of a run, as the resource `run` takes them."""

    build_name: str = BUILD
    profile: str = ""
    as_of: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    full_refresh: bool = False
    accepted: list[dict[str, str]] = field(default_factory=list)
    wait_seconds: int = 0
    retrain: bool = False


@dataclass(frozen=True)
class Outcome:
    """Which run it was, and whether it came to its end."""

    run_id: str
    succeeded: bool


def execute(settings: Settings, options: Options) -> Outcome:
    """Run the job on a data folder; a failed gate ends it without an exception.

    Raises:
        TesseraError: the user can mend what stopped the run.
    """
    return _run(settings, options, JOB)


def rebuild(settings: Settings, options: Options) -> Outcome:
    """Build all tables anew, without gates and without publishing.

    Raises:
        TesseraError: the user can mend what stopped the run.
    """
    return _run(settings, options, REBUILD_JOB)


def backfill(settings: Settings, options: Options, days: tuple[date, date]) -> Outcome:
    """The job with the files read again that landed from one day to another (UTC).

    Raises:
        TesseraError: the user can mend what stopped the run, or no such day is known.
    """
    first, last = (day.isoformat() for day in days)
    known = LANDING_DAYS.get_partition_keys()
    if first not in known or last not in known or first > last:
        raise TesseraError(
            "these are no days on which files can have landed",
            given=f"{first} to {last}",
            allowed=f"two days from {known[0]} to {known[-1]}, the earlier one first",
        )
    tags = {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
    return _run(settings, options, BACKFILL_JOB, tags)


def _run(
    settings: Settings,
    options: Options,
    job: str,
    tags: Mapping[str, str] | None = None,
) -> Outcome:
    config = {"data_dir": str(settings.data_dir), **asdict(options)}
    # Chosen here, since a failed gate ends the run with an exception that has no id.
    run_id = str(uuid4())
    try:
        with opened(settings) as instance:
            pipeline().resolve_job_def(job).execute_in_process(
                run_config={"resources": {"run": {"config": config}}, **QUIET},
                instance=instance,
                run_id=run_id,
                tags={TRIGGER: "command line", **(tags or {})},
            )
    except DagsterAssetCheckFailedError:
        return Outcome(run_id, succeeded=False)
    except (DagsterExecutionInterruptedError, KeyboardInterrupt):
        raise Stopped from None
    except Failure as failure:
        # What ended a step that is never tried again.
        raise _told(settings, failure.__cause__ or failure) from failure
    except Exception as error:
        raise _told(settings, error) from error
    return Outcome(run_id, succeeded=True)


def _told(settings: Settings, error: BaseException) -> BaseException:
    """What the user can mend, if that is below Dagster's wrappings; else the error."""
    ours = (one for one in causes(error) if isinstance(one, TesseraError))
    refusal = full_disk(settings.data_dir, error) or files_lost(settings)
    return refusal or next(ours, error)
