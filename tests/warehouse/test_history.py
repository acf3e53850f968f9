"""Runs leave a record of each step and each gate, also when they fail."""

import pytest

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.flow import Flow
from warehouse.history import record_gates, recorded_step, run_gates, run_steps
from warehouse.memory import forget_peak
from warehouse.progress import Progress, listening
from warehouse.settings import Settings


def test_a_step_is_recorded_with_what_it_says_of_itself(settings: Settings) -> None:
    with recorded_step(settings, "run 1", "ingest") as note:
        note.row_count, note.detail = 7, "seven"
    [step] = run_steps(settings, "run 1")
    assert (step["step"], step["state"]) == ("ingest", "succeeded")
    assert (step["row_count"], step["detail"]) == (7, "seven")
    assert step["finished_at"] >= step["started_at"]
    assert step["memory_mb"] > 10


def test_a_step_tells_its_rows_and_no_others(settings: Settings) -> None:
    with recorded_step(settings, "run 1", "dbt_to_records") as note:
        note.tell_rows(Flow(10, 7, 3))
    with recorded_step(settings, "run 1", "matching") as note:
        note.tell_rows(Flow(7, 2))
    rows = ("rows_in", "rows_out", "rows_set_aside")
    told = [tuple(step[name] for name in rows) for step in run_steps(settings, "run 1")]
    assert told == [(10, 7, 3), (7, 2, None)]


def test_a_table_of_an_older_version_gets_its_columns(settings: Settings) -> None:
    with recorded_step(settings, "run 1", "ingest"):
        pass
    with connect(settings.build_path) as build:
        build.execute("alter table ops.run_history drop column rows_in")
    with recorded_step(settings, "run 2", "ingest") as note:
        note.tell_rows(Flow(10, 7, 3))
    told = [run_steps(settings, run)[0]["rows_in"] for run in ("run 1", "run 2")]
    assert told == [None, 10]


def test_a_small_step_inherits_no_memory(settings: Settings) -> None:
    if not forget_peak():
        pytest.skip("this system does not tell the memory of a step")
    with recorded_step(settings, "run 1", "a large one"):
        assert b"x" * 200_000_000
    with recorded_step(settings, "run 1", "small"):
        pass
    large, small = (step["memory_mb"] for step in run_steps(settings, "run 1"))
    assert large > small + 150


def test_memory_that_the_system_does_not_tell_is_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.memory.FORGET", settings.data_dir / "nowhere")
    with recorded_step(settings, "run 1", "ingest"):
        pass
    [step] = run_steps(settings, "run 1")
    assert step["memory_mb"] is None


def test_a_failed_step_keeps_the_reason(settings: Settings) -> None:
    with pytest.raises(TesseraError), recorded_step(settings, "run 1", "ingest"):
        raise TesseraError("the disk is full")
    [step] = run_steps(settings, "run 1")
    assert (step["state"], step["detail"]) == ("failed", "the disk is full.")


def test_gates_are_recorded_by_run(settings: Settings) -> None:
    row = {"gate": "ingest", "entry": "volume", "state": "passed", "severity": "block"}
    record_gates(settings, "run 1", [row])
    record_gates(settings, "run 2", [row, {**row, "entry": "nulls"}])
    assert [gate["entry"] for gate in run_gates(settings, "run 2")] == [
        "nulls",
        "volume",
    ]


def test_whoever_listens_hears_of_steps(settings: Settings) -> None:
    heard: list[Progress] = []
    with listening(heard.append), recorded_step(settings, "run 1", "ingest"):
        pass
    with recorded_step(settings, "run 2", "ingest"):
        pass
    assert [told.state for told in heard] == ["started", "succeeded"]
