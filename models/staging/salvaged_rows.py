"""The records of odd files: those in which the fast reader counts other than landed."""

import re
from collections import defaultdict
from itertools import islice
from pathlib import Path

PLACE = ("source", "entity", "path", "full_path", "load_seq")
FILE = (*PLACE, "line_count", "columns")
# The options of macros/landed.sql.
CSV = "header = true, delim = ',', quote = '\"', escape = '\"'"
LINES = "header = false, delim = chr(31), quote = '', escape = '', strict_mode = false"
BLANK_LINES_APART = "where ltrim(line, ' ' || chr(9) || chr(11) || chr(12)) != ''"
BATCH_ROWS = 50_000


def model(dbt, session):
    """Count each file as the fast reader would; read with care where that differs."""
    import pyarrow as pa

    dbt.config(materialized="incremental", incremental_strategy="replace_loads")
    declared = dbt.ref("declared_columns").fetchall()
    columns_of = {(source, entity): names for source, entity, names in declared}
    above = f"load_seq > {mark_of(session) if dbt.is_incremental else 0}"
    wanted = f"{above} and line_count > 0 and not is_plain"
    landed = dbt.ref("landed_files").filter(wanted)
    files = [
        dict(zip(FILE, row, strict=True))
        for row in landed.order("load_seq").select(", ".join(FILE)).fetchall()
    ]
    rows = salvaged(odd_files(session, files, columns_of), columns_of)
    text, number = pa.string(), pa.int64()
    types = [text] * 4 + [number] * 2 + [text] * 2 + [pa.list_(text)]
    names = (*PLACE, "line_number", "reason", "raw_text", "cells")
    schema = pa.schema(list(zip(names, types, strict=True)))
    return pa.RecordBatchReader.from_batches(schema, batches(pa, schema, rows))


def mark_of(session):
    """The newest load whose files were counted before."""
    marks = "select load_seq from ops.high_water_marks where model = 'salvaged_rows'"
    return session.execute(marks).fetchall()[0][0]


def odd_files(session, files, columns_of):
    """The files whose header names nothing, and those that other counts come from."""
    from warehouse.csv_records import header_trouble

    alike = defaultdict(list)
    odd = []
    for file in files:
        declared = columns_of[file["source"], file["entity"]]
        if header_trouble(file["columns"], declared):
            odd.append(file)
        else:
            alike[file["entity"], tuple(file["columns"])].append(file)
    for group in alike.values():
        counts = record_counts(session, group)
        odd += [f for f in group if counts.get(f["full_path"]) != f["line_count"]]
    return odd


def record_counts(session, files):
    """Records by path as the fast reader sees them; a file it refuses has none."""
    import duckdb

    try:
        counted = session.execute(counting(files)).fetchall()
        return {path: count for path, count, *_ in counted}
    except duckdb.Error:
        if len(files) == 1:
            return {}
        halves = files[: len(files) // 2], files[len(files) // 2 :]
        return {
            p: n for half in halves for p, n in record_counts(session, half).items()
        }


def counting(files):
    """A statement that gives all counts back, so that every cell is looked at."""
    names = files[0]["columns"] or ["line"]
    options = CSV if files[0]["columns"] else LINES
    paths = ", ".join(file_text(file["full_path"]) for file in files)
    columns = "{" + ", ".join(f"{quoted(name)}: 'varchar'" for name in names) + "}"
    cells = ", ".join('count("' + name.replace('"', '""') + '")' for name in names)
    not_blank = "" if files[0]["columns"] else BLANK_LINES_APART
    return f"""
        select filename, count(*), {cells}
        from read_csv(
            [{paths}], columns = {columns}, auto_detect = false, {options},
            ignore_errors = true, filename = true
        ) {not_blank} group by filename
    """


def file_text(path):
    """A file's own name, where readers would take some letters of it for a pattern."""
    return quoted(re.sub(r"([\[*?])", r"[\1]", path))


def quoted(text):
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def salvaged(files, columns_of):
    """A row for each record of these files: its cells, or the reason against it."""
    from warehouse.csv_records import csv_records
    from warehouse.records import line_records

    for file in files:
        declared = columns_of[file["source"], file["entity"]]
        path = Path(file["full_path"])
        place = tuple(file[name] for name in PLACE)
        for record in csv_records(path, declared) if declared else line_records(path):
            yield (
                *place,
                record.line_number,
                record.reason,
                record.text,
                list(record.cells),
            )


def batches(pa, schema, rows):
    """The rows in batches, so that a long file needs no memory of its length."""
    while chunk := list(islice(rows, BATCH_ROWS)):
        arrays = zip(zip(*chunk, strict=True), schema.types, strict=True)
        yield pa.record_batch([pa.array(v, t) for v, t in arrays], schema=schema)
