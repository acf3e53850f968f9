"""Which line of a replay mends which row set aside, as noted beside the ledger."""

COLUMNS = {
    "source": "string",
    "entity": "string",
    "path": "string",
    "load_seq": "int64",
    "line_number": "int64",
    "content_md5": "string",
    "replayed_path": "string",
    "replayed_line_number": "int64",
}


def model(dbt, session):
    """The replays that were noted; a place is mended once."""
    import pyarrow as pa

    from warehouse.replays import read_replays
    from warehouse.settings import load_settings

    rows = [
        (
            *row.path.split("/")[:2],
            row.path,
            row.load_seq,
            row.line_number,
            row.content_md5,
            note.path,
            row.replayed_line_number,
        )
        for note in read_replays(load_settings())
        for row in note.rows
    ]
    arrays = [
        pa.array([row[at] for row in rows], kind)
        for at, kind in enumerate(COLUMNS.values())
    ]
    return pa.table(dict(zip(COLUMNS, arrays, strict=True)))
