"""One shop, told in one way or in four, has the same sessions."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.simulation import simulate
from tests.behavior import shop
from tests.sources.retold import Call, as_ga4, as_snowplow, as_tables
from warehouse.connection import connect
from warehouse.settings import PROJECT_DIR, Settings

ALL: Final = {"sources": ["segment", "ga4", "snowplow"]}
TRACKERS: Final = ("segment", "tables", "ga4", "snowplow")
UP_TO_SESSIONS: Final = ("+sessions", "+file_reconciliation")
# What a name is made of: who told it, and when that one received it.
NAMING: Final = ("session_id", "visitor_id")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shop as its own web stream tells it."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("one") / "data")
    simulate(settings.raw_dir, customers=150, days=60, seed=5)
    shop.build(settings, UP_TO_SESSIONS)
    return settings


@pytest.fixture(scope="module")
def many(one: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same shop, three quarters of its visitors told in other ways."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("many") / "data")
    told = {tracker: list[Call]() for tracker in TRACKERS}
    lines = list(web_lines(one.raw_dir))
    odd = {visitor_of(call) for _, call in lines if not is_sound(call)}
    kept = []
    for line, call in lines:
        tracker = tracker_of(visitor_of(call))
        if tracker == "segment" or visitor_of(call) in odd:
            kept.append(line)
        else:
            told[tracker].append(call)
    assert min(len(kept), *(len(told[name]) for name in TRACKERS[1:])) > 500
    write(settings.raw_dir / "web/events/events.jsonl", "".join(kept))
    for table, text in as_tables(told["tables"]).items():
        write(settings.raw_dir / f"segment/{table}/{table}.csv", text)
    write(settings.raw_dir / "ga4/events/events.jsonl", as_ga4(told["ga4"]))
    enriched = as_snowplow(told["snowplow"])
    write(settings.raw_dir / "snowplow/events/events.csv", enriched)
    shop.build(settings, UP_TO_SESSIONS, variables=ALL)
    return settings


def web_lines(raw_dir: Path) -> Iterator[tuple[str, Call]]:
    """Every line of the web stream, with the call that it holds (or an empty one)."""
    for file in sorted((raw_dir / "web/events").iterdir()):
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            try:
                yield line, json.loads(line)
            except ValueError:
                yield line, {}


def visitor_of(call: Call) -> str:
    """Whose call it is; nobody's where it has no id."""
    return str(call.get("anonymousId") or call.get("userId") or "")


def tracker_of(visitor: str) -> str:
    """Who tells this visitor's calls."""
    return TRACKERS[hashlib.sha256(visitor.encode()).digest()[0] % len(TRACKERS)]


def is_sound(call: Call) -> bool:
    """Whether any tracker would have sent it: whole, and not before it happened."""
    try:
        occurred, received = (
            datetime.fromisoformat(call[name]) for name in ("timestamp", "receivedAt")
        )
    except (KeyError, TypeError, ValueError):
        return False
    return "messageId" in call and occurred <= received + timedelta(minutes=60)


def write(path: Path, text: str) -> None:
    """A sealed file of the raw folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def sessions_of(settings: Settings) -> Counter[Any]:
    """The sessions, all but what names them; a visitor without its source."""
    rows = shop.table(settings, "behavior.sessions")
    for row in rows:
        row["visitor"] = row["visitor_id"].partition(":")[2]
    columns = [name for name in rows[0] if name not in NAMING]
    return shop.counted(rows, columns)


def test_four_exports_make_the_sessions_of_one(one: Settings, many: Settings) -> None:
    ours, theirs = sessions_of(one), sessions_of(many)
    assert ours.total() > 1000
    assert theirs - ours == Counter()
    assert ours - theirs == Counter()


def test_every_tracker_has_sessions(many: Settings) -> None:
    rows = shop.table(many, "behavior.sessions")
    told = Counter(row["visitor_id"].partition(":")[0] for row in rows)
    assert set(told) == {"web", "ga4", "snowplow"}


def test_every_line_is_accounted_for(many: Settings) -> None:
    with connect(many.build_path, read_only=True) as connection:
        lost = connection.execute(
            """select path from staging.file_reconciliation
            where line_count != accepted_count + duplicate_count + quarantined_count"""
        ).fetchall()
    assert lost == []
