"""Dagster's event log on kept connections: others see it as they see Dagster's own."""

import threading
from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    SqliteEventLogStorage,
)

from orchestration.event_log import MOST_RUNS_OPEN, KeptOpenEventLog
from orchestration.housekeeping import forget_runs
from orchestration.instance import EVENT_LOG, opened
from warehouse.settings import Settings

LONGEST_WAIT = 20


@dg.asset
def told() -> None:
    """An asset that does nothing."""


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with opened(settings) as found:
        yield found


def run_of(instance: dg.DagsterInstance) -> str:
    return dg.materialize([told], instance=instance).run_id


def log_of(instance: dg.DagsterInstance) -> KeptOpenEventLog:
    storage = instance.event_log_storage
    assert isinstance(storage, KeptOpenEventLog)
    return storage


def names(storage: SqliteEventLogStorage, run_id: str) -> list[str]:
    return [
        entry.dagster_event.event_type_value
        for entry in storage.get_logs_for_run(run_id)
        if entry.dagster_event
    ]


def test_dagsters_own_log_reads_it_while_it_is_open(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    run_id = run_of(instance)
    own = SqliteEventLogStorage(str(settings.dagster_home / EVENT_LOG))
    found = names(own, run_id)
    assert found[-1] == "PIPELINE_SUCCESS"
    assert "ASSET_MATERIALIZATION" in found
    assert found == names(log_of(instance), run_id)
    assert list(own.get_latest_materialization_events([told.key])) == [told.key]


def test_a_run_of_dagsters_own_log_goes_on(settings: Settings) -> None:
    settings.dagster_home.mkdir(parents=True)
    home = str(settings.dagster_home)
    with dg.DagsterInstance.from_config(home) as plain:
        run_id = run_of(plain)
    with opened(settings) as instance:
        assert names(log_of(instance), run_id)[-1] == "PIPELINE_SUCCESS"
        assert instance.get_latest_materialization_event(told.key)


def test_who_watches_a_run_is_told_of_each_event(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """The UI is another process with a log of its own, told by the run's file."""
    run_id = run_of(instance)
    run = instance.get_run_by_id(run_id)
    was_told = threading.Event()
    with opened(settings) as another:
        cursor = another.get_records_for_run(run_id).cursor
        another.watch_event_logs(run_id, cursor, lambda *_: was_told.set())
        instance.report_engine_event("news", run)
        assert was_told.wait(LONGEST_WAIT)


def test_what_was_told_is_there_when_nothing_was_closed(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    """As after a kill: the files as they stand, without the last checkpoint."""
    run_id = run_of(instance)
    folder = settings.dagster_home / EVENT_LOG
    copied = settings.data_dir / "copied"
    copied.mkdir()
    for file in folder.iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    own = SqliteEventLogStorage(str(copied))
    assert names(own, run_id)[-1] == "PIPELINE_SUCCESS"


def test_only_the_last_runs_stay_open(instance: dg.DagsterInstance) -> None:
    log = log_of(instance)
    runs = [run_of(instance) for _ in range(MOST_RUNS_OPEN + 2)]
    assert len(log.open_shards) == MOST_RUNS_OPEN + 1
    assert [names(log, run_id)[-1] for run_id in runs] == ["PIPELINE_SUCCESS"] * 6


def test_a_wiped_log_starts_again(instance: dg.DagsterInstance) -> None:
    first = run_of(instance)
    log_of(instance).wipe()
    assert names(log_of(instance), first) == []
    assert names(log_of(instance), run_of(instance))[-1] == "PIPELINE_SUCCESS"


def test_a_table_that_is_there_is_looked_for_once(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    look = SqliteEventLogStorage.has_table

    def counted(log: SqliteEventLogStorage, name: str) -> bool:
        looked.append(name)
        return look(log, name)

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", counted)
    log = log_of(instance)
    log.wipe()
    run_of(instance)
    run_of(instance)
    assert looked
    assert len(looked) == len(set(looked))
    assert [log.has_table("no such table") for _ in range(2)] == [False, False]


def test_what_is_forgotten_leaves_no_file(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    runs = [run_of(instance) for _ in range(4)]
    assert forget_runs(instance, keep=2) == 2
    kept = {record.dagster_run.run_id for record in instance.get_run_records()}
    assert kept == set(runs[2:])
    files = (settings.dagster_home / EVENT_LOG).iterdir()
    left = {path.name.split(".")[0] for path in files}
    assert left & set(runs) == kept
    assert names(log_of(instance), runs[3])[-1] == "PIPELINE_SUCCESS"
    found = log_of(instance).get_latest_materialization_events([told.key])
    assert found[told.key].run_id == runs[3]
    assert forget_runs(instance, keep=2) == 0
