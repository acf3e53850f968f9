"""Takes lines out of a landed file: whole or not at all, under its own name.

Of a text the lines' ends stay, so that all other lines keep their numbers (the
quarantine and its repairs name lines by them); rows of Parquet go.
"""

import gzip
import os
import shutil
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from warehouse.erasure.needles import Needles
from warehouse.erasure.traces import Hits, is_broken
from warehouse.formats import Form, is_packed
from warehouse.records import opened

SUFFIX = ".erasing"
ROWS = 100_000


def beside(path: Path) -> Path:
    """The hidden file that will take a file's place; nobody reads it."""
    return path.with_name(f".{path.name}{SUFFIX}")


def write_without(path: Path, form: Form, hits: Hits, needles: Needles) -> Path:
    """Write the file without these records beside it, and see it on disk.

    A header that names somebody keeps its place, without the name.
    """
    fresh = beside(path)
    if form is Form.PARQUET and not hits.record_count:
        # No reader can open it; nothing but a broken file stays.
        fresh.write_bytes(b"")
    elif form is Form.PARQUET:
        _write_rows(path, fresh, hits.lines)
    else:
        _write_lines(path, fresh, hits, needles)
    shutil.copymode(path, fresh)
    sync(fresh)
    return fresh


def put_in_place(fresh: Path, path: Path) -> None:
    """Give the new file the old one's name; whoever reads that reads it to its end."""
    os.replace(fresh, path)
    sync(path.parent)


def blank_in_place(path: Path, lines: Collection[int]) -> None:
    """Overwrite complete lines of a file that still grows, in their own length.

    Its writer has it open: a new file of its name would never get the rest.
    """
    at = 0
    with path.open("r+b", buffering=0) as file, opened(path) as text:
        for number, line in enumerate(text, start=1):
            length = len(line.encode("utf-8", "surrogateescape"))
            body = len(line.rstrip("\r\n").encode("utf-8", "surrogateescape"))
            if number in lines and body < length:
                file.seek(at)
                file.write(b" " * body)
            at += length
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """See a file, or the names in a folder, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_lines(path: Path, fresh: Path, hits: Hits, needles: Needles) -> None:
    with ExitStack() as stack:
        text = stack.enter_context(opened(path))
        raw = stack.enter_context(fresh.open("wb"))
        out: IO[bytes] = stack.enter_context(_packed(raw)) if is_packed(path) else raw
        for number, line in enumerate(text, start=1):
            # Nobody can tell whose the unreadable rest of an archive is.
            if number in hits.lines or is_broken(line):
                out.write(line[len(line.rstrip("\r\n")) :].encode())
                continue
            content = line.encode("utf-8", "surrogateescape")
            is_header = number in hits.header_lines
            out.write(needles.scrubbed(content) if is_header else content)


def _packed(raw: IO[bytes]) -> BinaryIO:
    """The same content gives the same archive."""
    return cast(BinaryIO, gzip.GzipFile("", "wb", fileobj=raw, mtime=0))


def _write_rows(path: Path, fresh: Path, rows: Collection[int]) -> None:
    """The other rows, with the types and the packing of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        packing = _packing(file.metadata)
        with pq.ParquetWriter(fresh, file.schema_arrow, compression=packing) as writer:
            first = 1
            for batch in file.iter_batches(ROWS):
                kept = [first + at not in rows for at in range(batch.num_rows)]
                writer.write_batch(batch.filter(pa.array(kept)))
                first += batch.num_rows


def _packing(metadata: Any) -> str:
    """How the first column is packed."""
    if not metadata.num_row_groups or not metadata.num_columns:
        return "snappy"
    name = str(metadata.row_group(0).column(0).compression).lower()
    return "none" if name == "uncompressed" else name
