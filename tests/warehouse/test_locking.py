"""One run at a time, and the second is told about the first."""

import subprocess
import sys

import pytest

from warehouse.errors import TesseraError
from warehouse.locking import run_lock
from warehouse.settings import Settings


def test_the_second_run_is_told_who_is_at_work(settings: Settings) -> None:
    with (
        run_lock(settings),
        pytest.raises(TesseraError, match=r"process \d+ since"),
        run_lock(settings),
    ):
        pass


def test_the_lock_is_free_after_the_run(settings: Settings) -> None:
    for _ in range(2):
        with run_lock(settings):
            pass


def test_a_killed_run_frees_the_lock(settings: Settings) -> None:
    holding = (
        "import sys; from pathlib import Path;"
        "from warehouse.settings import *; from warehouse.locking import run_lock\n"
        "with run_lock(Settings(PROJECT_DIR, Path(sys.argv[1]))):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(settings.data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=settings.project_dir,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(TesseraError, match=str(holder.pid)), run_lock(settings):
            pass
        holder.kill()
    with run_lock(settings):
        pass


def test_a_run_may_wait(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    with run_lock(settings):
        monkeypatch.setattr("warehouse.locking.time.sleep", waited.append)
        clock = iter(range(100))
        monkeypatch.setattr("warehouse.locking.time.monotonic", lambda: next(clock))
        with pytest.raises(TesseraError), run_lock(settings, wait_seconds=3):
            pass
    assert len(waited) == 2
