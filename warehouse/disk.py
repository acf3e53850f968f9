"""A full disk, however it shows: one sentence that says where, and what to do."""

import errno
import shutil
from collections.abc import Iterable
from pathlib import Path

from warehouse.errors import TesseraError, causes

FULL = {errno.ENOSPC, errno.EDQUOT}
# What DuckDB, SQLite and dbt say of it, each in an error of its own kind.
TOLD = ("No space left on device", "Disk quota exceeded", "disk is full")
MEGABYTE = 1_000_000


def full_disk(folder: Path, error: BaseException) -> TesseraError | None:
    """The refusal for an error that a full disk led to; None for any other.

    `folder` is what was written to; it says how much room is left there.
    """
    there = next(one for one in (folder, *folder.parents) if one.exists())
    disk = shutil.disk_usage(there)
    # SQLite says no more than that where it has no room for a file beside its own.
    told = (*TOLD, "disk I/O error") if disk.free < MEGABYTE else TOLD
    if not any(_tells_of_it(one, told) for one in causes(error)):
        return None
    return TesseraError(
        "the disk is full",
        where=str(folder),
        given=f"{disk.free // MEGABYTE} of {disk.total // MEGABYTE} MB are free",
        remedy="Nothing was published, and what readers get has not changed. Free some"
        " space (`tessera publications prune --keep 1` takes former publications"
        " away), then run again: it makes good what was broken off",
    )


def _tells_of_it(error: BaseException, told: Iterable[str]) -> bool:
    is_full = isinstance(error, OSError) and error.errno in FULL
    return is_full or any(words in str(error) for words in told)
