"""A run that is killed at any moment costs nothing: the next one makes good."""

import errno
import hashlib
import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from dagster import DagsterRunStatus

from ml.spec import discover
from orchestration.execution import Options, Outcome, execute
from orchestration.instance import opened
from tests.killing import FORK
from tests.orchestration.conftest import BEFORE, NEWS, begin
from tests.orchestration.killing import (
    MODEL,
    Moment,
    killed_run,
    refused_run,
    run_in_child,
    run_part,
)
from tests.orchestration.test_run import STEPS
from tests.orchestration.undisturbed import differences, last_run
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.history import run_steps
from warehouse.publications import UNFINISHED_SUFFIX, Publication, current, publications
from warehouse.settings import PROJECT_DIR, Settings

# Chooses the models and the delays; the names of the tests tell which it chose.
SEED = 20260131
chance = random.Random(SEED)


def between(step: str) -> Moment:
    return Moment(step, MODEL, round(chance.uniform(0, 0.9), 2))


def within(step: str) -> Moment:
    return replace(between(step), seconds=round(chance.uniform(0.005, 0.1), 3))


LOG = "orchestration.event_log.KeptOpenEventLog"
# In the order of a run: each step is hit, most at several places.
MOMENTS = [
    Moment("ingest", "warehouse.ledger.measure"),
    Moment("ingest", "warehouse.ledger._write", 2),
    Moment("ingest", "warehouse.history._insert"),
    Moment("ledger", "warehouse.restoring.create_tables"),
    between("dbt_to_records"),
    within("dbt_to_records"),
    Moment("matching", "warehouse.matches.claim"),
    Moment("matching", "warehouse.tables._replace", 1),
    between("dbt_to_features"),
    within("dbt_to_features"),
    Moment("gates_before_ml", "orchestration.gates._judge", 1),
    Moment("gates_before_ml", "orchestration.gates.record_gates"),
    Moment("clustering", "warehouse.tables._replace", 1),
    Moment("propensity", "orchestration.models.write_frames"),
    Moment("recommendations", "orchestration.models.write_frames", 1),
    Moment("drift", "orchestration.drift.write_frames"),
    between("dbt_to_marts"),
    within("dbt_to_marts"),
    Moment("dbt_to_marts", f"{LOG}.store_event", chance.randrange(20, 60)),
    Moment("gates_after_ml", "orchestration.gates._judge", 1),
    Moment("gates_after_ml", "warehouse.history._insert", 1),
    Moment("segment_ledger", "warehouse.beliefs.RECORD", 2),
    Moment("segment_ledger", "warehouse.beliefs.Recorded"),
    Moment("score_ledger", "warehouse.scores.create_tables"),
    Moment("score_ledger", "warehouse.scores.Told"),
    Moment("publish", "warehouse.publishing._copy", 7),
    Moment("publish", "warehouse.publishing.hashlib.file_digest", 5),
    Moment("publish", "warehouse.publishing._sync", 3),
    Moment("publish", "warehouse.publishing.show"),
    Moment("publish", "warehouse.publishing.os.replace"),
    Moment("publish", "orchestration.publication.prune", is_shown=True),
    Moment("publish", f"{LOG}.store_event", 1, is_shown=True),
]
# These need what was built before them, and gates that have judged it.
GATED = ("segment_ledger", "score_ledger", "publish")
# `make test` kills once in each step, and in `publish` before and after readers see it;
# `make soak` kills at every moment. Of what was built by halves no match may be noted:
# that would be kept for ever.
ONCE = (
    "ingest:_write",
    "ledger:create_tables",
    "matching:claim",
    "gates_before_ml:_judge",
    "clustering",
    "propensity",
    "recommendations",
    "drift",
    "gates_after_ml:_judge",
    "segment_ledger:Recorded",
    "score_ledger:Told",
    "publish:_copy",
    "publish:replace",
    "publish:prune",
)
QUICK = [
    one
    for one in MOMENTS
    if str(one).startswith(ONCE) or (one.place == MODEL and one.seconds)
]


