"""The one way to run a dbt step: in process, on a kept manifest, leaving no lock.

dbt itself (three seconds of imports) loads when the first step runs.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb

from warehouse.contract import PARSED_VARIABLES
from warehouse.errors import TesseraError
from warehouse.folders import make_folder
from warehouse.progress import Progress, tell
from warehouse.settings import Settings
from warehouse.stopping import stopped_by

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

# dbt's unit tests judge the rules, not the data: they are run when the rules change.
NOT_IN_RUNS = ("unit_test",)
# How macros/declared.sql tells of each mistake in what people declare: a line, which
# begins with its file.
DECLARED = re.compile(r"^\s*(models/\S+\.yml: .+)$", re.MULTILINE)
FAILED_STATES = frozenset({"error", "fail", "runtime error"})


@dataclass(frozen=True)
class NodeResult:
    """How one model, seed or test ended; `failures` counts a test's rows."""

    unique_id: str
    resource_type: str
    state: str
    seconds: float
    message: str
    failures: int

    @property
    def name(self) -> str:
        """The node's own name."""
        return self.unique_id.split(".")[2]

    @property
    def has_failed(self) -> bool:
        """Whether it failed or could not run."""
        return self.state in FAILED_STATES


@dataclass(frozen=True)
class DbtRun:
    """What one step did, in the order in which it did it."""

    results: tuple[NodeResult, ...]

    @property
    def seconds(self) -> float:
        """The seconds spent in nodes."""
        return sum(result.seconds for result in self.results)


def dbt_build(
    settings: Settings,
    *,
    select: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    variables: Mapping[str, object] | None = None,
    full_refresh: bool = False,
    excluded: Sequence[str] = NOT_IN_RUNS,
    step: str = "dbt",
) -> DbtRun:
    """Build the selected nodes (all, where none is named) but the excluded, with tests.

    A test runs once all its tables are selected or stand before the selected ones;
    resource types that are `excluded` are left out; `step` names this work to whoever
    watches the progress.

    Raises:
        TesseraError: the project does not parse, a node failed, or a test found rows
            (tests of severity `warn` only show in the result).
    """
    arguments = ["build", "--indirect-selection", "buildable"]
    if select:
        arguments += ["--select", *select]
    if exclude:
        arguments += ["--exclude", *exclude]
    if variables:
        arguments += ["--vars", json.dumps(dict(variables), default=str)]
    if excluded:
        arguments += ["--exclude-resource-types", *excluded]
    if full_refresh:
        arguments.append("--full-refresh")
    outcome = _invoke(settings, arguments, load_manifest(settings, variables), step)
    return _judged(outcome)


def manifest_json(settings: Settings) -> dict[str, Any]:
    """The parsed project as the content of a manifest.json.

    Raises:
        TesseraError: the project does not parse.
    """
    content: dict[str, Any] = load_manifest(settings).writable_manifest().to_dict()
    return content


def load_manifest(
    settings: Settings, variables: Mapping[str, object] | None = None
) -> "Manifest":
    """The parsed project: kept in this process until one of its files changes.

    Of the variables those count which decide what models there are.

    Raises:
        TesseraError: the project does not parse; the sentence is dbt's own.
    """
    given = {k: v for k, v in (variables or {}).items() if k in PARSED_VARIABLES}
    key = settings.project_dir, json.dumps(given, sort_keys=True)
    stamp = _project_stamp(settings.project_dir)
    kept = _KEPT.get(key)
    if kept is None or kept[0] != stamp:
        kept = (stamp, _parse(settings, key[1]))
        _KEPT[key] = kept
    return kept[1]


def _parse(settings: Settings, variables: str) -> "Manifest":
    outcome = _invoke(settings, ["parse", "--vars", variables], None, "parse")
    if outcome.exception or not outcome.success:
        raise _refusal(outcome.exception)
    return cast("Manifest", outcome.result)


Stamp = tuple[tuple[str, int], ...]
_KEPT: dict[tuple[Path, str], "tuple[Stamp, Manifest]"] = {}


def _project_stamp(project_dir: Path) -> Stamp:
    """The project's files with their times; equal stamps mean an equal manifest."""
    files = [project_dir / "dbt_project.yml", project_dir / "profiles.yml"]
    for folder in ("models", "macros", "seeds", "tests/dbt"):
        files += (project_dir / folder).rglob("*.*")
    known = (file for file in files if "__pycache__" not in file.parts)
    return tuple(sorted((str(file), file.stat().st_mtime_ns) for file in known))


