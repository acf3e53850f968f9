"""Names lines set aside by their content, as the staging models see it.

Models know no line numbers. Should a rule change so that a line would be accepted after
all, its name tells that a person has mended it: it must not count twice.
"""

import csv
from collections.abc import Mapping, Sequence

import duckdb

from warehouse.connection import connect
from warehouse.quarantine import Aside

# The same as in macros/mended.sql: an empty cell and none are one.
LINE_KEY = "select md5($content)"
CSV_KEY = """
    select md5(replace(to_json($content::varchar[])::varchar, '""', 'null'))
"""


def content_keys(
    rows: Sequence[Aside],
    headers: Mapping[int, Sequence[str]],
    declared: Mapping[tuple[str, str], Sequence[str]],
) -> list[str]:
    """The md5 of each row's content; empty for one that is no record of its file.

    `headers` are the columns of CSV files by load; `declared` those of their entities.
    """
    with connect() as connection:
        return [_key(connection, row, headers, declared) for row in rows]


def _key(
    connection: duckdb.DuckDBPyConnection,
    row: Aside,
    headers: Mapping[int, Sequence[str]],
    declared: Mapping[tuple[str, str], Sequence[str]],
) -> str:
    content: list[str] | str | None = row.text
    query = LINE_KEY
    if row.load_seq in headers:
        wanted = declared[row.source, row.entity]
        query, content = CSV_KEY, _cells(row.text, headers[row.load_seq], wanted)
    [(key,)] = connection.execute(query, {"content": content}).fetchall()
    return key or ""


def _cells(
    text: str, header: Sequence[str], declared: Sequence[str]
) -> list[str] | None:
    """The declared cells of one record, or None where the text is none."""
    try:
        [cells] = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        return None
    if len(cells) != len(header):
        return None
    values = dict(zip((name.lower() for name in header), cells, strict=True))
    return [values.get(name, "") for name in declared]
