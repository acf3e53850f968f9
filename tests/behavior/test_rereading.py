"""Files that are read again: the tables of a full refresh, and no other file opened."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path

import pytest

from tests.behavior import shop
from tests.behavior.histories import LOADS
from tests.behavior.killing import killed_build
from tests.behavior.lines import Line
from tests.behavior.loads import many_lines, other_than_afresh
from warehouse.connection import connect
from warehouse.ledger import read_ledger, take_in
from warehouse.rereading import read_again
from warehouse.settings import PROJECT_DIR, Settings

STREAMS = ("web/events", "esp/events")
# What an older reader might have made of a load: misread, lost, set aside otherwise.
HARM = """
    update staging.base_web__events set visitor_id = 'x' || visitor_id
        where load_seq in {loads} and hash(row_key) % 3 = 0;
    delete from staging.base_web__events
        where load_seq in {loads} and hash(row_key) % 3 = 1;
    delete from staging.base_esp__events where load_seq in {loads};
    delete from staging.set_aside where load_seq in {loads};
    update staging.stream_fills set filled_count = 0 where load_seq in {loads};
    delete from staging.file_fills where load_seq in {loads};
"""
KEPT_BY_LOAD = (
    *("base_web__events", "base_esp__events", "salvaged_rows", "set_aside"),
    *("stream_fills", "file_fills"),
)


def day(load: int) -> date:
    """The day on which a load landed."""
    return date(2026, 3, load + 1)


def land(settings: Settings, load: int, patch: pytest.MonkeyPatch) -> None:
    """Land a load, which the ledger takes in on its own day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(2026, 3, load + 1, 23, 59, tzinfo=tz)

    patch.setattr("warehouse.ledger.datetime", Clock)
    shop.land(settings, lines(), load)
    assert take_in(settings)


@cache
def lines() -> list[Line]:
    """Drawn when a test asks: both processes of `make test` import this file."""
    return many_lines(100, seed=4)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Loads that landed on four days, all built."""
    shared = Settings(PROJECT_DIR, tmp_path_factory.mktemp("reread") / "data")
    with pytest.MonkeyPatch.context() as patch:
        for load in range(LOADS):
            land(shared, load, patch)
        shop.build(shared)
    return shared


def loads_of(settings: Settings, of: date) -> list[int]:
    """The numbers of the loads that landed on a day."""
    return [f.load_seq for f in read_ledger(settings) if f.landed_at.date() == of]


def harm(settings: Settings, loads: list[int]) -> None:
    """Leave these loads as an older reader might have, and all that follows from it."""
    named = ", ".join(f"'{name}'" for name in KEPT_BY_LOAD)
    with connect(settings.build_path) as build:
        build.execute(HARM.format(loads=tuple(loads)))
        marks = "delete from ops.high_water_marks where model not in"
        build.execute(f"{marks} ({named}, 'landed_files')")
    shop.build(settings)


@contextmanager
def garbled(settings: Settings, but: date) -> Iterator[None]:
    """Streams that landed on other days say nothing for a while, and do not tell."""
    wanted = {
        file.path: file.landed_at.date() != but
        for file in read_ledger(settings)
        if f"{file.source}/{file.entity}" in STREAMS
    }
    paths = [settings.raw_dir / path for path, is_other in wanted.items() if is_other]
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, contents, strict=True):
        written(path, b"x" * (len(content) - 1) + b"\n")
    assert paths
    yield
    for path, content in zip(paths, contents, strict=True):
        written(path, content)


def written(path: Path, content: bytes) -> None:
    """Other content of the same length, under the former stamp."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def test_files_of_a_day_are_read_again_and_no_others(settings: Settings) -> None:
    loads = loads_of(settings, day(2))
    before = shop.table(settings, "behavior.sessions")
    harm(settings, loads)
    assert len(shop.table(settings, "behavior.sessions")) != len(before)
    with garbled(settings, but=day(2)):
        again = read_again(settings, day(2), day(2))
        assert [file.load_seq for file in again.files] == loads
        assert not again.changed
        # Wherever it breaks off, and whatever is run alone meanwhile.
        killed_build(settings, "base_esp__events")
        shop.build(settings, ["sessions"])
        shop.build(settings)
    assert other_than_afresh(settings) == []


def test_what_was_edited_without_a_new_stamp_is_found(settings: Settings) -> None:
    path = settings.raw_dir / lines()[0].path
    [edited] = [f for f in read_ledger(settings) if settings.raw_dir / f.path == path]
    first, *others = path.read_bytes().splitlines(keepends=True)
    written(path, b"".join([*others, b"x" * (len(first) - 1) + b"\n"]))
    assert not read_again(settings, day(LOADS), day(LOADS + 5)).files
    again = read_again(settings, edited.landed_at.date(), edited.landed_at.date())
    assert [file.path for file in again.changed] == [edited.path]
    newest = [f for f in read_ledger(settings) if f.path == edited.path]
    assert newest[-1].load_seq > edited.load_seq
