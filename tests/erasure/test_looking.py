"""The proof finds what is left in a file of any kind, and says how much."""

import gzip
import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.erasure.people import call, land
from warehouse.connection import connect
from warehouse.erasure.databases import SQLITE_MAGIC, scrub_sqlite
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.landed import raw_files
from warehouse.erasure.looking import BLOCK, count_in
from warehouse.erasure.spellings import needles_of
from warehouse.erasure.traces import PersonSearch
from warehouse.errors import TesseraError
from warehouse.settings import Settings

ANN = frozenset({Identifier(Kind.DEVICE, "d-ann-001")})
SEARCH = PersonSearch(needles_of(ANN), ANN)
LINE = call("page", "d-ann-001", 9).encode()


def count(path: Path) -> int:
    """How much the proof finds in a file."""
    with connect() as connection:
        return count_in(path, SEARCH, None, connection)


@pytest.mark.parametrize("name", ["now.jsonl.open", "now.jsonl.gz.open"])
def test_a_file_that_still_grows(settings: Settings, name: str) -> None:
    """Nobody can rewrite an archive under its writer: it is left, and told."""
    content = gzip.compress(LINE) if ".gz" in name else LINE
    path = land(settings, f"web/events/{name}", content)
    [raw] = raw_files(settings)
    with connect() as connection:
        assert count_in(path, SEARCH, raw, connection) > 0


def packed(name: str) -> bytes:
    """A zip with a file in it."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, LINE * 100)
        return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        LINE,
        gzip.compress(LINE),
        gzip.compress(LINE + b"x" * 10_000)[:-9],
        packed("a.txt"),
        b"PK\x03\x04 no archive, d-ann-001",
        b"x" * (BLOCK - 3) + b" d-ann-001 " + b"x" * BLOCK,
        LINE.decode().encode("utf-16"),
        LINE.decode().encode("utf-16-be"),
    ],
    ids=[
        "text",
        "gzip",
        "broken gzip",
        "zip",
        "no zip",
        "between two blocks",
        "utf-16",
        "utf-16 without its mark",
    ],
)
def test_a_file_of_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert count(path) > 0


def test_tables(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["d-ann-001", "b"]}), tmp_path / "a.parquet")
    assert count(tmp_path / "a.parquet") == 1
    with connect(tmp_path / "a.duckdb") as connection:
        connection.execute("create table t as select 'd-ann-001' as a from range(9)")
    assert count(tmp_path / "a.duckdb") == 9
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.execute("create table t (a text)")
        database.execute("insert into t values ('d-ann-001')")
    assert count(tmp_path / "a.db") == 1


def test_where_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(call("page", "d-ann-0010", 9).encode() * 10)
    assert count(path) == 0


def test_every_cell_of_sqlite_is_scrubbed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('create table "a ""b" ("c ""d" text)')
        database.execute('insert into "a ""b" values (\'d-ann-001\')')
    assert scrub_sqlite(path, SEARCH.needles) == 1
    assert count(path) == 0


def test_what_is_no_sqlite_counts_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(SQLITE_MAGIC + b"no database, d-ann-001")
    assert scrub_sqlite(path, SEARCH.needles) == 0
    assert count(path) == 1


@pytest.mark.parametrize(
    "table",
    ["t (a text primary key)", "t (a text check (a like '%ann%'))"],
    ids=["unique", "checked"],
)
def test_a_table_that_refuses_the_word_is_told(tmp_path: Path, table: str) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"create table {table}")
        database.execute("insert into t values ('d-ann-001'), ('D-ANN-001')")
    with pytest.raises(TesseraError, match=r"remove the file; then .*--finish") as told:
        scrub_sqlite(path, SEARCH.needles)
    assert "ann-001" not in str(told.value).lower()
    assert count(path) >= 2
