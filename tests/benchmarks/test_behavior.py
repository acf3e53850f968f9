"""What the behaviour benchmark reads and compares with; no timing is asserted here."""

import itertools
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.apart import apart, timed
from benchmarks.behavior_builds import share_figures
from benchmarks.behavior_load import Part, opened, write_history, write_new_day
from benchmarks.behavior_ours import Build, News
from benchmarks.behavior_peers import ALL, COMMON, differing_sessions
from benchmarks.behavior_rivals import (
    bound,
    segment_full,
    segment_history,
    segment_increment,
    with_pandas,
    write_frame,
)

STAMPS = ("sentAt", "receivedAt")
EVENTS = 4_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of four blocks of visitors, and the new day."""
    folder = tmp_path_factory.mktemp("behavior") / "files"
    write_history(folder, EVENTS)
    write_new_day(folder, Part(blocks=4, visits=3))
    return folder


@pytest.fixture(scope="module")
def exact(files: Path) -> Path:
    made = files.parent / "exact.duckdb"
    bound(files, made)
    return made


def calls(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, Any]]:
    lines = [line for f in sorted(folder.glob(pattern)) for line in f.open()]
    return [json.loads(line) for line in lines]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_each_day_holds_what_arrived_on_it_in_that_order(files: Path) -> None:
    for day in (0, 50, 100):
        arrived = [moment(c["receivedAt"]) for c in calls(files, f"*{day:03}.jsonl")]
        began = moment("2025-01-01T00:00:00Z") + timedelta(days=day)
        assert arrived == sorted(arrived)
        assert began <= arrived[0] <= arrived[-1] < began + timedelta(days=1)


def test_some_calls_come_twice_with_other_stamps_and_some_late(files: Path) -> None:
    written = calls(files)
    copies = Counter(call["messageId"] for call in written)
    said = {json.dumps(without_stamps(call)) for call in written}
    again = [call for call in written if "sentAt" in call]
    late = [c for c in written if delay(c) > timedelta(days=3)]
    assert len(said) == len(copies)
    assert max(copies.values()) == 2
    assert 0.01 < len(again) / len(written) < 0.03
    assert 0.03 < len(late) / len(written) < 0.05


def without_stamps(call: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in call.items() if name not in STAMPS}


def delay(call: dict[str, Any]) -> timedelta:
    return moment(call["receivedAt"]) - moment(call["timestamp"])


def test_the_same_day_lies_on_top_of_histories_of_any_length(tmp_path: Path) -> None:
    write_history(tmp_path / "short", EVENTS)
    write_history(tmp_path / "long", 3 * EVENTS)
    write_new_day(tmp_path / "day", Part(blocks=4, visits=2))
    short, long, day = (
        {json.dumps(call) for call in calls(tmp_path / name)}
        for name in ("short", "long", "day")
    )
    visitors = {json.loads(line)["anonymousId"] for line in short}
    assert short < long
    assert day.isdisjoint(long)
    assert {json.loads(line)["anonymousId"] for line in day} <= visitors


def test_the_bound_makes_the_sessions_that_plain_python_makes(
    files: Path, exact: Path
) -> None:
    first: dict[str, dict[str, Any]] = {}
    for call in sorted(calls(files), key=lambda call: call["receivedAt"]):
        first.setdefault(call["messageId"], call)
    by_visitor: dict[str, list[datetime]] = {}
    for call in first.values():
        moments = by_visitor.setdefault("web:" + call["anonymousId"], [])
        moments.append(moment(call["timestamp"]).replace(tzinfo=None))
    expected = {
        (visitor, group[0], group[-1], len(group))
        for visitor, moments in by_visitor.items()
        for group in grouped(sorted(moments))
    }
    with opened(exact, read_only=True) as database:
        assert (
            set(database.sql(f"select {COMMON} from sessions").fetchall()) == expected
        )


def grouped(moments: list[datetime]) -> list[list[datetime]]:
    groups = [[moments[0]]]
    for earlier, later in itertools.pairwise(moments):
        if later - earlier > timedelta(minutes=30):
            groups.append([])
        groups[-1].append(later)
    return groups


def test_the_others_equal_the_bound_until_late_events_come(
    exact: Path, tmp_path: Path
) -> None:
    frame, sessions = tmp_path / "events.parquet", tmp_path / "sessions.parquet"
    write_frame(exact, frame)
    with_pandas(frame, sessions)
    assert differing_sessions(exact, "", f"'{sessions}'", COMMON) == 0
    full, grown = tmp_path / "full.duckdb", tmp_path / "grown.duckdb"
    segment_full(exact, full)
    segment_history(exact, grown)
    segment_increment(exact, grown)
    assert differing(exact, full) == 0
    assert differing(exact, grown) > 0


def differing(exact: Path, made: Path) -> int:
    attached = f"'{made}' as other (read_only)"
    return differing_sessions(exact, attached, "other.sessions", COMMON)


def test_a_session_that_differs_in_any_column_is_counted_on_both_sides(
    exact: Path, tmp_path: Path
) -> None:
    with opened(exact, read_only=True) as database:
        database.execute(
            f"""copy (
                select * replace (if(row_number() over (order by session_id) = 1,
                    revenue_amount + 1, revenue_amount) as revenue_amount)
                from sessions
            ) to '{tmp_path / "other.parquet"}'"""
        )
    assert differing_sessions(exact, "", f"'{tmp_path / 'other.parquet'}'", ALL) == 2


def test_goals_are_for_the_size_that_the_issue_names() -> None:
    full = Build({"sessions": 100.0}, 0)
    slow, quick = (
        News(Build({"sessions": 1.0}, 0), Build({"sessions": seconds}, 0))
        for seconds in (4.1, 4.0)
    )
    share, _ = share_figures("a", 10_000_000, [slow], full)
    assert share.is_short
    share, _ = share_figures("a", 10_000_000, [slow, quick], full)
    assert not share.is_short
    assert not any(one.is_short for one in share_figures("a", 1_000_000, [slow], full))


def test_work_apart_is_timed_and_its_result_given_back() -> None:
    took = apart(sum, [1, 2, 3])
    assert took.result == timed(sum, [1, 2, 3]).result == 6
    assert took.peak_mb > 1
    assert took.seconds >= 0
    assert took.cpu_seconds >= 0
