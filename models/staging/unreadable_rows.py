"""Rows that no reader can take apart, found before the readers pass over them."""

COLUMNS = ("source", "entity", "path", "load_seq", "line_number", "reason", "raw_text")
CSV = "header = true, delim = ',', quote = '\"', escape = '\"'"
LINES = "header = false, delim = chr(31), quote = '', escape = '', strict_mode = false"


def model(dbt, session):
    """Read each landed file once, with the options of macros/landed.sql."""
    import pyarrow as pa

    landed = dbt.ref("landed_files").filter("line_count > 0")
    files = landed.select("source, entity, path, full_path, load_seq, columns")
    rows = [row for file in files.fetchall() for row in rejects(session, *file)]
    types = [pa.string()] * 3 + [pa.int64()] * 2 + [pa.string()] * 2
    arrays = [
        pa.array([row[at] for row in rows], type) for at, type in enumerate(types)
    ]
    return pa.table(dict(zip(COLUMNS, arrays, strict=True)))


def rejects(session, source, entity, path, full_path, load_seq, columns):
    """The rows of one file that its reader refuses, or the whole file."""
    import duckdb

    place = (source, entity, path, load_seq)
    names = columns if path.endswith(".csv") else ["line"]
    try:
        session.execute(reading(full_path, names, CSV if columns else LINES)).fetchall()
        found = session.execute(
            """
            select line, min(error_type), min(csv_line)
            from rejected group by line order by line
            """
        ).fetchall()
        return [(*place, line, reason(kind), text) for line, kind, text in found]
    except (duckdb.InvalidInputException, duckdb.BinderException) as error:
        first_line = str(error).splitlines()[0]
        return [(*place, None, "unreadable_file", first_line)]
    finally:
        session.execute("drop table if exists rejected")
        session.execute("drop table if exists rejected_scan")


def reading(full_path, names, options):
    """A statement that reads the whole file and keeps what it refuses."""
    quoted = [name.replace("'", "''") for name in names]
    columns = "{" + ", ".join(f"'{name}': 'varchar'" for name in quoted) + "}"
    return f"""
        select count(*), {", ".join(f'count("{name}")' for name in names)}
        from read_csv(
            '{full_path.replace("'", "''")}', columns = {columns},
            auto_detect = false, {options}, max_line_size = 16777216,
            ignore_errors = true, store_rejects = true,
            rejects_table = 'rejected', rejects_scan = 'rejected_scan'
        )
    """


def reason(error_type):
    """DuckDB's kind of error as one of our reasons."""
    return "invalid_encoding" if error_type == "INVALID ENCODING" else "malformed_line"
