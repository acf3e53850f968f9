"""Names lines set aside by their content, as the staging models see it.

Models know no line numbers. Should a rule change so that a line would be accepted after
all, its name tells that a person has mended it: it must not count twice.
"""

from collections.abc import Mapping, Sequence

import duckdb

from warehouse.connection import connect
from warehouse.contract import Contract, Names
from warehouse.csv_records import Header, cells_of, in_places
from warehouse.quarantine import Aside

# The same as in macros/mended.sql: an empty cell and none are one.
LINE_KEY = "select md5($content)"
CSV_KEY = """
    select md5(replace(to_json($content::varchar[])::varchar, '""', 'null'))
"""


def content_keys(
    rows: Sequence[Aside],
    headers: Mapping[int, Header],
    contract: Contract,
) -> list[str]:
    """The md5 of each row's content; empty for one that is no record of its file.

    `headers` are those of CSV files, by load.
    """
    with connect() as connection:
        return [_key(connection, row, headers, contract) for row in rows]


def _key(
    connection: duckdb.DuckDBPyConnection,
    row: Aside,
    headers: Mapping[int, Header],
    contract: Contract,
) -> str:
    content: list[str] | str | None = row.text
    query = LINE_KEY
    if row.load_seq in headers:
        names = contract[row.source, row.entity].names
        query, content = CSV_KEY, _cells(row.text, headers[row.load_seq], names)
    [(key,)] = connection.execute(query, {"content": content}).fetchall()
    return key or ""


def _cells(text: str, header: Header, names: Names) -> list[str] | None:
    """The declared cells of one record, or None where the text is none."""
    cells = cells_of(text, header.delimiter)
    return None if cells is None else in_places(cells, header.columns, names)