@dataclass(frozen=True)
class World:
    """A shop with a publication and news, and what a run makes of them undisturbed."""

    shop: Settings
    before: Path
    news: Path
    undisturbed: Settings
    run_id: str

    @property
    def former(self) -> Publication:
        """The publication that stands before the news."""
        [former, _] = publications(self.undisturbed)
        return replace(former, path=self.shop.publications_dir / former.id)

    def begin(self) -> None:
        """Let the shop be as it was before the news landed."""
        shutil.rmtree(self.shop.data_dir, ignore_errors=True)
        shutil.copytree(self.before, self.shop.data_dir, symlinks=True)

    def land(self) -> None:
        """Let the news land."""
        shutil.copytree(self.news, self.shop.raw_dir, dirs_exist_ok=True)


def make_world(folder: Path, begun: Settings) -> World:
    """Let the news land in a shop that ran once, elsewhere, and run on them."""
    beside, shop = begun.data_dir.parent, Settings(PROJECT_DIR, folder / "data")
    before, news = beside / BEFORE, beside / NEWS
    shutil.copytree(before, shop.data_dir, symlinks=True)
    shutil.copytree(news, shop.raw_dir, dirs_exist_ok=True)
    # In this process, so that the children find everything warm.
    outcome = execute(shop, Options())
    assert outcome.succeeded
    # The same place, for files are known by it.
    known = Settings(PROJECT_DIR, folder / "undisturbed")
    shop.data_dir.rename(known.data_dir)
    return World(shop, before, news, known, outcome.run_id)


@pytest.fixture(scope="module")
def world(begun: Settings, tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("the shop"), begun)


@pytest.fixture(scope="module")
def large_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Of the size of the demo."""
    folder = tmp_path_factory.mktemp("large")
    begun = Settings(PROJECT_DIR, folder / "begun" / "data")
    begin(begun, 10_000)
    yield make_world(folder, begun)
    shutil.rmtree(folder)


def content(publication: Path) -> dict[str, str]:
    """A hash of each file."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in publication.rglob("*")
        if path.is_file()
    }


def look(world: World, moment: Moment) -> None:
    """Readers get whole tables, and no others than they should."""
    former, shown = world.former, current(world.shop)
    kept = world.undisturbed.publications_dir / former.id
    assert content(former.path) == content(kept), moment
    assert shown is not None
    assert (shown.id != former.id) == moment.is_shown, moment
    files = content(world.shop.published_link)
    with connect(world.shop.published_link / "tessera.duckdb", read_only=True) as read:
        for table, rows in shown.rows.items():
            assert read.table(table).shape[0] == rows, (moment, table)
            assert files[f"{table}.parquet"] == shown.content[table], (moment, table)


def is_healed(world: World, outcome: Outcome) -> None:
    """All is as if no run had been killed."""
    shop = world.shop
    assert outcome.succeeded
    assert differences(shop, world.undisturbed) == []
    assert last_run(shop, outcome.run_id) == last_run(world.undisturbed, world.run_id)
    assert current(shop) == publications(shop)[-1]
    assert not list(shop.publications_dir.glob(f"*{UNFINISHED_SUFFIX}"))
    with opened(shop) as instance:
        states = {run.run_id: run.status for run in instance.get_runs()}
    assert states.pop(outcome.run_id) == DagsterRunStatus.SUCCESS
    assert states.keys()
    assert set(states.values()) <= {DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE}


def kill_in_turn(world: World, moments: list[Moment]) -> None:
    """Runs that begin with the step that they are killed in: first those at the end,
    on what was built before the news, then the others, on the news."""
    world.begin()
    for moment in (one for one in moments if one.step in GATED):
        killed_run(world.shop, moment, goes_on=True)
        look(world, moment)
    shown = current(world.shop)
    world.land()
    for moment in (one for one in moments if one.step not in GATED):
        killed_run(world.shop, moment, goes_on=True)
        assert current(world.shop) == shown, moment


