"""Every row set aside, found in its file again: what a person needs to mend it."""

import json
from collections import defaultdict
from pathlib import Path

COLUMNS = ("source", "entity", "path", "load_seq", "line_number", "reason", "raw_text")


def model(dbt, session):
    """Find each refused row in its file again; a file is reopened once, for those."""
    import pyarrow as pa

    dbt.config(materialized="incremental", incremental_strategy="replace_loads")
    wanted = unread(session) if dbt.is_incremental else "true"
    full_paths = dict(dbt.ref("landed_files").select("path, full_path").fetchall())
    declared = dbt.ref("declared_columns").select("source, entity, column_names")
    names_of = {(s, e): json.loads(names) for s, e, names in declared.fetchall()}
    salvaged = dbt.ref("salvaged_rows").filter(f"reason is not null and {wanted}")
    rows = salvaged.select(", ".join(COLUMNS)).fetchall()
    for place, refused in by_file(dbt.ref("refused_rows").filter(wanted)).items():
        path, names = Path(full_paths[place[2]]), names_of[place[:2]]
        rows += located(place, refused, records_of(session, path, names))
    types = [pa.string()] * 3 + [pa.int64()] * 2 + [pa.string()] * 2
    arrays = [
        pa.array([row[at] for row in rows], type) for at, type in enumerate(types)
    ]
    return pa.table(dict(zip(COLUMNS, arrays, strict=True)))


def unread(session):
    """The loads whose refused rows are to be found: new ones, and those asked again."""
    [(mark,)] = session.execute(
        "select load_seq from ops.high_water_marks where model = 'set_aside'"
    ).fetchall()
    again = session.execute(
        "select load_seq from ops.loads_to_reread where model = 'set_aside'"
    ).fetchall()
    named = ", ".join(str(load) for load in [0, *(load for (load,) in again)])
    return f"(load_seq > {mark} or load_seq in ({named}))"


def by_file(refused_rows):
    """The reasons of a file's refused rows, by the row's content."""
    files = defaultdict(lambda: defaultdict(list))
    refused = refused_rows.select("source, entity, path, load_seq, row_key, reason")
    for *place, row_key, reason in refused.fetchall():
        files[tuple(place)][row_key].append(reason)
    return files


def records_of(session, path, names):
    """The records of a file, each with what names it among the refused rows."""
    from warehouse.csv_records import csv_records
    from warehouse.formats import Form, form_of
    from warehouse.records import line_records, parquet_records

    form = form_of(path.name)
    if form is Form.CSV:
        return ((record, filled(record.cells)) for record in csv_records(path, names))
    if form is Form.LINES:
        return ((record, record.text) for record in line_records(path))
    found = parquet_records(session.cursor(), path)
    return ((record, record.text) for record in found)


def located(place, refused, records):
    """Rows (place, line number, reason, raw text); a text met twice is listed twice."""
    from warehouse.formats import Form, form_of

    if form_of(place[2]) is Form.CSV:
        refused = {cells_of(row_key): reasons for row_key, reasons in refused.items()}
    for record, content in records:
        reasons = refused.get(content)
        if reasons and not record.reason:
            yield (*place, record.line_number, reasons.pop(), record.text)
    for content, reasons in refused.items():
        for reason in reasons:
            yield (*place, None, reason, str(content))


def cells_of(row_key):
    """The declared cells of a refused CSV row."""
    return filled(json.loads(row_key))


def filled(cells):
    """Cells with one spelling of emptiness."""
    return tuple(cell or None for cell in cells)
