"""What all tests share: a data folder of their own, so that the project's stays."""

import os
import tempfile
from pathlib import Path

import pytest

from warehouse.settings import PROJECT_DIR, Settings

# Before anything reads it: no test touches the data of whoever runs the tests.
os.environ["TESSERA_DATA"] = tempfile.mkdtemp(prefix="tessera-tests-")
os.environ.pop("DAGSTER_HOME", None)
# Artifacts and logs that no test reads would make each build longer.
os.environ["DBT_WRITE_JSON"] = "false"
os.environ["DBT_LOG_LEVEL_FILE"] = "none"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """This project on an empty data folder whose path has a space and a quote."""
    return Settings(project_dir=PROJECT_DIR, data_dir=tmp_path / "a shop's data")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; the test is skipped, by name, where it is absent."""
    given = os.environ.get("TESSERA_SHARED_DATA")
    folder = Path(given) if given else PROJECT_DIR.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set TESSERA_SHARED_DATA)")
    return folder
