"""Counts what a landed file holds, without DuckDB: the other side of reconciliation."""

import codecs
import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np

from warehouse.contract import Names
from warehouse.csv_records import (
    DELIMITERS,
    Header,
    csv_header,
    csv_records,
    split_header,
)
from warehouse.formats import BREAK, Form, content_of, form_of, is_packed
from warehouse.records import line_records

MARK = b"\xef\xbb\xbf"
BLOCK = 1 << 20
# What ends a line, a cell or a text for some.
ODD_SIGNS = (b"\r", b"\x00", b"\x1f")
NEW_LINE, BLANK = ord("\n"), ord(" ")


# So many lines tell which keys a file of JSON lines has.
FIRST_LINES = 100


@dataclass(frozen=True)
class Measured:
    """Size in bytes, hash, records (without a header), and the columns of the file."""

    size: int
    sha256: str
    line_count: int
    columns: list[str]
    """The header of a CSV file, the columns of a Parquet file, the keys of the first
    JSON lines where columns are declared."""
    is_plain: bool = False
    """Whether any reader of lines sees the same lines in it."""
    delimiter: str = DELIMITERS[0]
    shape: str = ""
    """Names the columns and types of a Parquet file; empty for a broken one."""


class _Odd(Exception):
    """A file that has to be counted with care."""


def measure(path: Path, names: Names | None = None) -> Measured:
    """Read the file once: its hash, and its records as its form counts them.

    `names` are those of the declared columns, if the entity has any. A file of lines
    that is not plain, or a CSV file with a broken line, is read once more, to count as
    it will be read.
    """
    form = form_of(path.name)
    if form is Form.PARQUET:
        return _measure_parquet(path)
    if form is Form.CSV:
        return _measure_csv(path, names or {})
    plain = None if is_packed(path) else _measure_plain(path)
    measured = plain or _measure_odd_lines(path)
    return replace(measured, columns=first_keys(path)) if names else measured


def _measure_csv(path: Path, names: Names) -> Measured:
    hashed = _HashedLines(path)
    try:
        header, line_count = _count_csv(iter(hashed), names)
    except (csv.Error, UnicodeDecodeError, _Odd):
        header = csv_header(path, names)
        line_count = sum(1 for _ in csv_records(path, names))
    size, sha256 = hashed.ended()
    return Measured(
        size, sha256, line_count, header.columns, delimiter=header.delimiter
    )


def _measure_odd_lines(path: Path) -> Measured:
    hashed = _HashedLines(path)
    line_count = _count_lines(iter(hashed))
    return Measured(*hashed.ended(), line_count, [])


def _measure_parquet(path: Path) -> Measured:
    """A Parquet file that cannot be opened is one record, to be set aside."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    size, sha256 = _hashed(path)
    try:
        with pq.ParquetFile(path) as file:
            line_count, schema = file.metadata.num_rows, file.schema_arrow
    except (pa.ArrowException, OSError):
        return Measured(size, sha256, 1, [])
    types = schema.to_string(show_field_metadata=False, show_schema_metadata=False)
    shape = hashlib.sha256(types.encode()).hexdigest()[:16]
    return Measured(size, sha256, line_count, schema.names, shape=shape)


def first_keys(path: Path) -> list[str]:
    """The keys of the first objects among the lines, as they first occur."""
    keys: dict[str, None] = {}
    for record in islice(line_records(path), FIRST_LINES):
        try:
            value = json.loads(record.text)
        except (ValueError, RecursionError):
            continue
        keys |= dict.fromkeys(value) if isinstance(value, dict) else {}
    return list(keys)


def _hashed(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def _measure_plain(path: Path) -> Measured | None:
    """Measure by blocks, at the speed of the disk; None where a line may be odd."""
    digest, size, line_count, tail = hashlib.sha256(), 0, 0, b"\n"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            line_ends = _ends_of_plain_lines(block, tail, decoder)
            if line_ends is None:
                return None
            digest.update(block)
            size += len(block)
            line_count += line_ends
            tail = block[-1:]
    if not size or decoder.getstate()[0]:
        return None
    line_count += tail != b"\n"
    return Measured(size, digest.hexdigest(), line_count, [], is_plain=True)


def _ends_of_plain_lines(
    block: bytes, tail: bytes, decoder: codecs.IncrementalDecoder
) -> int | None:
    """How many lines end in the block; `tail` is the byte before it.

    None where readers may differ: odd bytes, a line without end, a blank beginning.
    """
    if any(sign in block for sign in ODD_SIGNS) or block.startswith(MARK):
        return None
    letters = np.frombuffer(block, dtype=np.uint8)
    is_end = letters == NEW_LINE
    line_ends = int(np.count_nonzero(is_end))
    if len(block) == BLOCK and not line_ends:
        return None
    begins_blank = (is_end[:-1] & (letters[1:] <= BLANK)).any()
    if begins_blank or (tail == b"\n" and letters[0] <= BLANK):
        return None
    try:
        # Plain ASCII, unless a letter is cut between two blocks, is known faster.
        if decoder.getstate()[0] or not block.isascii():
            decoder.decode(block)
    except UnicodeDecodeError:
        return None
    return line_ends


class _HashedLines:
    """The lines of a file as bytes, hashed and measured while they pass."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.digest = hashlib.sha256()
        self.size = 0
        self._lines = self._passing()

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def ended(self) -> tuple[int, str]:
        """Size and hash of the file as it lies there, all of it."""
        if is_packed(self.path):
            return _hashed(self.path)
        # What a broken line left unread still belongs to the hash.
        for _ in self._lines:
            pass
        return self.size, self.digest.hexdigest()

    def _passing(self) -> Iterator[bytes]:
        with content_of(self.path) as file:
            for line in file:
                self.digest.update(line)
                self.size += len(line)
                yield line


def _count_lines(lines: Iterator[bytes]) -> int:
    """The lines that are not blank; a lone carriage return ends a line too."""
    parts = (part for line in _unmarked(lines) for part in line.split(b"\r"))
    return sum(1 for part in parts if part.strip())


def _count_csv(lines: Iterator[bytes], names: Names) -> tuple[Header, int]:
    """The header, and the records after it; a record may span lines."""
    texts = (line.decode() for line in _unmarked(lines))
    first = next(texts, "")
    if first.count('"') % 2 or first.endswith(BREAK):
        raise _Odd
    header = split_header(first.rstrip("\r\n"), names)
    reader = csv.reader(chain([first], texts), delimiter=header.delimiter, strict=True)
    width = len(next(reader, []))
    if first and width != len(header.columns):
        raise _Odd
    count = 0
    for record in reader:
        if len(record) == width:
            count += 1
        elif record:
            raise _Odd
    return header if first else Header([], DELIMITERS[0]), count


def _unmarked(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines, without the byte-order mark before the first."""
    return chain([next(lines, b"").removeprefix(MARK)], lines)
