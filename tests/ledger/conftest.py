"""A shop in memory, and a folder for what dbt compiles, once for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.shop import Shop
from tests.pipeline.live import in_memory


@pytest.fixture(scope="session")
def compile_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty data folder."""
    return tmp_path_factory.mktemp("compiled") / "data"


@pytest.fixture
def shop(compile_dir: Path) -> Iterator[Shop]:
    """A shop that no run has seen."""
    with in_memory() as build:
        yield Shop(build, compile_dir)
