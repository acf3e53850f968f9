"""Looks into a landed file at its beginning and its end: quick, however large it is."""

import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import connect
from warehouse.contract import Entity
from warehouse.csv_records import (
    DELIMITERS,
    cells_of,
    csv_header,
    csv_records,
    header_trouble,
    in_places,
)
from warehouse.formats import Form, form_of, is_packed
from warehouse.measuring import MARK, first_keys
from warehouse.records import line_records

FIRST_RECORDS = 1_000
LAST_BYTES = 1 << 16
END = object()
# Other marks at the beginning of a text, each of an encoding that is not read.
FOREIGN_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
# How Arrow calls types whose values Python may not hold: its years are 1 to 9999.
OF_TIME = re.compile(r"timestamp|date(32|64)|duration")
Row = Mapping[str, Any]


@dataclass
class Sample:
    """What the beginning and the end of a file show."""

    path: Path
    form: Form
    size: int
    columns: list[str] = field(default_factory=list)
    delimiter: str = DELIMITERS[0]
    trouble: str | None = None
    """Why nothing of the file can be read."""
    encoding: str = ""
    first: list[Row] = field(default_factory=list)
    last: list[Row] = field(default_factory=list)
    """Rows by declared column, or by key where none is declared."""
    unreadable: Counter[str] = field(default_factory=Counter)
    line_count: int | None = None
    """How many records there are; None where that would cost a whole reading."""
    bytes_read: int = 0
    """What the first records weigh; 0 where the text is packed."""

    @property
    def records_read(self) -> int:
        """The first records, with those that cannot be read."""
        return len(self.first) + sum(self.unreadable.values())


def sample_of(path: Path, entity: Entity, limit: int = FIRST_RECORDS) -> Sample:
    """Look into a file; `limit` is the number of first records."""
    form = form_of(path.name)
    assert form is not None
    sample = Sample(path, form, path.stat().st_size)
    if form is Form.PARQUET:
        _look_into_parquet(sample, entity, limit)
        return sample
    with path.open("rb") as file:
        begins = file.read(3)
    sample.encoding = FOREIGN_MARKS.get(begins[:2], "")
    if begins == MARK:
        sample.encoding = "UTF-8 with a byte-order mark"
    if sample.encoding == "UTF-16":
        sample.trouble = "foreign_encoding"
        return sample
    rows = _csv_rows(sample, entity) if form is Form.CSV else _json_rows(sample, entity)
    read = list(islice(rows, limit))
    sample.first = [row for row in read if row is not None]
    # What the next record is counts for nothing: only whether there is one.
    unreadable = sample.unreadable.copy()
    is_whole = next(rows, END) is END
    sample.unreadable = unreadable
    if is_whole:
        sample.line_count = len(read)
        sample.last = sample.first
        sample.bytes_read = 0 if is_packed(path) else sample.size
    elif not is_packed(path):
        sample.bytes_read = _weight(path, sample.records_read)
        sample.last = _last_rows(sample, entity)
    return sample


def _weight(path: Path, line_count: int) -> int:
    """The bytes of the first lines."""
    with path.open("rb") as file:
        return sum(len(line) for line in islice(file, line_count))


def _csv_rows(sample: Sample, entity: Entity) -> Iterator[Row | None]:
    """Each record, or None for one that cannot be read."""
    header = csv_header(sample.path, entity.names)
    sample.columns, sample.delimiter = header.columns, header.delimiter
    if header.columns:
        sample.trouble = header_trouble(header.columns, entity.names)
    for record in csv_records(sample.path, entity.names):
        if record.reason:
            sample.unreadable[record.reason] += 1
            yield None
        else:
            yield dict(zip(entity.names, record.cells, strict=True))


def _json_rows(sample: Sample, entity: Entity) -> Iterator[Row | None]:
    if entity.names:
        sample.columns = first_keys(sample.path)
    for record in line_records(sample.path):
        row, reason = _object_of(record.text)
        if record.reason or row is None:
            sample.unreadable[record.reason or reason] += 1
            yield None
        else:
            yield by_column(row, entity)


def _object_of(text: str) -> tuple[Row | None, str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None, "malformed_json"
    return (value, "") if isinstance(value, dict) else (None, "not_an_object")


def by_column(row: Row, entity: Entity) -> Row:
    """The values under the names of the declared columns."""
    if not entity.names:
        return row
    lowered = {str(key).lower(): value for key, value in row.items()}
    return {
        column: next((lowered[name] for name in spellings if name in lowered), None)
        for column, spellings in entity.names.items()
    }


def _last_rows(sample: Sample, entity: Entity) -> list[Row]:
    """The rows of the last bytes; a line that is cut or broken is left out."""
    with sample.path.open("rb") as file:
        file.seek(-min(LAST_BYTES, sample.size), 2)
        lines = file.read().decode("utf-8", "replace").splitlines()[1:]
    rows: list[Row] = []
    for line in lines:
        if sample.form is Form.LINES:
            row, _ = _object_of(line)
            rows += [by_column(row, entity)] if row is not None else []
            continue
        cells = cells_of(line, sample.delimiter)
        placed = in_places(cells or (), sample.columns, entity.names)
        rows += [dict(zip(entity.names, placed, strict=True))] if placed else []
    return rows


def _look_into_parquet(sample: Sample, entity: Entity, limit: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(sample.path) as file:
            sample.columns = file.schema_arrow.names
            sample.line_count = file.metadata.num_rows
            groups = file.metadata.num_row_groups
            batch = next(file.iter_batches(limit), None)
            sample.first = _rows_of(batch, entity)
            ends = file.iter_batches(limit, row_groups=[groups - 1] if groups else [])
            sample.last = _rows_of(next(iter(deque(ends, maxlen=1)), None), entity)
    except (pa.ArrowException, OSError, duckdb.Error):
        sample.trouble = "broken_file"


def _rows_of(batch: Any, entity: Entity) -> list[Row]:
    import pyarrow as pa

    rows = plain_rows(pa.Table.from_batches([batch])) if batch else []
    return [by_column(row, entity) for row in rows]


def plain_rows(table: Any) -> list[Row]:
    """The rows of an Arrow table; what is of time as the text that DuckDB makes of it.

    A database holds moments that Python does not: `infinity`, or years after 9999.
    """
    import pyarrow as pa

    kinds = dict(enumerate(table.schema.types))
    held = {at: kind for at, kind in kinds.items() if OF_TIME.search(str(kind))}
    if held:
        # By their place: two columns may have one name.
        found = table.select(list(held)).rename_columns([f"at_{at}" for at in held])
        texts = ", ".join(
            f"to_json(at_{at})::varchar"
            if pa.types.is_nested(kind)
            else f"at_{at}::varchar"
            for at, kind in held.items()
        )
        with connect() as connection:
            told = connection.from_arrow(found).project(texts).to_arrow_table()
        for at, column in zip(held, told.columns, strict=True):
            table = table.set_column(at, table.schema.names[at], column)
    return list(table.to_pylist())
