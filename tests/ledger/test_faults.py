"""A kill at any moment costs nothing; a lost build database costs no history."""

import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ledger.shop import Shop
from warehouse.beliefs import RECORD, TABLES
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import current
from warehouse.publishing import publish
from warehouse.restoring import open_ledger
from warehouse.retention import roll_back
from warehouse.scores import TABLES as SCORES
from warehouse.settings import PROJECT_DIR, Settings

FIRST = datetime(2026, 1, 1)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
OTHERS = [(f"c{number}", "lapsed") for number in range(20)]
MOMENTS = ("recorded_at", "superseded_at", "first_recorded_at", "run_id")
# Ends the process before the statement of this number, as a kill would.
KILLED = """
import os, sys
from pathlib import Path
from warehouse import beliefs
from warehouse.connection import connect

class Watched:
    def __init__(self, build, count):
        self.build, self.left = build, count

    def execute(self, statement, *given):
        if self.left == 0:
            os.kill(os.getpid(), 9)
        self.left -= statement in beliefs.RECORD
        return self.build.execute(statement, *given)

    def begin(self):
        self.build.begin()

    def commit(self):
        if self.left == 0:
            os.kill(os.getpid(), 9)
        self.build.commit()

beliefs.record(Watched(connect(Path(sys.argv[1])), int(sys.argv[2])), "killed")
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder of its own."""
    settings = Settings(PROJECT_DIR, tmp_path / "data")
    settings.build_dir.mkdir(parents=True)
    return settings


def begin(settings: Settings, compile_dir: Path) -> None:
    """One recorded run, and another one that waits for its gates."""
    with connect(settings.build_path) as build:
        shop = Shop(build, compile_dir)
        shop.run(FIRST, [("ann", "dormant"), *OTHERS])
        shop.declare("lapsed", "2")
        shop.see(SECOND, [("ann", "lapsed"), *OTHERS[:10]])


