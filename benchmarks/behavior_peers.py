"""Figures of others at the same events: how long they take, and how right they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.apart import apart
from benchmarks.behavior_load import opened
from benchmarks.behavior_ours import Build, database, raw_events
from benchmarks.behavior_rivals import (
    bound,
    segment_full,
    segment_history,
    segment_increment,
    with_pandas,
    write_frame,
)
from benchmarks.figures import Figure

# What every one of them makes: whose session it is, when, and of how many events.
COMMON: Final = "visitor_id, started_at, ended_at, event_count"
# All but the name, which comes from an event's own id.
ALL: Final = """
    visitor_id, started_at, ended_at, started_on, duration_seconds, engaged_seconds,
    event_count, page_view_count, product_view_count, cart_add_count, checkout_count,
    order_count, is_converted, revenue_amount, landing_url, referrer, campaign_source,
    campaign_medium, campaign_name, device_type, country_code"""


def exactness_figures(name: str, folder: Path) -> Iterator[Figure]:
    """Our sessions after the new day, against the script that reads all days anew."""
    exact = _exact(folder)
    apart(bound, raw_events(folder), exact)
    yield Figure(f"{name}.sessions", apart(count_sessions, exact).result)
    ours = f"'{database(folder)}' as other (read_only)"
    yield _differing(f"{name}.ours", exact, ours, "other.behavior.sessions", ALL)


def peer_figures(name: str, folder: Path, full: Build, day: Build) -> Iterator[Figure]:
    """Typed events to sessions by others, against our node that does just that."""
    ours, ours_of_day = full.nodes["sessions"], day.nodes["sessions"]
    yield from _segment_figures(f"{name}.segment", folder, ours, ours_of_day)
    yield from _pandas_figures(f"{name}.pandas", folder, ours)


def count_sessions(exact: Path) -> int:
    """How many sessions there are."""
    with opened(exact, read_only=True) as database:
        return int(database.execute("select count(*) from sessions").fetchall()[0][0])


def differing_sessions(exact: Path, attached: str, other: str, columns: str) -> int:
    """How many sessions stand in one of the two and not in the other."""
    with opened(exact, read_only=True) as database:
        if attached:
            database.execute(f"attach {attached}")
        ours, theirs = (
            f"select {columns} from {table}" for table in ("sessions", other)
        )
        found = database.execute(
            f"""select
                (select count(*) from ({ours} except all {theirs}))
                + (select count(*) from ({theirs} except all {ours}))"""
        ).fetchall()
    return int(found[0][0])


def _segment_figures(
    name: str, folder: Path, ours: float, ours_of_day: float
) -> Iterator[Figure]:
    exact, made = _exact(folder), folder / "segment.duckdb"
    other = (f"'{made}' as other (read_only)", "other.sessions", COMMON)
    yield from _beside(f"{name}.full", apart(segment_full, exact, made).seconds, ours)
    yield _differing(f"{name}.full", exact, *other, goal=None)
    made.unlink()
    apart(segment_history, exact, made)
    seconds = apart(segment_increment, exact, made).seconds
    yield from _beside(f"{name}.day", seconds, ours_of_day)
    yield _differing(f"{name}.day", exact, *other, goal=None)
    made.unlink()


def _pandas_figures(name: str, folder: Path, ours: float) -> Iterator[Figure]:
    exact, events = _exact(folder), folder / "events.parquet"
    made = folder / "sessions.parquet"
    apart(write_frame, exact, events)
    took = apart(with_pandas, events, made)
    yield from _beside(f"{name}.full", took.seconds, ours)
    yield Figure(f"{name}.full.peak_mb", took.peak_mb)
    yield _differing(f"{name}.full", exact, "", f"'{made}'", COMMON, goal=None)


def _beside(name: str, seconds: float, ours: float) -> Iterator[Figure]:
    """Their seconds, and how many times ours they are."""
    yield Figure(f"{name}.seconds", seconds)
    yield Figure(f"{name}.times_ours", seconds / ours, at_least=1)


def _differing(
    name: str,
    exact: Path,
    attached: str,
    other: str,
    columns: str,
    goal: float | None = 0,
) -> Figure:
    counted = apart(differing_sessions, exact, attached, other, columns).result
    return Figure(f"{name}.differing_sessions", counted, at_most=goal)


def _exact(folder: Path) -> Path:
    return folder / "exact.duckdb"
