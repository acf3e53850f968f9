"""Counts what a file of any kind tells of a person, reading it as its readers would."""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import duckdb

from warehouse.erasure.databases import (
    DUCKDB_MAGIC,
    SQLITE_MAGIC,
    BrokenDatabaseError,
    opening,
    rows_in,
)
from warehouse.erasure.landed import UNDECLARED, RawFile, found_in
from warehouse.erasure.needles import Needles
from warehouse.erasure.traces import PersonSearch, hits_in
from warehouse.formats import Form

BLOCK = 1 << 22
# Longer than any identifier is spelled.
OVERLAP = 1 << 10
HEAD, BYTE_ORDER = 1 << 12, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Sort(StrEnum):
    """What a file is, by its first bytes."""

    DUCKDB = "duckdb"
    SQLITE = "sqlite"
    PARQUET = "parquet"
    GZIP = "gzip"
    ZIP = "zip"
    PLAIN = "plain"


def sort_of(path: Path) -> Sort:
    """What a file is."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[8:12] == DUCKDB_MAGIC:
        return Sort.DUCKDB
    signs = {
        SQLITE_MAGIC: Sort.SQLITE,
        b"PAR1": Sort.PARQUET,
        b"\x1f\x8b": Sort.GZIP,
        b"PK\x03\x04": Sort.ZIP,
    }
    return next(
        (sort for sign, sort in signs.items() if head.startswith(sign)), Sort.PLAIN
    )


def count_in(
    path: Path,
    search: PersonSearch,
    raw: RawFile | None,
    connection: duckdb.DuckDBPyConnection,
) -> int:
    """How many rows, records or places of a file name the person.

    What cannot be opened is searched as bytes; `raw` says what is declared of a file
    below the raw folder.
    """
    if raw is not None and not raw.is_unready:
        found = found_in(raw, search, connection)
        return max(found.record_count, len(found.lines | found.header_lines))
    sort = sort_of(path)
    needles = search.needles
    if sort is Sort.PARQUET:
        hits = hits_in(path, Form.PARQUET, UNDECLARED, search, connection)
        return max(hits.record_count, len(hits.lines))
    plain = _count(_blocks(path, sort), needles)
    if sort is Sort.DUCKDB:
        return max(plain, _count_rows(path, needles))
    return plain


def _count_rows(path: Path, needles: Needles) -> int:
    """How many rows of a database name the person; of a broken one only bytes tell.

    Raises:
        TesseraError: it cannot be read for another reason, and proves nothing.
    """
    with suppress(BrokenDatabaseError), opening(path):
        return sum(rows_in(path, needles).values())
    return 0


def _count(blocks: Iterator[bytes], needles: Needles) -> int:
    """What begins in the overlap counts with the block after it."""
    count, tail = 0, b""
    for block in blocks:
        data = tail + block
        tail = data[-OVERLAP:]
        count += sum(
            1 for start, _ in needles.spans(data) if start < len(data) - OVERLAP
        )
    return count + len(needles.spans(tail))


def _blocks(path: Path, sort: Sort) -> Iterator[bytes]:
    """What is packed as far as it can be unpacked, and all bytes as they are."""
    if sort is Sort.ZIP:
        yield from _unzipped(path)
    elif sort is Sort.GZIP:
        with suppress(EOFError, OSError, zlib.error), gzip.open(path) as file:
            # In small parts, or all that comes before a break is lost.
            while block := file.read1(BLOCK):
                yield block
    yield b"\n" * OVERLAP
    is_wide = sort is Sort.PLAIN and _is_wide(path)
    with path.open("rb") as raw:
        while block := raw.read(BLOCK):
            yield block.replace(b"\0", b"") if is_wide else block


def _is_wide(path: Path) -> bool:
    """Whether it looks like a text of two bytes a sign (UTF-16)."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return head.startswith(BYTE_ORDER) or head.count(b"\0") > len(head) // 4


def _unzipped(path: Path) -> Iterator[bytes]:
    # What cannot be unpacked nobody else can read; its bytes are searched as they are.
    broken = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError)
    with suppress(*broken), zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name.encode() + b"\n"
            with suppress(*broken, zlib.error):
                yield archive.read(name) + b"\n"
