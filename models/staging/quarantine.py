"""Every row set aside, with the line and the text a person needs to mend it."""

import csv
import json
from collections import defaultdict

COLUMNS = ("source", "entity", "path", "load_seq", "line_number", "reason", "raw_text")


def model(dbt, session):
    """Find each refused row in its file again; only files with one are reopened."""
    import pyarrow as pa

    full_paths = dict(dbt.ref("landed_files").select("path, full_path").fetchall())
    declared = dbt.ref("declared_columns").fetchall()
    columns_of = {(source, entity): names for source, entity, names in declared}
    rows = dbt.ref("unreadable_rows").select(", ".join(COLUMNS)).fetchall()
    for place, refused in by_file(dbt.ref("refused_rows")).items():
        names = columns_of.get(place[:2])
        rows += located(place, refused, full_paths[place[2]], names)
    types = [pa.string()] * 3 + [pa.int64()] * 2 + [pa.string()] * 2
    arrays = [
        pa.array([row[at] for row in rows], type) for at, type in enumerate(types)
    ]
    return pa.table(dict(zip(COLUMNS, arrays, strict=True)))


def by_file(refused_rows):
    """The reasons of a file's refused rows, by the row's text."""
    files = defaultdict(lambda: defaultdict(list))
    refused = refused_rows.select("source, entity, path, load_seq, row_key, reason")
    for *place, row_key, reason in refused.fetchall():
        files[tuple(place)][row_key].append(reason)
    return files


def located(place, refused, full_path, names):
    """Rows (place, line number, reason, raw text); a text met twice is listed twice."""
    walk = csv_rows(full_path, names) if names else json_lines(full_path)
    for line_number, row_key, text in walk:
        if refused.get(row_key):
            yield (*place, line_number, refused[row_key].pop(), text)
    for row_key, reasons in refused.items():
        for reason in reasons:
            yield (*place, None, reason, row_key)


def json_lines(full_path):
    """(line number, text, text) of each line."""
    with open(full_path, encoding="utf-8", errors="replace") as lines:
        for line_number, line in enumerate(lines, start=1):
            text = line.rstrip("\r\n")
            yield line_number, text, text


def csv_rows(full_path, names):
    """(first line, the declared cells as JSON, the cells as CSV) of each record."""
    with open(full_path, encoding="utf-8-sig", errors="replace", newline="") as lines:
        records = csv.reader(lines)
        header = next(records, [])
        first_line = records.line_num + 1
        for record in records:
            cells = dict(zip(header, record, strict=False))
            key = [cells.get(name) or None for name in names]
            text = json.dumps(key, ensure_ascii=False, separators=(",", ":"))
            yield first_line, text, ",".join(record)
            first_line = records.line_num + 1