def _invoke(
    settings: Settings,
    arguments: list[str],
    manifest: "Manifest | None",
    step: str,
) -> "dbtRunnerResult":
    with _environment(settings), _command_line(step), _closed_connections():
        from dbt.cli.main import dbtRunner
        from dbt_common.events.event_manager_client import ctx_set_event_manager

        from warehouse.dbt_events import Heard

        ctx_set_event_manager(Heard())
        runner = dbtRunner(manifest=manifest, callbacks=[_reporter(step)])
        outcome = runner.invoke(arguments + _common_arguments(settings))
    if outcome.exception and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # Ctrl-C is nobody's mistake.
    return outcome


def _common_arguments(settings: Settings) -> list[str]:
    return [
        *("--project-dir", str(settings.project_dir)),
        *("--profiles-dir", str(settings.project_dir)),
        *("--target-path", str(settings.target_dir)),
        *("--log-path", str(settings.build_dir / "logs")),
        *("--log-level", "none", "--no-use-colors"),
    ]


@contextmanager
def _environment(settings: Settings) -> Iterator[None]:
    """What profiles.yml and the models read, for the length of one step."""
    ours = {
        "TESSERA_DATA": str(settings.data_dir),
        "TESSERA_BUILD_PATH": str(settings.build_path),
        "TESSERA_RAW": str(settings.raw_dir),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE", "info"),
    }
    before = {name: os.environ.get(name) for name in ours}
    folder = Path.cwd()
    make_folder(settings.build_dir)
    os.environ.update(ours)
    try:
        yield
    finally:
        os.chdir(folder)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _command_line(step: str) -> Iterator[None]:
    """dbt keeps the command line in its artifacts, and that may name a person."""
    before = sys.argv
    sys.argv = ["tessera", step]
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _closed_connections() -> Iterator[None]:
    """dbt-duckdb keeps its file open after a step; nobody else could open it then."""
    try:
        yield
    finally:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        manager: Any = DuckDBConnectionManager
        if manager._ENV is not None:
            # After Ctrl-C a query may still be at work; it ends with the process.
            with suppress(duckdb.Error):
                manager._ENV.close()
        manager.close_all_connections()


def _reporter(step: str) -> Callable[[Any], None]:
    """A listener to dbt's events that tells of each node that starts."""

    def report(message: Any) -> None:
        if message.info.name == "LogStartLine":
            data = message.data
            name = data.node_info.node_name
            tell(Progress(step, "started", name, data.index, data.total))

    return report


def _judged(outcome: "dbtRunnerResult") -> DbtRun:
    """The run, or the first failure of it as an error."""
    if stopped_by():
        # dbt tells of it as of any error: of the query that was at work.
        raise KeyboardInterrupt
    raw_results = getattr(outcome.result, "results", None)
    if raw_results is None:
        raise _refusal(outcome.exception)
    run = DbtRun(tuple(_node_result(result) for result in raw_results))
    failed = [result for result in run.results if result.has_failed]
    if failed:
        raise _failure(failed)
    if outcome.exception or not outcome.success:
        raise _refusal(outcome.exception)
    return run


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        unique_id=result.node.unique_id,
        resource_type=str(result.node.resource_type),
        state=str(result.status),
        seconds=float(result.execution_time),
        message=(result.message or "").strip(),
        failures=int(result.failures or 0),
    )


def _failure(failed: list[NodeResult]) -> TesseraError:
    first = failed[0]
    others = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return TesseraError(
        f"{first.resource_type} `{first.name}` failed{others}",
        where="dbt",
        given=_message(first.message),
        remedy="Nothing was published; mend the cause and run again",
    )


def _refusal(exception: BaseException | None) -> TesseraError:
    declared = DECLARED.findall(str(exception or ""))
    if declared:
        return TesseraError(
            "\n".join(declared),
            remedy="Nothing was built; mend this and run again",
        )
    return TesseraError(
        "dbt could not start its work",
        where="dbt",
        given=_message(str(exception) if exception else "no reason given"),
        remedy="Nothing was built; mend the cause and run again",
    )


def _message(text: str) -> str:
    """dbt's message without the stack trace that a Python model's failure carries."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if "Traceback (most recent call last):" in lines:
        errors = [line for line in lines if "Error: " in line]
        lines = errors[-1:] or lines[-1:]
    return " ".join(lines)[:1500]
