"""A full disk is told as one, whoever meets it first."""

import errno
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from warehouse.disk import full_disk
from warehouse.errors import TesseraError

FULL = OSError(errno.ENOSPC, "No space left on device")
MET = [
    FULL,
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    sqlite3.OperationalError("database or disk is full"),
    duckdb.IOException('Could not write file "t.duckdb": No space left on device'),
    TesseraError("model `a` failed", given="IO Error: No space left on device"),
]


@pytest.mark.parametrize("error", MET, ids=lambda error: type(error).__name__)
def test_a_full_disk_is_told_however_it_shows(tmp_path: Path, error: Exception) -> None:
    wrapped = RuntimeError("step failed")
    wrapped.__cause__ = error
    told = full_disk(tmp_path / "not" / "there", wrapped)
    assert told is not None
    assert "the disk is full" in str(told)
    assert "MB are free" in str(told)
    assert "run again" in str(told)


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "denied"), ValueError("odd")])
def test_another_error_is_left_alone(tmp_path: Path, error: Exception) -> None:
    error.__context__ = wrapping = RuntimeError("in a circle")
    wrapping.__cause__ = error
    assert full_disk(tmp_path, error) is None


@pytest.mark.parametrize(("free", "is_full"), [(999_999, True), (1_000_000, False)])
def test_an_error_of_sqlite_is_one_of_room_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_full: bool
) -> None:
    usage = SimpleNamespace(total=10**9, free=free)
    monkeypatch.setattr("warehouse.disk.shutil.disk_usage", lambda folder: usage)
    error = sqlite3.OperationalError("disk I/O error")
    assert bool(full_disk(tmp_path, error)) == is_full
