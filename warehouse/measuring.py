"""Counts what a landed file holds, without DuckDB: the other side of reconciliation."""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from warehouse.csv_records import csv_header, csv_records

MARK = b"\xef\xbb\xbf"
BLOCK = 1 << 20
# What ends a line, a cell or a text for some.
ODD_SIGNS = (b"\r", b"\x00", b"\x1f")
NEW_LINE, BLANK = ord("\n"), ord(" ")


@dataclass(frozen=True)
class Measured:
    """Size in bytes, hash, records (without a header) and the header's columns."""

    size: int
    sha256: str
    line_count: int
    columns: list[str]
    is_plain: bool = False
    """Whether any reader of lines sees the same lines in it."""


class _Odd(Exception):
    """A file that has to be counted with care."""


def measure(path: Path) -> Measured:
    """Read the file once: its hash, and its records as its suffix counts them.

    A file of lines that is not plain, or a CSV file with a broken line, is read once
    more, to count as it will be read.
    """
    plain = _measure_plain(path) if path.suffix != ".csv" else None
    if plain:
        return plain
    hashed = _HashedLines(path)
    lines = iter(hashed)
    columns: list[str] = []
    if path.suffix == ".csv":
        try:
            columns, line_count = _count_csv(lines)
        except (csv.Error, UnicodeDecodeError, _Odd):
            columns, line_count = csv_header(path), sum(1 for _ in csv_records(path))
    else:
        line_count = _count_lines(lines)
    # What a broken line left unread still belongs to the hash.
    for _ in lines:
        pass
    return Measured(hashed.size, hashed.digest.hexdigest(), line_count, columns)


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

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb", buffering=1 << 20) as file:
            for line in file:
                self.digest.update(line)
                self.size += len(line)
                yield line


def _count_lines(lines: Iterator[bytes]) -> int:
    """The lines that are not blank; a lone carriage return ends a line too."""
    parts = (part for line in _unmarked(lines) for part in line.split(b"\r"))
    return sum(1 for part in parts if part.strip())


def _count_csv(lines: Iterator[bytes]) -> tuple[list[str], int]:
    """The header, and the records after it; a record may span lines."""
    reader = csv.reader((line.decode() for line in _unmarked(lines)), strict=True)
    header = next(reader, [])
    count = 0
    for record in reader:
        if len(record) == len(header):
            count += 1
        elif record:
            raise _Odd
    return [name.strip() for name in header], count


def _unmarked(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines, without the byte-order mark before the first."""
    return chain([next(lines, b"").removeprefix(MARK)], lines)
