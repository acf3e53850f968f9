"""Builds the sessions with the project itself, on a data folder of its own."""

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.behavior_load import opened
from warehouse.settings import PROJECT_DIR, Settings

# What the sessions need, from the landed files on; tests, and what each run does at its
# start (the operations), run too and are not counted.
NEEDED: Final = ("+sessions,resource_type:seed", "+sessions,resource_type:model")
COUNTED: Final = frozenset({"model", "seed"})
EVENTS: Final = "staging.base_web__events"


@dataclass(frozen=True)
class Build:
    """The seconds of each model; the start of dbt and the tests are left out.

    On a busy machine the clock says less than the work of all cores (`cpu_seconds`),
    in which the tests and what dbt does between the nodes are counted too.
    """

    nodes: dict[str, float]
    cpu_seconds: float

    @property
    def seconds(self) -> float:
        """The seconds of all nodes."""
        return sum(self.nodes.values())


@dataclass(frozen=True)
class News:
    """A build that finds nothing new, and one that finds a new day.

    The first is what every run costs: its start, and the models that have no news.
    """

    idle: Build
    day: Build

    @property
    def seconds(self) -> float:
        """What the new day itself costs."""
        return self.day.seconds - self.idle.seconds


def raw_events(data_dir: Path) -> Path:
    """Where the web's files land."""
    return data_dir / "raw/web/events"


def database(data_dir: Path) -> Path:
    """The database that the project builds."""
    return _settings(data_dir).build_path


def build(data_dir: Path) -> Build:
    """Build from the landed files to the sessions; what stands is built upon.

    Raises:
        TesseraError: a model failed.
    """
    from warehouse.dbt import dbt_build, load_manifest

    os.environ["TESSERA_DATA"] = str(data_dir)
    settings = _settings(data_dir)
    load_manifest(settings)
    worked = time.process_time()
    run = dbt_build(settings, select=NEEDED)
    nodes = {
        node.name: node.seconds for node in run.results if node.resource_type in COUNTED
    }
    return Build(nodes, time.process_time() - worked)


def build_afresh(data_dir: Path) -> Build:
    """Build as if nothing had ever been built: what stands is forgotten first.

    Raises:
        TesseraError: a model failed.
    """
    settings = _settings(data_dir)
    settings.ledger_path.unlink(missing_ok=True)
    shutil.rmtree(settings.build_dir, ignore_errors=True)
    return build(data_dir)


def build_news(data_dir: Path, landing: Path) -> News:
    """Let a file of web calls land, and build, in a process that has built before.

    Raises:
        TesseraError: a model failed.
    """
    # The first build of a process loads what dbt loads once.
    build(data_dir)
    idle = build(data_dir)
    landing.rename(raw_events(data_dir) / landing.name)
    return News(idle, build(data_dir))


def search_duplicates(data_dir: Path) -> int:
    """Search the last load's events among all: the part that reads the history.

    It is what the model's own search does, by itself, so that it can be told apart.
    """
    with opened(database(data_dir), read_only=True) as warehouse:
        found = warehouse.execute(
            f"""select count(*) from (
                select event_id from {EVENTS}
                where event_id in (
                    select event_id from {EVENTS}
                    where load_seq = (select max(load_seq) from {EVENTS})
                )
                group by event_id
                having count(*) > 1
            )"""
        ).fetchall()
    return int(found[0][0])


def _settings(data_dir: Path) -> Settings:
    return Settings(project_dir=PROJECT_DIR, data_dir=data_dir)
