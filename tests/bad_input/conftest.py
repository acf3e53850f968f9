"""A shop that sends odd files, and one that sends nothing; each is built once."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tessera.main import app
from tests.bad_input import more_files
from tests.bad_input.odd_files import CSV, JSON
from tests.conftest import Once
from warehouse.connection import connect
from warehouse.dbt import DbtRun, dbt_build
from warehouse.settings import PROJECT_DIR, Settings

# The decisions of people are spelled by two lists.
STAGING = (
    "staging,resource_type:model",
    "mailboxes",
    "calling_codes",
    "mart_data_quality",
)


def land(settings: Settings, path: str, content: bytes) -> Path:
    """Put a file (`source/entity/name`) into the raw folder."""
    file = settings.raw_dir / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def ask(settings: Settings, query: str, values: Sequence[Any] = ()) -> list[Any]:
    """The rows of a query on the build database."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


Says = Callable[..., tuple[int, str]]


@pytest.fixture
def tessera(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Says:
    """Type a command on a data folder; its exit code, and what it says on stderr."""

    def say(settings: Settings, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("TESSERA_DATA", str(settings.data_dir))
        monkeypatch.setattr(sys, "argv", ["tessera", *words])
        with pytest.raises(SystemExit) as ended:
            app()
        return int(ended.value.code or 0), capsys.readouterr().err

    return say


@pytest.fixture(scope="session")
def odd_shop(once: Once) -> Settings:
    """Every odd file, staged, in a path that reads like a pattern."""

    def make(settings: Settings) -> None:
        for odd in CSV:
            land(settings, f"shop/customers/{odd.name}.csv", odd.content)
        for odd in JSON:
            land(settings, f"web/events/{odd.name}.jsonl", odd.content)
        for path, content in more_files.FILES.items():
            land(settings, path, content)
        dbt_build(settings, select=STAGING)

    return once("odd [shop]", make)


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Nothing landed, nothing built."""
    data_dir = tmp_path_factory.mktemp("empty") / "data"
    return Settings(project_dir=PROJECT_DIR, data_dir=data_dir)


@pytest.fixture(scope="session")
def built_on_nothing(empty_folder: Settings) -> DbtRun:
    """All that `dbt build` does, unit tests as well, where nothing landed."""
    return dbt_build(empty_folder, excluded=[])


@pytest.fixture(scope="session")
def empty_shop(empty_folder: Settings, built_on_nothing: DbtRun) -> Settings:
    """Nothing landed, and yet everything was built and tested by dbt."""
    return empty_folder
