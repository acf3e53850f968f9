"""Figures of builds: the whole history beside the bound, and a new day on top of it."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

from benchmarks.apart import Took, apart
from benchmarks.behavior_ours import Build, build_news, raw_events, search_duplicates
from benchmarks.behavior_rivals import bound
from benchmarks.figures import Figure

# The goals are for this many events; on fewer, what a build always costs weighs more.
GOALS_FROM: Final = 10_000_000
RATIO: Final = 1.5
SHARE: Final = 0.03
# DuckDB is given 8 GB; Python, dbt and the files' pages come on top.
MEMORY_MB: Final = 9_500
# Nodes that take less are told in the sum alone.
TOLD_SECONDS: Final = 0.2


def full_figures(name: str, full: Took[Build]) -> Iterator[Figure]:
    """The project's build of the whole history."""
    yield Figure(f"{name}.full.seconds", full.result.seconds)
    yield Figure(f"{name}.full.cpu_seconds", full.result.cpu_seconds)
    yield Figure(f"{name}.full.peak_mb", full.peak_mb, at_most=MEMORY_MB)
    yield from _node_figures(f"{name}.full", full.result)


def bound_figures(
    name: str, events: int, folder: Path, full: Took[Build]
) -> Iterator[Figure]:
    """The hand-written script on the same files, and how far from it we are."""
    made = folder / "bound.duckdb"
    least = apart(bound, raw_events(folder), made)
    made.unlink()
    yield Figure(f"{name}.bound.seconds", least.seconds)
    yield Figure(f"{name}.bound.cpu_seconds", least.cpu_seconds)
    yield Figure(f"{name}.bound.peak_mb", least.peak_mb)
    ratio = full.result.seconds / least.seconds
    yield Figure(f"{name}.full.ratio", ratio, at_most=_goal(events, RATIO))
    cpu_ratio = full.result.cpu_seconds / least.cpu_seconds
    yield Figure(f"{name}.full.cpu_ratio", cpu_ratio)


def increment_figures(
    name: str, folder: Path, days: Path
) -> Generator[Figure, None, Build]:
    """Let the newest of these files land, and build; give back what that took."""
    newest = max(days.iterdir())
    yield Figure(f"{name}.mb", newest.stat().st_size / 1_000_000)
    took = apart(build_news, folder, newest)
    yield Figure(f"{name}.seconds", took.result.seconds)
    yield Figure(f"{name}.peak_mb", took.peak_mb, at_most=MEMORY_MB)
    yield from _node_figures(name, took.result)
    search = apart(search_duplicates, folder)
    yield Figure(f"{name}.duplicate_search.seconds", search.seconds)
    rest = took.result.seconds - search.seconds
    yield Figure(f"{name}.without_search.seconds", rest)
    return took.result


def share_figure(name: str, events: int, share: float) -> Figure:
    """A new day's seconds as a share of the full build's."""
    return Figure(f"{name}.day.share", share, at_most=_goal(events, SHARE))


def _node_figures(name: str, made: Build) -> Iterator[Figure]:
    for node, seconds in sorted(made.nodes.items(), key=lambda item: -item[1]):
        if seconds >= TOLD_SECONDS:
            yield Figure(f"{name}.node.{node}.seconds", seconds)


def _goal(events: int, goal: float) -> float | None:
    return goal if events >= GOALS_FROM else None
