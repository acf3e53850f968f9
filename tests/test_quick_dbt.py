"""Tests run on a quicker dbt (`tests/quick_dbt.py`): it does what dbt itself does."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from dbt.adapters.events.types import SQLQuery
from dbt.context.manifest import ManifestContext
from dbt.task.build import BuildTask

import warehouse.dbt
from tests.behavior.shop import frozen, relations, table
from tests.identity.landing import land
from tests.identity.scenarios import SCENARIOS
from tests.quick_dbt import QUICK, make_quick
from warehouse.dbt import dbt_build, load_manifest
from warehouse.settings import PROJECT_DIR, Settings

LINES = [line for scenario in SCENARIOS.values() for line in scenario]
SELECTED = ["path:seeds", "+quarantine"]


def steps(folder: Path, count: int) -> list[Any]:
    """Queues, names at hand and results of so many steps, and the tables they left."""
    settings = Settings(PROJECT_DIR, folder)
    land(settings, LINES, 0)
    heard: list[Any] = []
    to_dict, get_graph_queue = ManifestContext.to_dict, BuildTask.get_graph_queue

    def hear_names(context: ManifestContext) -> Any:
        told = to_dict(context)
        made = {name: getattr(value, "macro", None) for name, value in told.items()}
        ids = {name: macro and macro.unique_id for name, macro in made.items()}
        heard.append(dict(sorted(ids.items())))
        return told

    def hear_queue(task: BuildTask) -> Any:
        queue = get_graph_queue(task)
        heard.append((sorted(queue._selected), sorted(queue.graph.edges())))
        return queue

    done = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ManifestContext, "to_dict", hear_names)
        patch.setattr(BuildTask, "get_graph_queue", hear_queue)
        for _ in range(count):
            run = dbt_build(settings, select=SELECTED)
            results = [(one.unique_id, one.state, one.failures) for one in run.results]
            # Which of two that may start comes first is a matter of moments.
            done.append([sorted(results), *sorted(heard, key=repr)])
            heard.clear()
    rows: dict[str, list[Any]] = {}
    for name in relations(settings, ["reference", "staging"]):
        told = table(settings, name)
        # Two ledgers differ by the moments at which they were filled.
        timeless = [{k: v for k, v in row.items() if k != "landed_at"} for row in told]
        rows[name] = sorted(str(frozen(row)) for row in timeless)
    return [*done, rows]


def test_steps_are_those_of_dbt_as_it_comes(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    load_manifest(Settings(PROJECT_DIR, folder))
    QUICK.undo()
    try:
        plain, rows = steps(folder, 1)
    finally:
        make_quick()
    folder.rename(tmp_path / "plain")
    first, again, rows_again = steps(folder, 2)
    assert len(plain) > 50
    assert first == plain
    [queue] = [told for told in plain if isinstance(told, tuple)]
    assert queue in again
    assert len(rows) > 20
    assert rows == rows_again


def test_a_line_of_debugging_can_be_read() -> None:
    make_quick()
    said = SQLQuery(conn_name="here", sql="select 1")
    assert said.message() == "On here: select 1"
    assert said.to_dict()["sql"] == "select 1"


def parsed(variables: dict[str, object]) -> dict[str, Any]:
    """All that a parse from nothing tells of this project, but for when it was."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.conftest.PARSED", folder)
        patch.setattr(warehouse.dbt, "_KEPT", {})
        settings = Settings(PROJECT_DIR, Path(folder))
        told = load_manifest(settings, variables).writable_manifest().to_dict()
    del told["metadata"]
    return {name: timeless(part) for name, part in told.items()}


def timeless(part: Any) -> Any:
    """The same without the moments at which nodes were made."""
    if isinstance(part, dict):
        return {name: timeless(v) for name, v in part.items() if name != "created_at"}
    return [timeless(one) for one in part] if isinstance(part, list) else part


@pytest.mark.soak
def test_a_project_is_what_dbt_as_it_comes_parses() -> None:
    sets: list[dict[str, object]] = [{}, {"sources": ["ga4"]}, {"sources": ["shopify"]}]
    make_quick()
    quick = [parsed(variables) for variables in (*sets, {})]
    QUICK.undo()
    try:
        plain = [parsed(variables) for variables in sets]
    finally:
        make_quick()
    assert quick == [*plain, plain[0]]
