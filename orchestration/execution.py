"""Runs the job in this process: what `tessera run` does is what the schedule does."""

import os
from dataclasses import asdict, dataclass, field
from typing import Any

from dagster import DagsterInstance

from orchestration.definitions import JOB, pipeline
from orchestration.instance import opened
from warehouse.errors import TesseraError
from warehouse.settings import BUILD, Settings


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
    # The daemon's sensors and our assets must mean the same data folder.
    os.environ["TESSERA_DATA"] = str(settings.data_dir)
    with opened(settings) as instance:
        return _execute(settings, options, instance)


def _execute(
    settings: Settings, options: Options, instance: DagsterInstance
) -> Outcome:
    config = {"data_dir": str(settings.data_dir), **asdict(options)}
    job = pipeline().resolve_job_def(JOB)
    try:
        result = job.execute_in_process(
            run_config={"resources": {"run": {"config": config}}},
            instance=instance,
            raise_on_error=True,
        )
    except Exception as error:
        cause = _ours(error)
        if cause is None and not _is_gate(error):
            raise
        if cause:
            raise cause from error
        return Outcome(run_id=_last_run(instance), succeeded=False)
    return Outcome(run_id=result.run_id, succeeded=result.success)


def _ours(error: BaseException | None) -> TesseraError | None:
    """The TesseraError at the bottom of Dagster's wrappings, if there is one."""
    while error is not None and not isinstance(error, TesseraError):
        error = error.__cause__ or error.__context__
    return error


def _is_gate(error: BaseException) -> bool:
    return type(error).__name__ == "DagsterAssetCheckFailedError"


def _last_run(instance: DagsterInstance) -> str:
    return instance.get_runs(limit=1)[0].run_id
