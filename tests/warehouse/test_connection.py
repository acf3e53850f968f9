"""Every connection is in UTC, bounded, offline, and refuses in sentences."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse.connection import connect
from warehouse.errors import TesseraError


def test_moments_are_utc_and_nothing_is_downloaded() -> None:
    with connect() as connection:
        row = connection.execute(
            "select current_setting('TimeZone'),"
            " current_setting('autoinstall_known_extensions')"
        ).fetchone()
    assert row == ("UTC", False)


def test_memory_is_bounded_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERA_MEMORY_LIMIT", "512MiB")
    with connect() as connection:
        row = connection.execute("select current_setting('memory_limit')").fetchone()
    assert row == ("512.0 MiB",)


def test_a_wrong_memory_limit_says_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TESSERA_MEMORY_LIMIT", "lots")
    with pytest.raises(TesseraError, match="such as 4GB"):
        connect()


def test_reading_what_is_not_there_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="tessera run"):
        connect(tmp_path / "none.duckdb", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="cannot be opened"):
        connect(tmp_path / "no folder" / "t.duckdb")


def test_another_process_at_work_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    connect(path).close()
    holding = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
        " print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(TesseraError, match="open in another process"):
            connect(path, read_only=True)
        holder.communicate()


def test_two_modes_in_one_process_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    with connect(path), pytest.raises(TesseraError, match="another mode"):
        connect(path, read_only=True)


def test_errors_of_queries_stay_duckdbs() -> None:
    with connect() as connection, pytest.raises(duckdb.BinderException):
        connection.execute("select nothing")


def test_a_broken_database_says_how_to_get_another(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    path.write_text("this is a letter, not a database" * 500)
    with pytest.raises(TesseraError, match="builds it anew"):
        connect(path)
