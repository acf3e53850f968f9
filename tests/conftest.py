"""What all tests share: a data folder of their own, so that the project's stays."""

import atexit
import fcntl
import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import warehouse.dbt
from warehouse.settings import PROJECT_DIR, Settings

MEMORY, ROOM_KIB = Path("/dev/shm"), 8 << 20


def has_room() -> bool:
    """Whether what tests write fits into memory, twice over."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return False
    told = Path("/proc/meminfo").read_text().partition("MemAvailable:")[2].split()
    free = shutil.disk_usage(MEMORY).free >> 10
    return min(free, int(told[0]) if told else 0) > ROOM_KIB


def folder_of_this_run(name: str) -> str:
    """A folder that goes when this process ends."""
    folder = tempfile.mkdtemp(prefix=f"tessera-{name}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# Nothing that a test writes has to outlive the machine, so no build waits for a disk.
if "TMPDIR" not in os.environ and has_room():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
# Before anything reads it: no test touches the data of whoever runs the tests.
os.environ["TESSERA_DATA"] = folder_of_this_run("tests")
os.environ.pop("DAGSTER_HOME", None)
# Where dbt keeps what it parsed: all processes of these tests inherit it.
if "TESSERA_TESTS_PARSED" not in os.environ:
    os.environ["TESSERA_TESTS_PARSED"] = folder_of_this_run("parsed")
PARSED = os.environ["TESSERA_TESTS_PARSED"]
# Artifacts and logs that no test reads would make each build longer.
os.environ["DBT_WRITE_JSON"] = "false"
os.environ["DBT_LOG_LEVEL_FILE"] = "none"
# A step asks what stands in the schemas that it builds, and not in all others.
os.environ["DBT_CACHE_SELECTED_ONLY"] = "true"
# Few of the objects that a step of dbt makes are garbage before it ends.
gc.set_threshold(50_000)


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    """A project is parsed once for all tests, and again where a file has changed.

    To parse takes three seconds a data folder, and dbt does not for one that it knows.
    From then on, dbt repeats none of its own work.
    """
    is_plain = "TESSERA_TESTS_PLAIN_DBT" in os.environ

    def parse(settings: Settings, variables: str) -> Any:
        nonlocal is_plain
        if not is_plain:
            from tests.quick_dbt import make_quick

            is_plain = True
            make_quick()
        told = f"{settings.project_dir} {variables}"
        folder = hashlib.sha256(told.encode()).hexdigest()
        return parsed(Settings(settings.project_dir, Path(PARSED, folder)), variables)

    parsed = warehouse.dbt._parse
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse.dbt, "_parse", parse)
        yield


Once = Callable[[str, Callable[[Settings], object]], Settings]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a named data folder that all processes of these tests share.

    Who needs it first makes it, and the others wait. It is to be read: a test that
    changes it takes a copy.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def made(name: str, make: Callable[[Settings], object]) -> Settings:
        folder = root / "made once" / name
        folder.mkdir(parents=True, exist_ok=True)
        # A path with a space and a quote.
        settings = Settings(project_dir=PROJECT_DIR, data_dir=folder / "a shop's data")
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "whole").exists():
                shutil.rmtree(settings.data_dir, ignore_errors=True)
                make(settings)
                (folder / "whole").touch()
        return settings

    return made


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


@pytest.fixture(scope="session")
def compile_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what dbt compiles, once for all tests of a process."""
    return tmp_path_factory.mktemp("compiled") / "data"
