"""A run that is killed at any moment costs nothing: the next one makes good."""

import os
import subprocess
import sys
import time

import pytest

from orchestration.execution import Options, execute
from tessera.rebuilding import rebuild_and_compare
from warehouse.publications import UNFINISHED_SUFFIX, current, publications
from warehouse.settings import Settings

RUN = [sys.executable, "-c", "from tessera.main import app; app()", "run"]


def kill_a_run(shop: Settings, seconds: float) -> None:
    """Start a run, and kill it so long after it has taken the lock."""
    lock = shop.data_dir / "build" / "run.lock"
    before = lock.stat().st_mtime_ns if lock.exists() else 0
    environment = {**os.environ, "TESSERA_DATA": str(shop.data_dir)}
    with subprocess.Popen(
        RUN, cwd=shop.project_dir, env=environment, stdout=subprocess.DEVNULL
    ) as process:
        while not (lock.exists() and lock.stat().st_mtime_ns > before):
            assert process.poll() is None
            time.sleep(0.1)
        time.sleep(seconds)
        process.kill()


@pytest.mark.soak
def test_killed_runs_leave_nothing_behind(shop: Settings) -> None:
    for seconds in (2, 8, 16):
        kill_a_run(shop, seconds)
    assert execute(shop, Options()).succeeded
    assert current(shop) == publications(shop)[-1]
    assert not list(shop.publications_dir.glob(f"*{UNFINISHED_SUFFIX}"))
    assert rebuild_and_compare(shop, Options()) == []
