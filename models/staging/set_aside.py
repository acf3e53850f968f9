"""Every row set aside, found in its file again: what a person needs to mend it."""

import json
from collections import defaultdict
from pathlib import Path

COLUMNS = ("source", "entity", "path", "load_seq", "line_number", "reason", "raw_text")


def model(dbt, session):
    """Find each refused row in its file again; a file is reopened once, for those."""
    import pyarrow as pa

    dbt.config(materialized="incremental", incremental_strategy="replace_loads")
    above = f"load_seq > {mark_of(session) if dbt.is_incremental else 0}"
    full_paths = dict(dbt.ref("landed_files").select("path, full_path").fetchall())
    declared = dbt.ref("declared_columns").fetchall()
    columns_of = {(source, entity): names for source, entity, names in declared}
    salvaged = dbt.ref("salvaged_rows").filter(f"reason is not null and {above}")
    rows = salvaged.select(", ".join(COLUMNS)).fetchall()
    for place, refused in by_file(dbt.ref("refused_rows").filter(above)).items():
        names = columns_of[place[:2]]
        rows += located(place, refused, full_paths[place[2]], names)
    types = [pa.string()] * 3 + [pa.int64()] * 2 + [pa.string()] * 2
    arrays = [
        pa.array([row[at] for row in rows], type) for at, type in enumerate(types)
    ]
    return pa.table(dict(zip(COLUMNS, arrays, strict=True)))


def mark_of(session):
    """The newest load whose refused rows were found before."""
    marks = "select load_seq from ops.high_water_marks where model = 'set_aside'"
    return session.execute(marks).fetchall()[0][0]


def by_file(refused_rows):
    """The reasons of a file's refused rows, by the row's content."""
    files = defaultdict(lambda: defaultdict(list))
    refused = refused_rows.select("source, entity, path, load_seq, row_key, reason")
    for *place, row_key, reason in refused.fetchall():
        files[tuple(place)][row_key].append(reason)
    return files


def located(place, refused, full_path, names):
    """Rows (place, line number, reason, raw text); a text met twice is listed twice."""
    from warehouse.csv_records import csv_records
    from warehouse.records import line_records

    if names:
        refused = {cells_of(row_key): reasons for row_key, reasons in refused.items()}
        records = csv_records(Path(full_path), names)
    else:
        records = line_records(Path(full_path))
    for record in records:
        reasons = refused.get(filled(record.cells) if names else record.text)
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
