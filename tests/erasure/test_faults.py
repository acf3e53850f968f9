"""What goes wrong while somebody is erased loses nothing, and is told."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.erasure.people import ANN
from warehouse.connection import connect
from warehouse.erasure.databases import rewrite_build, rows_in
from warehouse.erasure.erasing import erase, finish_erasure
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.person import find
from warehouse.erasure.plan import Plan, plan_path
from warehouse.erasure.snapshots import take_out_of_publications
from warehouse.erasure.spellings import needles_of
from warehouse.errors import TesseraError
from warehouse.locking import run_lock
from warehouse.publications import current, publications
from warehouse.settings import Settings

HERS = Identifier(Kind.EMAIL, ANN)
MANY = frozenset(
    Identifier(Kind.EMAIL, f"nobody.{i}@example{i % 50}.com") for i in range(3000)
)
NOBODY = Identifier(Kind.EMAIL, "nobody@example.com")


@contextmanager
def opened_elsewhere(path: Path) -> Iterator[None]:
    """Another process has the database open, to write."""
    program = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]);"
        " print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        yield
        process.stdin.close()


def refuse_to_copy(*_: object, **__: object) -> None:
    """As where the disk is full."""
    raise duckdb.IOException("IO Error: No space left on device")


def test_thousands_at_once_destroy_nothing(shop: Settings) -> None:
    before = [one.id for one in publications(shop)]
    rewriting = take_out_of_publications(shop, Plan("x", MANY, []))
    assert rewriting.withdrawn == []
    assert [one.id for one in publications(shop)] == before
    assert rewrite_build(shop.build_path, needles_of(MANY)) == 0
    assert shop.build_path.exists()


def test_a_publication_that_somebody_writes_to_stays(shop: Settings) -> None:
    standing = current(shop)
    assert standing is not None
    with (
        opened_elsewhere(standing.database),
        pytest.raises(TesseraError, match="another process"),
    ):
        take_out_of_publications(shop, Plan("x", frozenset({HERS}), []))
    assert current(shop) is not None
    assert len(publications(shop)) == 2
    with connect(standing.database, read_only=True) as tables:
        assert tables.execute("select count(*) > 0 from customers").fetchall() == [
            (True,)
        ]


def test_a_build_that_somebody_has_open_stays(shop: Settings) -> None:
    with (
        opened_elsewhere(shop.build_path),
        pytest.raises(TesseraError, match="another process"),
    ):
        rewrite_build(shop.build_path, needles_of([NOBODY]))
    assert rows_in(shop.build_path, needles_of([HERS]))


@pytest.mark.parametrize("step", ["databases.copy_database", "snapshots.copy_database"])
def test_a_full_disk_stops_an_erasure_and_it_goes_on_later(
    shop: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with run_lock(shop):
        found = find(shop, [HERS])
        with monkeypatch.context() as patch:
            patch.setattr(f"warehouse.erasure.{step}", refuse_to_copy)
            with pytest.raises(TesseraError, match=r"No space left.*--finish"):
                erase(shop, found)
        assert plan_path(shop).exists()
        assert shop.build_path.exists()
        assert len(publications(shop)) == 2
        outcome = finish_erasure(shop)
    assert outcome is not None
    assert (outcome.is_clean, outcome.withdrawn) == (True, [])


@pytest.mark.parametrize("size", [0, 100, 20_000])
def test_what_is_no_database_is_removed(shop: Settings, size: int) -> None:
    for path in (shop.build_path, publications(shop)[0].database):
        content = path.read_bytes()[:size]
        path.unlink()
        path.write_bytes(content)
    gone = publications(shop)[0].id
    assert rewrite_build(shop.build_path, needles_of([NOBODY])) == 0
    assert not shop.build_path.exists()
    nobody = Plan("x", frozenset({NOBODY}), [])
    assert take_out_of_publications(shop, nobody).withdrawn == [gone]
    assert current(shop) is not None
