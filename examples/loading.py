"""From files to one table of text: every row in `input` or in `unreadable`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from examples import inputs
from examples.columns import Column, locate, remarks
from examples.csv_rows import insert_csv, swallowed
from examples.inputs import InputFile
from warehouse.errors import TesseraError


@dataclass(frozen=True)
class Loaded:
    """What was read: its labels, an independent count of its rows, and remarks."""

    labels: tuple[str, ...]
    rows_in: int
    notes: tuple[str, ...]


def load(
    con: duckdb.DuckDBPyConnection, source: Path, columns: Sequence[Column]
) -> Loaded:
    """Fill `input` (file, and the columns as text) and `unreadable` from a PATH.

    Raises:
        TesseraError: no data, a necessary column missing, or a file beyond reading.
    """
    con.execute(_tables(columns))
    rows, notes, labels = 0, list[str](), list[str]()
    for path, label in inputs.find_files(source):
        labels.append(label)
        file = _describe(con, path, label)
        if not file.columns:
            notes.append(f"{label}: the file is empty")
            continue
        positions = locate(file, columns)
        notes += remarks(file, positions)
        rows += _count(con, file)
        _insert(con, file, positions)
    return Loaded(tuple(labels), rows, (*notes, *swallowed(con)))


def _tables(columns: Sequence[Column]) -> str:
    typed = ", ".join(f"{column.name} varchar" for column in columns)
    return (
        f"create or replace temp table input (file varchar, {typed});"
        "create or replace temp table unreadable"
        " (file varchar, line bigint, reason varchar, raw varchar);"
    )


def _describe(con: duckdb.DuckDBPyConnection, path: Path, label: str) -> InputFile:
    if path.suffix != ".parquet":
        return inputs.describe_csv(path, label)
    try:
        empty = con.execute("select * from read_parquet(?) limit 0", [str(path)])
    except duckdb.Error as error:
        raise _beyond_reading(label, error) from error
    return InputFile(path, label, tuple(column[0] for column in empty.description))


def _count(con: duckdb.DuckDBPyConnection, file: InputFile) -> int:
    if not file.is_parquet:
        return inputs.count_rows(file)
    query = "select sum(num_rows) from parquet_file_metadata(?)"
    found = con.execute(query, [str(file.path)]).fetchone()
    return int(found[0]) if found else 0


def _insert(
    con: duckdb.DuckDBPyConnection, file: InputFile, positions: dict[str, list[int]]
) -> None:
    cells = ", ".join(_cell(file, places) for places in positions.values())
    statement = f"insert into input select ?, {cells} from "
    given = [file.label, str(file.path)]
    try:
        if file.is_parquet:
            con.execute(statement + "read_parquet(?)", given)
        else:
            insert_csv(con, statement, file, given)
    except duckdb.Error as error:
        raise _beyond_reading(file.label, error) from error


def _cell(file: InputFile, places: list[int]) -> str:
    """The first of a column's places that holds a value, as text."""
    if not places:
        return "null"
    names = [
        _quoted(file.columns[place]) if file.is_parquet else f"c{place}"
        for place in places
    ]
    texts = [f"nullif(trim(cast({name} as varchar)), '')" for name in names]
    return f"coalesce({', '.join(texts)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _beyond_reading(label: str, error: duckdb.Error) -> TesseraError:
    return TesseraError(
        "the file cannot be read",
        where=label,
        given=str(error).splitlines()[0],
        allowed="CSV with a header line and one kind of line end, or Parquet",
        remedy="Mend or remove the file and run again",
    )
