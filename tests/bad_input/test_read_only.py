"""A data folder that cannot be written is told in a sentence, and left as it was.

Tests may run as root, whom no mode bit stops: here a file or a folder stands in the
way, which stops everybody. One test takes the permission away, where that matters.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_input.conftest import Says, land
from tests.bad_input.odd_files import HEADER, person
from warehouse.dbt import dbt_build
from warehouse.errors import TesseraError, causes
from warehouse.settings import PROJECT_DIR, Settings

CONTENT = HEADER + person("ann")


@pytest.fixture
def landed(settings: Settings) -> Settings:
    """A data folder with one file that landed."""
    land(settings, "shop/customers/a.csv", CONTENT.encode())
    return settings


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its content."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("in_the_way", ["build", "dagster"])
def test_a_run_that_cannot_write_says_so(
    landed: Settings, in_the_way: str, tessera: Says
) -> None:
    (landed.data_dir / in_the_way).write_text("a file, and no folder")
    before = files(landed.raw_dir)
    code, told = tessera(landed, "run")
    assert code == 2
    assert "cannot be written" in told
    assert str(landed.data_dir / in_the_way) in told
    assert "TESSERA_DATA" in told
    assert "Traceback" not in told
    assert files(landed.raw_dir) == before


def test_a_ledger_that_cannot_be_written_is_told(
    landed: Settings, tessera: Says
) -> None:
    landed.ledger_path.mkdir()
    code, told = tessera(landed, "run")
    assert code == 2
    assert "the ledger of landed files cannot be read" in told
    assert str(landed.ledger_path) in told
    assert "Traceback" not in told
    assert (landed.raw_dir / "shop/customers/a.csv").read_text() == CONTENT


@pytest.mark.parametrize("command", ["run", "demo", "simulate", "status", "segments"])
def test_a_data_folder_below_a_file_is_told(
    tmp_path: Path, tessera: Says, command: str
) -> None:
    (tmp_path / "file").write_text("")
    code, told = tessera(Settings(PROJECT_DIR, tmp_path / "file" / "data"), command)
    assert code in (0, 2)
    assert "Traceback" not in told
    assert code == 0 or told.startswith("tessera: ")


def test_dbt_alone_says_it_too(landed: Settings) -> None:
    landed.build_dir.write_text("a file, and no folder")
    with pytest.raises(TesseraError, match="cannot be written") as told:
        dbt_build(landed, select=["as_of"])
    assert str(landed.build_dir) in str(told.value)


@pytest.fixture
def without_permission(landed: Settings) -> Iterator[Settings]:
    """The data folder without its write permission."""
    folders = [landed.data_dir, landed.raw_dir]
    for folder in folders:
        folder.chmod(0o555)
    yield landed
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write whatever the mode says")
def test_a_folder_without_permission_is_told(
    without_permission: Settings, tessera: Says
) -> None:
    code, told = tessera(without_permission, "run")
    assert code == 2
    assert "cannot be written" in told
    assert (without_permission.raw_dir / "shop/customers/a.csv").read_text() == CONTENT


def test_a_mishap_whose_causes_go_round_ends() -> None:
    """Dagster wraps errors in each other; looking for ours must come to an end."""
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert list(causes(one)) == [one, other]
    other.__cause__ = ours = TesseraError("ours")
    assert list(causes(one)) == [one, other, ours]
