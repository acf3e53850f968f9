"""A shop that is built and published once; each test spoils a copy of it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.erasure.people import copied, made
from warehouse.settings import PROJECT_DIR, Settings


@pytest.fixture(scope="session")
def shop_once(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Built once, and published twice; once for all processes that test."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, unfinished = root / "a shop's data", root / "unfinished"
    with claimed(root / "erasure.lock"):
        if not folder.exists():
            made(unfinished)
            unfinished.rename(folder)
    return Settings(project_dir=PROJECT_DIR, data_dir=folder)


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Nobody else is in here."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def shop(shop_once: Settings, settings: Settings) -> Settings:
    """A copy of that shop."""
    return copied(shop_once, settings)