def ledger(settings: Settings, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every table of the ledger, in a total order of its rows."""
    with connect(settings.build_path, read_only=True) as build:
        found = {}
        for table, columns in TABLES.items():
            names = [column.split()[0] for column in columns.split(",")]
            kept = ", ".join(name for name in names if name not in without)
            query = f"select {kept} from ledger.{table} order by all"
            found[table] = build.execute(query).fetchall()
        return found


@pytest.mark.parametrize("count", range(len(RECORD) + 1))
def test_a_kill_leaves_all_or_nothing(
    settings: Settings, compile_dir: Path, count: int
) -> None:
    begin(settings, compile_dir)
    undisturbed = Settings(PROJECT_DIR, settings.data_dir.with_name("other"))
    shutil.copytree(settings.data_dir, undisturbed.data_dir)
    with connect(undisturbed.build_path) as build:
        Shop.again(build).record("whole")
    before = ledger(settings)
    command = [sys.executable, "-c", KILLED, str(settings.build_path), str(count)]
    killed = subprocess.run(command, cwd=PROJECT_DIR, env=dict(os.environ), check=False)
    assert killed.returncode == -9
    assert ledger(settings) == before
    with connect(settings.build_path) as build:
        Shop.again(build).record("after")
    assert ledger(settings, MOMENTS) == ledger(undisturbed, MOMENTS)
    assert len(ledger(settings)["segment_beliefs"]) == 21 + 1 + 11


def test_what_was_recorded_before_a_kill_is_not_recorded_twice(
    settings: Settings, compile_dir: Path
) -> None:
    """The run died between the ledger and the publication: it is run again."""
    begin(settings, compile_dir)
    with connect(settings.build_path) as build:
        shop = Shop.again(build)
        assert shop.record("killed").belief_count == 12
        assert shop.record("the asset alone").belief_count == 0
    before = ledger(settings, MOMENTS)
    with connect(settings.build_path) as build:
        shop = Shop.again(build, compile_dir)
        assert shop.run(SECOND, [("ann", "lapsed"), *OTHERS[:10]]).belief_count == 0
    after = ledger(settings, MOMENTS)
    assert {name for name in TABLES if after[name] != before[name]} == {"segment_runs"}


@pytest.fixture
def published(settings: Settings, compile_dir: Path) -> Settings:
    """Two runs are published, and the build database is lost."""
    begin(settings, compile_dir)
    with connect(settings.build_path) as build:
        Shop.again(build).record("second")
    publish(settings, SECOND)
    shutil.copy(settings.build_path, settings.build_path.with_name("kept.duckdb"))
    settings.build_path.unlink()
    return settings


def test_a_lost_ledger_comes_back_from_the_publication(published: Settings) -> None:
    kept = published.build_path.with_name("kept.duckdb")
    assert open_ledger(published) == 21 + 1 + 11
    found = ledger(published)
    assert open_ledger(published) == 0
    assert ledger(published) == found
    kept.replace(published.build_path)
    lost = ledger(published)
    runs = found.pop("segment_runs")
    assert [run[:2] for run in runs] == [("restored", SECOND)]
    assert len(found["last_inputs"]) == 11
    assert found == {name: lost[name] for name in found}


def test_the_next_run_goes_on_from_what_came_back(
    published: Settings, compile_dir: Path
) -> None:
    kept = published.build_path.with_name("kept.duckdb")
    open_ledger(published)
    members = [("ann", "dormant"), *OTHERS[:5]]
    with connect(published.build_path) as build:
        shop = Shop(build, compile_dir)
        shop.declare("lapsed", "2")
        assert shop.run(THIRD, members).belief_count == 7
    found = ledger(published, MOMENTS)
    kept.replace(published.build_path)
    with connect(published.build_path) as build:
        Shop.again(build, compile_dir).run(THIRD, members)
    lost = ledger(published, MOMENTS)
    del found["segment_runs"], lost["segment_runs"]
    assert found == lost


def test_a_publication_without_history_restores_nothing(settings: Settings) -> None:
    with connect(settings.build_path) as build:
        build.execute("create schema marts")
        build.execute("create table marts.customers as select $1 as as_of_at", [FIRST])
    publish(settings, FIRST)
    assert open_ledger(settings) == 0


def test_a_link_that_leads_nowhere_is_no_reason_to_forget(published: Settings) -> None:
    standing = current(published)
    assert standing is not None
    published.published_link.unlink()
    published.published_link.symlink_to("publications/gone")
    assert open_ledger(published) == standing.rows["segment_history"]


def test_a_rollback_forgets_nothing(settings: Settings, compile_dir: Path) -> None:
    with connect(settings.build_path) as build:
        Shop(build, compile_dir).run(FIRST, OTHERS)
    older = publish(settings, FIRST)
    with connect(settings.build_path) as build:
        Shop.again(build, compile_dir).run(SECOND, [("ann", "dormant"), *OTHERS[:10]])
    newest = publish(settings, SECOND)
    roll_back(settings, older.id)
    settings.build_path.unlink()
    rows = newest.rows["segment_history"]
    assert open_ledger(settings) == rows > older.rows["segment_history"]


def test_a_broken_publication_is_told(published: Settings) -> None:
    standing = current(published)
    assert standing is not None
    standing.database.chmod(0o644)
    standing.database.write_bytes(b"no database")
    with pytest.raises(TesseraError, match="the publication does not tell it"):
        open_ledger(published)
    assert ledger(published)["segment_beliefs"] == []


def test_a_comparison_starts_without_a_ledger(published: Settings) -> None:
    assert open_ledger(published, may_restore=False) == 0


def test_dbt_makes_the_same_tables() -> None:
    path = PROJECT_DIR / "models" / "staging" / "_ledger__sources.yml"
    (source,) = yaml.safe_load(path.read_text("utf-8"))["sources"]
    declared = {
        table["name"]: ", ".join(
            f"{column['name']} {column['data_type']}" for column in table["columns"]
        )
        for table in source["tables"]
    }
    assert declared == {**TABLES, **SCORES}
