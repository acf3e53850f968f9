"""Former publications: shown again in one step, and gone when they are too many."""

import errno
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tessera.main import commands
from tests.killing import killed_at
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.locking import run_lock
from warehouse.publications import current, publications
from warehouse.publishing import publish
from warehouse.retention import prune, roll_back
from warehouse.settings import Settings

AS_OF = datetime(2025, 12, 31)


@pytest.fixture
def four(settings: Settings) -> list[str]:
    """Four publications of as many days, oldest first."""
    settings.build_dir.mkdir(parents=True)
    for day in range(4):
        moment = AS_OF + timedelta(days=day)
        with connect(settings.build_path) as build:
            build.execute("create schema if not exists marts")
            build.execute(
                "create or replace table marts.customers as"
                f" select {day} as customer_id, timestamp '{moment}' as as_of_at"
            )
        publish(settings, moment)
    return [one.id for one in publications(settings)]


def ids(settings: Settings) -> list[str]:
    return [one.id for one in publications(settings)]


def read(path: Path) -> int:
    with connect(path / "tessera.duckdb", read_only=True) as database:
        [(found,)] = database.execute("select customer_id from customers").fetchall()
    return int(found)


def test_a_former_publication_is_shown_again(
    settings: Settings, four: list[str]
) -> None:
    assert read(settings.published_link) == 3
    assert roll_back(settings, four[1]).id == four[1]
    assert read(settings.published_link) == 1
    standing = current(settings)
    assert standing
    assert standing.id == four[1]
    # Nothing was lost by it.
    assert ids(settings) == four
    roll_back(settings, four[3])
    assert read(settings.published_link) == 3


def test_who_reads_it_reads_on(settings: Settings, four: list[str]) -> None:
    with connect(settings.published_link / "tessera.duckdb", read_only=True) as reader:
        roll_back(settings, four[2])
        prune(settings, 1)
        assert reader.execute("select customer_id from customers").fetchall() == [(3,)]


@pytest.mark.parametrize(
    ("keep", "left"), [(1, [3]), (2, [2, 3]), (4, [0, 1, 2, 3]), (9, [0, 1, 2, 3])]
)
def test_the_newest_are_kept(
    settings: Settings, four: list[str], keep: int, left: list[int]
) -> None:
    expected = [four[place] for place in left]
    assert prune(settings, keep) == [one for one in four if one not in expected]
    assert ids(settings) == expected
    assert read(settings.published_link) == 3
    assert sorted(path.name for path in settings.publications_dir.iterdir()) == expected


def test_the_one_that_stands_is_kept_however_old(
    settings: Settings, four: list[str]
) -> None:
    roll_back(settings, four[0])
    assert prune(settings, 2) == [four[1]]
    assert ids(settings) == [four[0], four[2], four[3]]
    assert read(settings.published_link) == 0


def test_a_misspelt_id_is_told(settings: Settings, four: list[str]) -> None:
    with pytest.raises(TesseraError, match=f"Did you mean `{four[2]}`"):
        roll_back(settings, four[2][:-2])
    assert read(settings.published_link) == 3


@pytest.mark.parametrize("lost", ["tessera.duckdb", "parquet/customers.parquet"])
def test_what_has_lost_a_file_is_not_shown(
    settings: Settings, four: list[str], lost: str
) -> None:
    (settings.publications_dir / four[1] / lost).unlink()
    with pytest.raises(TesseraError, match="has lost files"):
        roll_back(settings, four[1])
    assert read(settings.published_link) == 3


def test_a_run_at_work_is_not_disturbed(settings: Settings, four: list[str]) -> None:
    with run_lock(settings), pytest.raises(TesseraError, match="another run"):
        roll_back(settings, four[1])
    assert read(settings.published_link) == 3


def test_the_command_lists_rolls_back_and_prunes(
    settings: Settings, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSERA_DATA", str(settings.data_dir))

    def said(*arguments: str) -> str:
        told = CliRunner().invoke(commands, ["publications", *arguments])
        assert told.exit_code == 0, told.output
        return " ".join(told.output.split())

    listed = said()
    assert [listed.index(one) for one in reversed(four)] == sorted(
        listed.index(one) for one in four
    )
    assert f"Readers get {four[2]} now" in said("rollback", four[2])
    assert listed.count("stands") == 1
    assert "2 removed, 2 kept" in said("prune", "--keep", "1")
    assert ids(settings) == four[2:]
    assert "0 removed, 2 kept." in said("prune")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("pathlib.Path.symlink_to", 3),
        ("warehouse.publishing.os.replace", 3),
        ("warehouse.publishing._sync", 1),
    ],
)
def test_a_killed_rollback_shows_the_one_or_the_other(
    settings: Settings, four: list[str], place: str, expected: int
) -> None:
    killed_at(place, roll_back, settings, four[1])
    assert read(settings.published_link) == expected
    assert ids(settings) == four
    roll_back(settings, four[2])
    assert read(settings.published_link) == 2


@pytest.mark.parametrize("place", ["pathlib.Path.rename", "shutil.rmtree"])
def test_a_killed_prune_leaves_whole_publications(
    settings: Settings, four: list[str], place: str
) -> None:
    killed_at(place, prune, settings, 1, after=1)
    assert [read(settings.publications_dir / one) for one in ids(settings)][-1] == 3
    assert read(settings.published_link) == 3
    publish(settings, AS_OF + timedelta(days=3))
    prune(settings, 1)
    assert len(list(settings.publications_dir.iterdir())) == 1


def test_the_next_publication_follows_what_was_rolled_back(
    settings: Settings, four: list[str]
) -> None:
    roll_back(settings, four[0])
    fresh = publish(settings, AS_OF + timedelta(days=3))
    assert current(settings) == fresh
    assert ids(settings) == [*four, fresh.id]
    assert read(settings.published_link) == 3
    assert prune(settings, 2) == four[:3]


def test_a_full_disk_changes_nothing_for_readers(
    settings: Settings, four: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for place in ("_write_database", "write_parquet", "_sync"):
        with monkeypatch.context() as patch:
            patch.setattr(f"warehouse.publishing.{place}", full)
            with pytest.raises(TesseraError, match="No space left on device"):
                publish(settings, AS_OF + timedelta(days=3))
        assert ids(settings) == four
        assert read(settings.published_link) == 3
    publish(settings, AS_OF + timedelta(days=3))
    assert len(ids(settings)) == 5
