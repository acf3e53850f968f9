"""Writing raw files so that the same input never looks like news to the ledger."""

import filecmp
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from warehouse.errors import TesseraError

# The raw contract's mark of a file that is not complete yet.
GROWING = ".open"


def write_csv(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write a query's rows, in its order, as CSV; the number of rows.

    Raises:
        TesseraError: the folder cannot be written to.
    """
    written = 0

    def fill(temporary: Path) -> None:
        nonlocal written
        place = str(temporary).replace("'", "''")
        done = con.execute(f"copy ({query}) to '{place}' (format csv, header)")
        row = done.fetchone()
        written = int(row[0]) if row else 0

    _replace(target, fill)
    return written


def write_lines(lines: Iterable[str], target: Path) -> int:
    """Write texts, one a line; the number of lines.

    Raises:
        TesseraError: the folder cannot be written to.
    """
    written = 0

    def fill(temporary: Path) -> None:
        nonlocal written
        with temporary.open("w", encoding="utf-8", newline="\n") as out:
            for line in lines:
                out.write(line + "\n")
                written += 1

    _replace(target, fill)
    return written


def write_set_aside(
    con: duckdb.DuckDBPyConnection, query: str, raw_dir: Path, example: str
) -> None:
    """Write the rows that found no place beside the raw folder, with their reasons.

    Raises:
        TesseraError: the folder cannot be written to.
    """
    write_csv(con, query, raw_dir.parent / "set_aside" / f"{example}.csv")


def _replace(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a temporary file, then rename it; equal bytes leave the old file alone."""
    temporary = target.with_name(target.name + GROWING)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fill(temporary)
        if not (target.exists() and filecmp.cmp(temporary, target, shallow=False)):
            os.replace(temporary, target)
    except (OSError, duckdb.IOException) as error:
        raise TesseraError(
            "the file cannot be written",
            where=str(target),
            given=str(error).splitlines()[0],
            remedy="Check that the data folder is yours to write to and has room",
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
