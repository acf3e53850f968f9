"""Takes a landed file apart with care: the readers' other side, for files that broke.

DuckDB reads the files that are as they should be. A file in which it counts other
records than landed is read here instead, record by record, so that one bad line
costs that line and no other.
"""

import io
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from warehouse.formats import BREAK, content_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH_ROWS = 10_000
# Longer lines are set aside, with their beginning.
LONGEST = 1 << 24
KEPT_OF_LONGER = 10_000
BLANK = " \t\r\n\v\f"
MARK = "\ufeff"


class Record(NamedTuple):
    """One record of a file: its first line, its text, and its cells or a reason."""

    line_number: int
    text: str
    cells: tuple[str, ...] = ()
    reason: str | None = None


def line_records(path: Path) -> Iterator[Record]:
    """Each line that is not blank; line ends are those of any system."""
    with opened(path) as file:
        for number, line in numbered(file):
            if not is_blank(line):
                yield record_of(number, line, ())


def parquet_records(connection: "DuckDBPyConnection", path: Path) -> Iterator[Record]:
    """Each row of a Parquet file by its number, as one object of JSON."""
    # The same text as in macros/landed.sql; a file's name may look like a pattern.
    name = re.sub(r"([\[*?])", r"[\1]", str(path))
    query = "select to_json(told)::varchar from read_parquet($name) as told"
    rows = connection.execute(query, {"name": name})
    count = 0
    while batch := rows.fetchmany(BATCH_ROWS):
        for number, (text,) in enumerate(batch, start=count + 1):
            yield Record(number, text)
        count += len(batch)


def opened(path: Path) -> TextIO:
    """Bytes that are no UTF-8 pass through, marked, to be judged by their record."""
    return io.TextIOWrapper(
        content_of(path), encoding="utf-8", errors="surrogateescape", newline=""
    )


def numbered(file: TextIO) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, the first without its byte-order mark."""
    first = file.readline().removeprefix(MARK)
    return enumerate(chain([first] if first else [], file), start=1)


def record_of(
    number: int, line: str, cells: tuple[str, ...], reason: str | None = None
) -> Record:
    """The record, unless its bytes are no text or too many, or end in the middle."""
    text = line.rstrip("\r\n")
    if text.endswith(BREAK):
        return Record(number, _readable(text.removesuffix(BREAK)), (), "broken_file")
    if len(text) > LONGEST:
        return Record(number, _readable(text[:KEPT_OF_LONGER]), (), "too_long")
    readable = _readable(text)
    if readable is not text:
        return Record(number, readable, (), "invalid_encoding")
    return Record(number, text, cells, reason)


def is_blank(line: str) -> bool:
    return not line.strip(BLANK)


def _readable(text: str) -> str:
    """The text itself, or with a mark in the place of each byte that is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text
