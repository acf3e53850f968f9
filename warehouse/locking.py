"""One run at a time: DuckDB has one writer, and a half-built table has no reader."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.settings import BUILD, Settings

# Who only looks (`tessera status`) is done by then.
POLL_SECONDS = 0.5
# So many runs in a row may be killed as they begin, and are all ended by the next.
RUNS_NAMED = 20


@dataclass(frozen=True)
class Holder:
    """The run at work, as far as the lock tells: its process, and since when (UTC)."""

    pid: int | None = None
    since: datetime | None = None

    def __str__(self) -> str:
        """In a few words, for an error or the screen."""
        if self.pid is None or self.since is None:
            return "it has just started"
        return f"process {self.pid} since {self.since:%Y-%m-%d %H:%M:%S} UTC"


@contextmanager
def run_lock(
    settings: Settings, *, wait_seconds: float = 0, run_id: str = ""
) -> Iterator[Sequence[str]]:
    """Hold the run lock; the system frees it even if the process is killed.

    Gives the ids of the last runs that held it: those that were killed could not say so
    themselves, and more than one where the next was killed before it could say so.
    Who holds it without a `run_id` leaves them as they are.

    Raises:
        TesseraError: another run holds it for longer than we may wait; says which
            process and since when.
    """
    path = _lock_path(settings)
    with _open(path) as lock:
        _acquire(path, lock, time.monotonic() + max(wait_seconds, POLL_SECONDS))
        former = [str(one) for one in _read(lock).get("run_ids", [])]
        _sign(lock, [*former, run_id][-RUNS_NAMED:] if run_id else former)
        yield former


@contextmanager
def looking(settings: Settings) -> Iterator[Holder | None]:
    """The run at work, or None: then none begins while the block lasts.

    Who looks into the build database while a run is at work would stop the run, since
    a reader excludes the writer. So look there only where this gives None.
    """
    try:
        lock = _lock_path(settings).open()
    except OSError:
        # No run ever began here, or the folder is not ours to read.
        yield None
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            holder = None
        except BlockingIOError:
            holder = _holder(lock)
        yield holder


def require_free(settings: Settings) -> None:
    """Refuse at once what a run at work would refuse after long preparations.

    Raises:
        TesseraError: another run is at work; says which process and since when.
    """
    with looking(settings) as holder:
        if holder is not None:
            raise _held(_lock_path(settings), holder)


def _lock_path(settings: Settings) -> Path:
    return settings.data_dir / BUILD / "run.lock"


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
                raise _held(path, _holder(lock)) from None
            time.sleep(POLL_SECONDS)


def _sign(lock: IO[str], run_ids: Sequence[str]) -> None:
    since = datetime.now(UTC).isoformat()
    lock.truncate(0)
    json.dump({"pid": os.getpid(), "since": since, "run_ids": run_ids}, lock)
    lock.flush()


def _read(lock: IO[str]) -> dict[str, Any]:
    """What the last holder wrote; nothing, where there was none."""
    lock.seek(0)
    try:
        return dict(json.load(lock))
    except ValueError:
        return {}


def _held(path: Path, holder: Holder) -> TesseraError:
    return TesseraError(
        "another run is at work on this data folder",
        where=str(path),
        given=str(holder),
        remedy="Wait for it to end, then run again",
    )


def _holder(lock: IO[str]) -> Holder:
    """Who holds the lock, as far as it says so."""
    told = _read(lock)
    try:
        return Holder(int(told["pid"]), datetime.fromisoformat(told["since"]))
    except (ValueError, KeyError, TypeError):
        return Holder()
