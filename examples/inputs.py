"""Which files a PATH holds, and how each is written: encoding, delimiter, columns."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import TesseraError

SUFFIXES = (".csv", ".parquet", ".tsv")
DELIMITERS = ",;\t|"
# A JSON column can be long; the csv module refuses fields over 128 KiB by itself.
LONGEST_FIELD = 2**27


@dataclass(frozen=True)
class InputFile:
    """One file of the input, and what its first bytes say of it."""

    path: Path
    label: str
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","

    @property
    def is_parquet(self) -> bool:
        """True where the file holds its own types and needs no CSV options."""
        return self.path.suffix == ".parquet"


def find_files(source: Path) -> list[tuple[Path, str]]:
    """Each data file of a PATH with its label, in the order of the labels.

    A label is the file's path below the folder, so that it reads the same wherever
    the folder stands.

    Raises:
        TesseraError: the path does not exist, or holds no file of a known kind.
    """
    if source.is_file():
        return [(source, source.name)]
    files = [p for p in source.rglob("*") if p.suffix in SUFFIXES and p.is_file()]
    if files:
        named = [(file, file.relative_to(source).as_posix()) for file in files]
        return sorted(named, key=lambda pair: pair[1])
    raise TesseraError(
        "the input holds no data" if source.exists() else "there is no such input",
        where=str(source),
        allowed=f"a file, or a folder with files, ending in {', '.join(SUFFIXES)}",
        remedy="Give the file or its folder with --input",
    )


def describe_csv(path: Path, label: str) -> InputFile:
    """A CSV file's encoding, delimiter and columns, from its own bytes."""
    encoding = _encoding(path)
    with path.open(encoding=_codec(encoding), newline="") as text:
        first = text.readline()
    delimiter = max(DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    return InputFile(path, label, tuple(header), encoding, delimiter)


def count_rows(file: InputFile) -> int:
    """The rows of a CSV file by Python's reader: independent of the one that maps.

    Blank lines and the header are no rows.

    Raises:
        TesseraError: the file is not text that a CSV reader can follow.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with file.path.open(encoding=_codec(file.encoding), newline="") as text:
            return max(_count(csv.reader(text, delimiter=file.delimiter)) - 1, 0)
    except csv.Error as error:
        raise TesseraError(
            "the file cannot be read as CSV",
            where=file.label,
            given=str(error),
            allowed="a header line, then one row a line, quotes doubled within quotes",
            remedy="Mend or remove the file and run again",
        ) from error


def _count(records: Iterable[list[str]]) -> int:
    return sum(1 for record in records if record)


def _encoding(path: Path) -> str:
    """The encoding in DuckDB's words: by its mark, else UTF-8 where that decodes."""
    with path.open("rb") as raw:
        if raw.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
    try:
        for _ in _chunks(path):
            pass
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _chunks(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as text:
        while chunk := text.read(2**20):
            yield chunk


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding
