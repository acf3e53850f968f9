"""One run at a time: DuckDB has one writer, and a half-built table has no reader."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.settings import BUILD, Settings

POLL_SECONDS = 1.0


@contextmanager
def run_lock(
    settings: Settings, *, wait_seconds: float = 0, run_id: str = ""
) -> Iterator[str]:
    """Hold the run lock; the system frees it even if the process is killed.

    Gives the id of the run that held it last ("" where none did): one that was killed
    could not say so itself. Who holds it without a `run_id` leaves that id there.

    Raises:
        TesseraError: another run holds it for longer than we may wait; says which
            process and since when.
    """
    path = settings.data_dir / BUILD / "run.lock"
    with _open(path) as lock:
        _acquire(path, lock, time.monotonic() + wait_seconds)
        former = _read(lock).get("run_id", "")
        _sign(lock, run_id or former)
        yield former


def _open(path: Path) -> IO[str]:
    make_folder(path.parent)
    try:
        return path.open("a+")
    except OSError as error:
        raise unwritable(path, error) from error


def _acquire(path: Path, lock: IO[str], deadline: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise _held(path, lock) from None
            time.sleep(POLL_SECONDS)


def _sign(lock: IO[str], run_id: str) -> None:
    since = datetime.now(UTC).isoformat()
    lock.truncate(0)
    json.dump({"pid": os.getpid(), "since": since, "run_id": run_id}, lock)
    lock.flush()


def _read(lock: IO[str]) -> dict[str, Any]:
    """What the last holder wrote; nothing, where there was none."""
    lock.seek(0)
    try:
        return dict(json.load(lock))
    except ValueError:
        return {}


def _held(path: Path, lock: IO[str]) -> TesseraError:
    """Who holds the lock, as far as it says so."""
    holder = _read(lock)
    return TesseraError(
        "another run is at work on this data folder",
        where=str(path),
        given=f"process {holder['pid']} since {holder['since'][:19]} UTC"
        if holder
        else "it has just started",
        remedy="Wait for it to end, then run again",
    )
