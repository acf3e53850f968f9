"""CSV rows into DuckDB, so that a broken line is kept apart and not lost."""

import duckdb

from examples.inputs import InputFile


def insert_csv(
    con: duckdb.DuckDBPyConnection, statement: str, file: InputFile, given: list[str]
) -> None:
    """Read a CSV by the standard, which finds broken lines; else without it.

    Mixed line ends are the one thing met that only the second way reads. A line that
    breaks the reader goes to `unreadable`, once.

    Raises:
        duckdb.Error: neither way reads the file.
    """
    try:
        con.execute(statement + _read_csv(file, is_strict=True), given)
        _keep_rejects(con, file.label)
    except duckdb.InvalidInputException:
        con.execute(statement + _read_csv(file, is_strict=False), given)
        _keep_rejects(con, file.label)


def swallowed(con: duckdb.DuckDBPyConnection) -> list[str]:
    """A warning for each open quote that took the lines after it with it."""
    found = con.execute(
        "select file, line, len(regexp_extract_all(rtrim(raw, chr(10)), chr(10)))"
        " as more from unreadable where more > 0 order by file, line"
    ).fetchall()
    return [
        f"{file}: line {line} opens a quote that swallows {more} more lines"
        for file, line, more in found
    ]


def _read_csv(file: InputFile, *, is_strict: bool) -> str:
    """The call that reads a CSV by what was found of it; nothing is guessed twice."""
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(file.columns)))
    return (
        f"read_csv(?, columns = {{{names}}}, auto_detect = false, header = true,"
        f" delim = '{file.delimiter}', quote = '\"', escape = '\"',"
        f" encoding = '{file.encoding}', store_rejects = true,"
        " rejects_table = 'rejects', rejects_scan = 'reject_files',"
        f" strict_mode = {is_strict})"
    )


def _keep_rejects(con: duckdb.DuckDBPyConnection, label: str) -> None:
    """Move the lines that broke the reader to `unreadable`, each once."""
    con.execute(
        "insert into unreadable select ?, line,"
        " 'unreadable line: ' || lower(min(error_type::varchar)), min(csv_line)"
        " from rejects group by line",
        [label],
    )
    con.execute("drop table rejects; drop table reject_files")
