"""A folder for what dbt compiles, once for all tests of a process."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compile_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty data folder."""
    return tmp_path_factory.mktemp("compiled") / "data"
