"""Counts what a landed file holds, without DuckDB: the other side of reconciliation."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A landed field may be long; a broken quote must not stop the count.
LONGEST_FIELD = 1 << 24


@dataclass(frozen=True)
class Measured:
    """Size in bytes, hash, records (without a header) and the header's columns."""

    size: int
    sha256: str
    line_count: int
    columns: list[str]


def measure(path: Path) -> Measured:
    """Read the file once: its hash, and its records as its suffix counts them."""
    hashed = _HashedLines(path)
    if path.suffix == ".csv":
        columns, line_count = _count_csv(hashed)
    else:
        columns, line_count = [], sum(1 for line in hashed if line.strip())
    return Measured(hashed.size, hashed.digest.hexdigest(), line_count, columns)


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


def _count_csv(lines: _HashedLines) -> tuple[list[str], int]:
    """The header, and the records after it; a record may span lines."""
    csv.field_size_limit(LONGEST_FIELD)
    decoded = (line.decode("utf-8", errors="replace") for line in lines)
    reader = csv.reader(decoded)
    header = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
    return header, sum(1 for record in reader if record)
