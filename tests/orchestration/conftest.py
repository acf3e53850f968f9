"""One small shop that the tests of runs share; each run takes half a minute."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.execution import Options, Outcome, execute
from simulator.simulation import simulate
from warehouse.settings import PROJECT_DIR, Settings


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A simulated shop that nobody has run on yet, in a path with a space."""
    data_dir = tmp_path_factory.mktemp("the shop") / "data"
    settings = Settings(project_dir=PROJECT_DIR, data_dir=data_dir)
    simulate(settings.raw_dir, customers=500, days=150, seed=7)
    return settings


@contextmanager
def all_logs() -> Iterator[None]:
    """Let dbt write what tests otherwise spare: artifacts and its own log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_WRITE_JSON", "true")
        patch.setenv("DBT_LOG_LEVEL_FILE", "debug")
        yield


@pytest.fixture(scope="session")
def first_run(shop: Settings) -> Outcome:
    """The whole job, once, as `tessera run` executes it."""
    with all_logs():
        return execute(shop, Options())


def append(path: Path, text: str) -> None:
    """Add a file of this text to the raw folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
