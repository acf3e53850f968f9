"""The records of odd files: those in which the fast reader counts other than landed."""

import json
import re
from collections import defaultdict
from itertools import islice
from pathlib import Path

PLACE = ("source", "entity", "path", "full_path", "load_seq")
FILE = (*PLACE, "line_count", "columns", "form", "delimiter", "shape")
# The options of macros/landed.sql.
CSV = "header = true, quote = '\"', escape = '\"'"
LINES = "header = false, delim = chr(31), quote = '', escape = '', strict_mode = false"
BLANK_LINES_APART = "where ltrim(line, ' ' || chr(9) || chr(11) || chr(12)) != ''"
BATCH_ROWS = 50_000


def model(dbt, session):
    """Count each file as the fast reader would; read with care where that differs."""
    import pyarrow as pa

    dbt.config(materialized="incremental", incremental_strategy="replace_loads")
    declared = dbt.ref("declared_columns").select("source, entity, column_names")
    names_of = {(s, e): json.loads(names) for s, e, names in declared.fetchall()}
    wanted = unread(session) if dbt.is_incremental else "true"
    wanted += " and line_count > 0 and not is_plain"
    landed = dbt.ref("landed_files").filter(wanted)
    files = [
        dict(zip(FILE, row, strict=True))
        for row in landed.order("load_seq").select(", ".join(FILE)).fetchall()
    ]
    rows = salvaged(session, odd_files(session, files, names_of), names_of)
    text, number = pa.string(), pa.int64()
    types = [text] * 4 + [number] * 2 + [text] * 2 + [pa.list_(text)]
    names = (*PLACE, "line_number", "reason", "raw_text", "cells")
    schema = pa.schema(list(zip(names, types, strict=True)))
    return pa.RecordBatchReader.from_batches(schema, batches(pa, schema, rows))


def unread(session):
    """The loads whose files are to be counted: new ones, and those asked again."""
    [(mark,)] = session.execute(
        "select load_seq from ops.high_water_marks where model = 'salvaged_rows'"
    ).fetchall()
    again = session.execute(
        "select load_seq from ops.loads_to_reread where model = 'salvaged_rows'"
    ).fetchall()
    named = ", ".join(str(load) for load in [0, *(load for (load,) in again)])
    return f"(load_seq > {mark} or load_seq in ({named}))"


def odd_files(session, files, names_of):
    """The files whose header names nothing, and those that other counts come from."""
    alike = defaultdict(list)
    odd = []
    for file in files:
        if trouble_of(file, names_of):
            odd.append(file)
        elif file["form"] == "parquet":
            alike[file["path"]].append(file)
        else:
            kind = file["form"], file["delimiter"], *header_of(file)
            alike[file["entity"], kind].append(file)
    for group in alike.values():
        counts = record_counts(session, group)
        odd += [f for f in group if counts.get(f["full_path"]) != f["line_count"]]
    return odd


def header_of(file):
    """The columns that a reader has to be told; a line is read as a whole."""
    return file["columns"] if file["form"] == "csv" else ()


def trouble_of(file, names_of):
    """What is wrong with the file's columns, where it says which they are."""
    from warehouse.csv_records import header_trouble

    names = names_of[file["source"], file["entity"]]
    if not names or file["form"] == "lines":
        return None
    return header_trouble(file["columns"], names)


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
    """A statement that gives back what only a look at every cell can tell."""
    form = files[0]["form"]
    names = {"csv": header_of(files[0]), "lines": ["line"]}.get(form)
    paths = ", ".join(file_text(file["full_path"]) for file in files)
    if names is None:
        return f"""
            select {quoted(files[0]["full_path"])}, count(*), bit_xor(hash(told))
            from read_parquet([{paths}]) as told
        """
    delimiter = f"delim = {quoted(files[0]['delimiter'])}"
    options = LINES if form == "lines" else f"{CSV}, {delimiter}"
    columns = "{" + ", ".join(f"{quoted(name)}: 'varchar'" for name in names) + "}"
    cells = ", ".join('count("' + name.replace('"', '""') + '")' for name in names)
    not_blank = BLANK_LINES_APART if form == "lines" else ""
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


def salvaged(session, files, names_of):
    """A row for each record of these files: its cells, or the reason against it."""
    for file in files:
        place = tuple(file[name] for name in PLACE)
        for record in records_of(session, file, names_of):
            yield (
                *place,
                record.line_number,
                record.reason,
                record.text,
                list(record.cells),
            )


def records_of(session, file, names_of):
    """The records of one file, read with care."""
    from warehouse.csv_records import csv_records
    from warehouse.records import Record, line_records, parquet_records

    path, trouble = Path(file["full_path"]), trouble_of(file, names_of)
    if file["form"] == "csv":
        return csv_records(path, names_of[file["source"], file["entity"]])
    if file["form"] == "lines":
        return line_records(path)
    if file["shape"] and trouble:
        found = parquet_records(session.cursor(), path)
        return (record._replace(reason=trouble) for record in found)
    # Nothing of it can be trusted; each row that it promised is told of.
    numbers = range(1, file["line_count"] + 1)
    return (Record(number, "", (), "broken_file") for number in numbers)


def batches(pa, schema, rows):
    """The rows in batches, so that a long file needs no memory of its length."""
    while chunk := list(islice(rows, BATCH_ROWS)):
        arrays = zip(zip(*chunk, strict=True), schema.types, strict=True)
        yield pa.record_batch([pa.array(v, t) for v, t in arrays], schema=schema)
