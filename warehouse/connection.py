"""One way to open DuckDB: UTC, bounded memory, nothing downloaded, clear refusals."""

import atexit
import os
import sys
from pathlib import Path

import duckdb

from warehouse.errors import PassingError, TesseraError

MEMORY_LIMIT_VARIABLE = "TESSERA_MEMORY_LIMIT"
DEFAULT_MEMORY_LIMIT = "8GB"


def connect(
    path: Path | None = None, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open a database file, or one in memory where no path is given.

    A second `execute` on one connection ends the first result: take a `cursor()`
    for each result that stays open.

    Raises:
        TesseraError: the file is missing (read-only), locked by another process,
            not ours to write, or the memory limit is not one DuckDB knows.
    """
    if read_only and path is not None and not path.exists():
        raise TesseraError(
            "there is no such database",
            where=str(path),
            remedy="Run `tessera run` first; it builds and publishes the tables",
        )
    try:
        connection = duckdb.connect(
            ":memory:" if path is None else str(path),
            read_only=read_only,
            config=connection_config(),
        )
    except duckdb.Error as error:
        raise _refusal(path, error) from error
    connection.execute("set TimeZone = 'UTC'")
    return connection


def connection_config() -> dict[str, str | bool | int | float | list[str]]:
    """DuckDB's options for every connection of this project."""
    return {
        "memory_limit": os.environ.get(MEMORY_LIMIT_VARIABLE, DEFAULT_MEMORY_LIMIT),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # A day's news stay in the log until the run ends: folding them into the file
        # after each model would touch every part of it each time.
        "checkpoint_threshold": "256MB",
    }


def _refusal(path: Path | None, error: duckdb.Error) -> TesseraError:
    """DuckDB's refusal to open, as a sentence with what to do."""
    text = str(error)
    where = "in-memory database" if path is None else str(path)
    if "lock" in text:
        return PassingError(
            "the database is open in another process, and DuckDB has one writer",
            where=where,
            given=text.splitlines()[0],
            remedy="Wait for the other run to end; readers open data/published/",
        )
    if "different configuration" in text:
        return TesseraError(
            "this process already has the database open in another mode",
            where=where,
            remedy="Close the other connection first",
        )
    if "not a valid DuckDB" in text or "version number" in text:
        return TesseraError(
            "this is no database that this DuckDB can read",
            where=where,
            given=text.splitlines()[0],
            remedy="Remove the build folder: `tessera run` builds it anew from raw",
        )
    if "memory" in text.lower() and isinstance(error, duckdb.ParserException):
        return TesseraError(
            "the memory limit is not a size",
            where=MEMORY_LIMIT_VARIABLE,
            given=os.environ.get(MEMORY_LIMIT_VARIABLE),
            allowed="a number with a unit, such as 4GB or 512MB",
        )
    return TesseraError(
        "the database cannot be opened",
        where=where,
        given=text.splitlines()[0],
        remedy="Check that the folder exists and that you may write to it",
    )


@atexit.register
def _leave_quietly() -> None:
    """Drop what DuckDB's bindings print once Python itself has ended.

    They list, on standard error, each object that another library still holds (Great
    Expectations does): two hundred lines that nobody can act on.
    """
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
