"""The same rows as files of each form: how a test writes what a system exports."""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = Mapping[str, Any]


def lines_file(rows: Sequence[Row]) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csv_file(rows: Sequence[Row], delimiter: str = ",") -> bytes:
    """CSV with the first row's columns; what is nested, as JSON; none is empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            json.dumps(value) if isinstance(value, dict | list) else value
            for value in row.values()
        )
    return text.getvalue().encode()


def parquet_file(rows: Sequence[Row]) -> bytes:
    """Parquet, with the types that the values have."""
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


def packed(content: bytes) -> bytes:
    """The same, gzipped; the same bytes each time."""
    return gzip.compress(content, mtime=0)
