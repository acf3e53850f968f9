"""One small shop that the tests of runs share; each run takes half a minute."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.execution import Options, Outcome, execute
from simulator.simulation import simulate
from tests.conftest import Once
from warehouse.settings import Settings

# Where a run looks from until the news land; some exports tell of later days already.
AS_OF = "2025-12-01 00:00:00"
# Beside a shop: what it was after its first run, what lands later, and that run's id.
BEFORE, NEWS, RUN_ID = "before", "news", "run id"


@contextmanager
def all_logs() -> Iterator[None]:
    """Let dbt write what tests otherwise spare: artifacts and its own log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_WRITE_JSON", "true")
        patch.setenv("DBT_LOG_LEVEL_FILE", "debug")
        yield


def begin(shop: Settings, customers: int) -> None:
    """Simulate a shop, and run on what it told by the end of November."""
    simulate(shop.raw_dir, customers=customers, days=150, seed=7)
    beside = shop.data_dir.parent
    for file in sorted(shop.raw_dir.rglob("*-2025-12-*")):
        target = beside / NEWS / file.relative_to(shop.raw_dir)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)
    with all_logs():
        outcome = execute(shop, Options(as_of=AS_OF))
    assert outcome.succeeded
    (beside / RUN_ID).write_text(outcome.run_id)
    shutil.copytree(shop.data_dir, beside / BEFORE, symlinks=True)


@pytest.fixture(scope="session")
def begun(once: Once) -> Settings:
    """The shop after the whole job ran once, as `tessera run` executes it."""
    return once("the shop", lambda shop: begin(shop, 500))


@pytest.fixture(scope="session")
def shop(begun: Settings) -> Settings:
    """That of one file, which goes on with it; others take what lies beside it."""
    return begun


@pytest.fixture(scope="session")
def first_run(begun: Settings) -> Outcome:
    """The run that was its first."""
    return Outcome((begun.data_dir.parent / RUN_ID).read_text(), succeeded=True)


def append(path: Path, text: str) -> None:
    """Add a file of this text to the raw folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
