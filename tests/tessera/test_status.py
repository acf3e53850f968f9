"""`tessera status` tells the state of the house on one screen, whatever it is."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tessera.main import commands
from tessera.output import console
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.history import record_gates, recorded_step
from warehouse.locking import run_lock
from warehouse.publishing import publish
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.situation import situation

AS_OF = datetime(2026, 1, 31)
REASON = "the tracker sent its test lines"
PASSED = {"gate": "ingest", "entry": "volume", "state": "passed"}
FAILED = {
    "gate": "segments",
    "entry": "coverage",
    "state": "failed",
    "observed": "71%",
    "allowed": "at most 60%",
    "message": "Expected: The catch-all stays small: at most 60%, and it is 71%. "
    + "Sharpen a rule. " * 20,
}
WARNED = [
    {**FAILED, "gate": "ingest", "entry": f"share:{number}", "state": "warned"}
    for number in range(9)
]
ACCEPTED = {**FAILED, "state": "accepted", "message": f"Too large. Accepted: {REASON}"}
STAGED = """
    create schema staging;
    create table staging.as_of as select timestamp '2026-01-31' as as_of_at;
    create table staging.arrivals as
    select * from (values
        ('web', timestamp '2026-01-31'), ('shop', timestamp '2026-01-30 12:00:00'),
        (null, timestamp '2026-01-29')
    ) as rows (source, newest_at);
    create table staging.quarantine as
    select 'web' as source, 'events' as entity, 'a.jsonl' as path, 1 as load_seq,
        line_number, if(line_number < 20, 'no_visitor', 'wrong_clock') as reason,
        '{}' as raw_text, null as replayed_path, line_number = 3 as is_mended
    from range(30) as lines (line_number);
    create table staging.landed_files as select 'a.jsonl' as path;
    create schema marts;
    create table marts.run_history as
    select *, timestamp '2026-01-31' as as_of_at from ops.run_history;
"""


@pytest.fixture
def shop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A shop with one run that passed its gates, as the steps recorded it."""
    monkeypatch.setenv("TESSERA_DATA", str(settings.data_dir))
    for step in ("ingest", "gates_before_ml"):
        with recorded_step(settings, "1st-run-", step):
            pass
    record_gates(settings, "1st-run-", [PASSED, ACCEPTED])
    with connect(settings.build_path) as build:
        build.execute(STAGED)
    rows = [{**row, "run_id": "1st-run-"} for row in (PASSED, ACCEPTED)]
    with recorded_step(settings, "1st-run-", "publish"):
        publish(settings, AS_OF, rows, marts=["run_history"])
    return settings


def said(width: int = 80, height: int = 24) -> str:
    """What the command prints on a screen of this size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console, "size", (width, height))
        result = CliRunner().invoke(commands, ["status"])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert len(lines) <= height, result.output
    assert max(len(line) for line in lines) <= width
    return " ".join(result.output.split())


def test_a_healthy_shop(shop: Settings) -> None:
    told = said()
    assert "1st-run-" in told
    assert "published" in told
    assert "as of 2026-01-31 00:00 UTC" in told
    assert "shop 2026-01-30 12:00 12 hours before as_of web 2026-01-31 00:00" in told
    assert "passed 1 accepted 1" in told
    assert f"segments:coverage by run 1st-run-: {REASON}" in told
    assert "19 lines of web/events aside: no_visitor" in told
    assert "10 lines of web/events aside: wrong_clock" in told


def test_nothing_ever_ran(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERA_DATA", str(settings.data_dir))
    told = said()
    for sentence in ("nothing yet", "none so far", "none was judged", "not known"):
        assert sentence in told
    assert not settings.data_dir.exists()


def test_a_gate_that_failed(shop: Settings) -> None:
    for step in ("ingest", "gates_before_ml"):
        with recorded_step(shop, "2nd-run-", step):
            pass
    record_gates(shop, "2nd-run-", [PASSED, FAILED, *WARNED])
    told = said()
    assert "stopped by gates" in told
    assert "failed segments:coverage: The catch-all stays small: at most 60%" in told
    assert "warned ingest:share:0" in told
    assert "and 8 more in the Data Docs" in told
    assert REASON in told  # What stands is what the run before published.
    assert "warned ingest:share:2" in said(100, 40)


def test_a_step_that_failed_and_a_run_that_was_killed(shop: Settings) -> None:
    with recorded_step(shop, "2nd-run-", "ingest"):
        pass
    assert "2nd-run-: after ingest" in said()
    with pytest.raises(TesseraError), recorded_step(shop, "3rd-run-", "dbt_to_marts"):
        raise TesseraError("the disk is full", remedy="Make room")
    told = said()
    assert "3rd-run-: dbt_to_marts: the disk is full. Make room." in told
    with recorded_step(shop, "3rd-run-", "dbt_to_marts"):
        pass
    assert "3rd-run-: after dbt_to_marts" in said()
    assert "broken off" in told
    assert "passed 1 accepted 1" in told  # The gates of the last run that came to any.


def test_a_run_at_work_is_left_alone(shop: Settings) -> None:
    with run_lock(shop), connect(shop.build_path):
        told = said()
        seen = situation(shop)
    assert "A run is at work since 20" in told
    assert "published" in told  # The run that made it, as the publication tells.
    assert "not known: a run is at work" in told
    assert "passed 1 accepted 1" in told
    assert (seen.trouble, seen.arrivals) == ("", None)
    assert "at work" not in said()


def test_a_database_that_nobody_can_read(shop: Settings) -> None:
    shop.build_path.write_bytes(b"no database" * 1_000)
    told = said()
    assert "Remove the build folder" in told
    assert "passed 1 accepted 1" in told
    assert "published" in told


def test_the_tables_of_an_older_version(shop: Settings) -> None:
    with connect(shop.build_path) as build:
        for table in ("staging.arrivals", "staging.quarantine", "ops.gate_results"):
            build.execute(f"drop table {table}")
    told = said()
    assert "not known: nothing was built that tells" in told
    assert "lines set aside: not known" in told
    assert "1st-run-" in told


def test_what_nobody_asked_for_is_named_on_two_lines(shop: Settings) -> None:
    for name in "abcd":
        stray = shop.raw_dir / "shop" / f"custmers{name}" / "all.csv"
        stray.parent.mkdir(parents=True)
        stray.write_text("id\n1\n")
    told = said()
    assert "shop/custmersa is not read" in told
    assert "and 3 more files are not read" in told


def test_programs_get_everything(shop: Settings) -> None:
    told = json.loads(CliRunner().invoke(commands, ["status", "--json"]).output)
    assert told["runs"][0]["result"] == "published"
    assert told["published"]["as_of"] == "2026-01-31T00:00:00"
    assert {one["source"]: one["age_seconds"] for one in told["arrivals"]} == {
        "shop": 43_200.0,
        "web": 0.0,
    }
    assert [one["state"] for one in told["verdicts"]] == ["passed", "accepted"]


def test_looking_writes_nothing(shop: Settings) -> None:
    def files(folder: Path) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}

    before = files(shop.data_dir)
    said()
    assert files(shop.data_dir) == before
    assert shop.project_dir == PROJECT_DIR
