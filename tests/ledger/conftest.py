"""A shop in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.shop import Shop
from tests.pipeline.live import in_memory


@pytest.fixture
def shop(compile_dir: Path) -> Iterator[Shop]:
    """A shop that no run has seen."""
    with in_memory() as build:
        yield Shop(build, compile_dir)
