"""What a landed file's name says of its form, and how its bytes are reached."""

import gzip
import io
import zlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED = ".gz"
# Stands where the rest of a broken archive would: whoever counts and whoever reads see
# one record there, and set it aside.
BREAK = "\x1a\x1abroken archive\x1a\x1a"


class Form(StrEnum):
    """How a file holds its records."""

    LINES = "lines"
    CSV = "csv"
    PARQUET = "parquet"


SUFFIXES = {
    ".jsonl": Form.LINES,
    ".ndjson": Form.LINES,
    ".json": Form.LINES,
    ".csv": Form.CSV,
    ".parquet": Form.PARQUET,
}
# The suffix under which mended records land; a Parquet row is mended as JSON.
MENDED_SUFFIXES = {Form.LINES: ".jsonl", Form.CSV: ".csv", Form.PARQUET: ".jsonl"}


def form_of(name: str) -> Form | None:
    """The form that a file's name promises; None where no reader knows it."""
    plain = name.removesuffix(PACKED)
    form = SUFFIXES.get(Path(plain).suffix)
    return None if form is Form.PARQUET and plain != name else form


def suffixes(forms: tuple[Form, ...]) -> list[str]:
    """The endings of names that these forms may have, for a sentence."""
    return [
        ending
        for suffix, form in SUFFIXES.items()
        if form in forms
        for ending in ([suffix] if form is Form.PARQUET else [suffix, suffix + PACKED])
    ]


def is_packed(path: Path) -> bool:
    """Whether the file's text has to be unpacked."""
    return path.suffix == PACKED


def content_of(path: Path) -> BinaryIO:
    """The text of a file as bytes, unpacked; a broken archive ends in `BREAK`."""
    if not is_packed(path):
        return path.open("rb", buffering=1 << 20)
    return cast(BinaryIO, io.BufferedReader(_Unpacked(path), 1 << 20))


class _Unpacked(io.RawIOBase):
    """What can be read of an archive, and a sign where no more of it can be."""

    def __init__(self, path: Path) -> None:
        self._file = gzip.GzipFile(path)
        self._rest: bytes | None = None

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read on; what was unpacked before the break is not lost."""
        with memoryview(buffer) as view:
            block = self._next(len(view))
            view[: len(block)] = block
            return len(block)

    def _next(self, size: int) -> bytes:
        if self._rest is None:
            try:
                return self._file.read1(size)
            except (EOFError, OSError, zlib.error):
                self._rest = BREAK.encode()
        block, self._rest = self._rest[:size], self._rest[size:]
        return block

    def close(self) -> None:
        """Close the archive too."""
        self._file.close()
        super().close()
