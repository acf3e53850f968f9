"""Figures of builds: the whole history beside the bound, and a new day on top of it."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.apart import Took, apart
from benchmarks.behavior_ours import (
    Build,
    News,
    build_afresh,
    build_news,
    raw_events,
    search_duplicates,
)
from benchmarks.behavior_rivals import bound
from benchmarks.figures import Figure

# The goals are for this many events; on fewer, what a build always costs weighs more.
GOALS_FROM: Final = 10_000_000
RATIO: Final = 1.5
SHARE: Final = 0.03
TURNS: Final = 2
# DuckDB is given 8 GB; Python, dbt and the files' pages come on top.
MEMORY_MB: Final = 9_500
# Nodes that take less are told in the sum alone.
TOLD_SECONDS: Final = 0.2


def full_figures(
    name: str, events: int, folder: Path, *, compared: bool
) -> Generator[Figure, None, Build]:
    """The build of the whole history, beside the hand-written script if `compared`.

    They take turns, and the quicker run of each counts: on a shared machine one minute
    is not like the next. Gives back the quicker build.
    """
    fulls, bounds = [], []
    for _ in range(TURNS if compared else 1):
        fulls.append(apart(build_afresh, folder))
        if compared:
            bounds.append(_bound(folder))
    full = min(fulls, key=lambda took: took.result.seconds)
    yield Figure(f"{name}.full.seconds", full.result.seconds)
    yield Figure(f"{name}.full.cpu_seconds", full.result.cpu_seconds)
    yield Figure(f"{name}.full.peak_mb", full.peak_mb, at_most=MEMORY_MB)
    yield from _node_figures(f"{name}.full", full.result)
    if compared:
        least = min(bounds, key=lambda took: took.seconds)
        yield Figure(f"{name}.bound.seconds", least.seconds)
        yield Figure(f"{name}.bound.cpu_seconds", least.cpu_seconds)
        yield Figure(f"{name}.bound.peak_mb", least.peak_mb)
        ratio = full.result.seconds / least.seconds
        yield Figure(f"{name}.full.ratio", ratio, at_most=_goal(events, RATIO))
    return full.result


def _bound(folder: Path) -> Took[None]:
    """The hand-written script on the same files; what it makes is not kept."""
    made = folder / "bound.duckdb"
    took = apart(bound, raw_events(folder), made)
    made.unlink()
    return took


def increment_figures(
    name: str, folder: Path, days: Path
) -> Generator[Figure, None, News]:
    """Let the newest of these files land, and build; give back what that took."""
    newest = max(days.iterdir())
    yield Figure(f"{name}.mb", newest.stat().st_size / 1_000_000)
    took = apart(build_news, folder, newest)
    news = took.result
    yield Figure(f"{name}.seconds", news.day.seconds)
    yield Figure(f"{name}.nothing_new.seconds", news.idle.seconds)
    yield Figure(f"{name}.news.seconds", news.seconds)
    yield Figure(f"{name}.peak_mb", took.peak_mb, at_most=MEMORY_MB)
    yield from _node_figures(name, news.day)
    search = apart(search_duplicates, folder)
    yield Figure(f"{name}.duplicate_search.seconds", search.seconds)
    rest = news.seconds - search.seconds
    yield Figure(f"{name}.news.without_search.seconds", rest)
    return news


def share_figures(
    name: str, events: int, days: Sequence[News], full: Build
) -> Iterator[Figure]:
    """A new day as a share of the full build: start-up apart, and with it.

    Of these days the quicker counts, as of the full builds.
    """
    least = min(day.seconds for day in days) / full.seconds
    yield Figure(f"{name}.day.news.share", least, at_most=_goal(events, SHARE))
    whole = min(day.day.seconds for day in days) / full.seconds
    yield Figure(f"{name}.day.whole.share", whole)


def _node_figures(name: str, made: Build) -> Iterator[Figure]:
    for node, seconds in sorted(made.nodes.items(), key=lambda item: -item[1]):
        if seconds >= TOLD_SECONDS:
            yield Figure(f"{name}.node.{node}.seconds", seconds)


def _goal(events: int, goal: float) -> float | None:
    return goal if events >= GOALS_FROM else None
