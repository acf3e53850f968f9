"""Runs the job in this process: what `tessera run` does is what the schedule does."""

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from dagster._core.errors import (
    DagsterAssetCheckFailedError,
    DagsterExecutionInterruptedError,
)

from orchestration.definitions import JOB, REBUILD_JOB, pipeline
from orchestration.instance import opened
from warehouse.disk import full_disk
from warehouse.errors import TesseraError, causes
from warehouse.ledger import files_lost
from warehouse.settings import BUILD, Settings

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


def _run(settings: Settings, options: Options, job: str) -> Outcome:
    config = {"data_dir": str(settings.data_dir), **asdict(options)}
    # Chosen here, since a failed gate ends the run with an exception that has no id.
    run_id = str(uuid4())
    try:
        with opened(settings) as instance:
            pipeline().resolve_job_def(job).execute_in_process(
                run_config={"resources": {"run": {"config": config}}, **QUIET},
                instance=instance,
                run_id=run_id,
            )
    except DagsterAssetCheckFailedError:
        return Outcome(run_id, succeeded=False)
    except DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    except Exception as error:
        raise _told(settings, error) from error
    return Outcome(run_id, succeeded=True)


def _told(settings: Settings, error: Exception) -> Exception:
    """What the user can mend, if that is below Dagster's wrappings; else the error."""
    ours = (one for one in causes(error) if isinstance(one, TesseraError))
    refusal = full_disk(settings.data_dir, error) or files_lost(settings)
    return refusal or next(ours, error)
