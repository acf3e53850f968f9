"""Every path follows from two folders."""

from pathlib import Path

import pytest

from warehouse.errors import TesseraError
from warehouse.settings import PROJECT_DIR, Settings, load_settings


def test_the_data_folder_is_the_projects_unless_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TESSERA_DATA")
    assert load_settings().data_dir == PROJECT_DIR / "data"
    monkeypatch.setenv("TESSERA_DATA", str(tmp_path / "else where"))
    assert load_settings().build_path == (
        tmp_path / "else where" / "build" / "tessera.duckdb"
    )


def test_a_relative_data_folder_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TESSERA_DATA", "here")
    assert load_settings().data_dir == tmp_path / "here"


def test_an_example_has_its_own_data(settings: Settings) -> None:
    own = settings.for_example("online_retail")
    assert own.raw_dir == settings.data_dir / "examples" / "online_retail" / "raw"


def test_an_unknown_example_names_the_known(settings: Settings) -> None:
    with pytest.raises(TesseraError, match="Did you mean `online_retail`"):
        settings.for_example("online_retial")