def test_each_step_is_hit() -> None:
    """Of the models three: the same lines write all of them, and the last one's step is
    followed by the register."""
    alike = discover().keys() - {"clustering", "propensity", "recommendations"}
    steps = [step for step in STEPS if step not in alike]
    assert list(dict.fromkeys(one.step for one in MOMENTS)) == steps
    assert {one.step for one in QUICK} == set(steps)


def test_killed_runs_cost_nothing(world: World) -> None:
    """After them two runs begin at once: one makes good, the other is refused. A third
    waits for its turn."""
    kill_in_turn(world, QUICK)
    with ProcessPoolExecutor(3, FORK) as children:
        runs = [children.submit(execute, world.shop, Options()) for _ in range(2)]
        second = next(as_completed(runs))
        waiting = Options(wait_seconds=600)
        third = children.submit(run_part, world.shop, "ingest", waiting)
    refusal = second.exception()
    assert isinstance(refusal, TesseraError)
    assert re.search(r"another run is at work .* process \d+ since 20", str(refusal))
    assert "Wait for it to end" in str(refusal)
    [outcome] = [run.result() for run in runs if run is not second]
    is_healed(world, outcome)
    *_, published = run_steps(world.shop, outcome.run_id)
    [waited] = run_steps(world.shop, third.result().run_id)
    assert published["finished_at"] < waited["started_at"]


MB, DISK_MB = 1_000_000, 500
FULL = OSError(errno.ENOSPC, "No space left on device")
WRITES = [
    Moment("ingest", "warehouse.ledger.append"),
    Moment("matching", "warehouse.tables._replace"),
    Moment("publish", "warehouse.publishing.write_parquet"),
]


@pytest.mark.parametrize("moment", WRITES, ids=str)
def test_a_full_disk_is_told_and_publishes_nothing(
    world: World, moment: Moment
) -> None:
    world.begin()
    if moment.step == "ingest":
        world.land()
    refusal = refused_run(world.shop, moment, FULL)
    assert re.search(
        rf"{world.shop.data_dir}: the disk is full .* MB are free", refusal
    )
    assert "Free some space" in refusal
    look(world, moment)


@pytest.fixture
def small_disk(world: World) -> Iterator[Path]:
    """A disk of its own in the place of the data folder, where we may mount one."""
    folder = world.shop.data_dir
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    shutil.copytree(world.before, folder, symlinks=True, dirs_exist_ok=True)
    world.land()
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.soak
@pytest.mark.parametrize("room_mb", [0, 2, 12])
def test_a_run_on_a_full_disk_is_told_and_the_next_heals(
    world: World, small_disk: Path, room_mb: int
) -> None:
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        file.truncate()
        os.posix_fallocate(
            file.fileno(), 0, shutil.disk_usage(small_disk).free - room_mb * MB
        )
    with ProcessPoolExecutor(1, FORK) as child:
        refusal = child.submit(execute, world.shop, Options()).exception()
    assert "the disk is full" in str(refusal)
    look(world, Moment("", ""))
    filler.unlink()
    assert run_in_child(world.shop).succeeded
    assert differences(world.shop, world.undisturbed) == []
    assert current(world.shop) == publications(world.shop)[-1]


def test_a_file_that_is_lost_is_told_and_publishes_nothing(world: World) -> None:
    world.begin()
    moment = Moment("ingest", "warehouse.ledger.measure")
    lost = world.shop.raw_dir / "shop" / "orders" / "orders-2025-11-0000.csv"
    lost.unlink()
    with ProcessPoolExecutor(1, FORK) as child:
        told = child.submit(execute, world.shop, Options()).exception()
    assert "1 missing: shop/orders/orders-2025-11-0000.csv" in str(told)
    look(world, moment)


@pytest.mark.soak
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_run_killed_at_any_moment_costs_nothing(world: World, moment: Moment) -> None:
    world.begin()
    world.land()
    killed_run(world.shop, moment)
    look(world, moment)
    is_healed(world, run_in_child(world.shop))


@pytest.mark.soak
def test_killed_runs_of_a_large_shop_cost_nothing(large_world: World) -> None:
    kill_in_turn(large_world, QUICK)
    is_healed(large_world, run_in_child(large_world.shop))
