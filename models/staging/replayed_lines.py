"""Which line of a replay mends which row set aside, as noted beside the ledger."""

PLACE = ("path", "load_seq", "line_number", "replayed_path", "replayed_line_number")


def model(dbt, session):
    """The replays that were noted; a place is mended once."""
    import pyarrow as pa

    from warehouse.replays import read_replays
    from warehouse.settings import load_settings

    rows = [
        (row.path, row.load_seq, row.line_number, note.path, row.replayed_line_number)
        for note in read_replays(load_settings())
        for row in note.rows
    ]
    text, number = pa.string(), pa.int64()
    types = [text, number, number, text, number]
    arrays = [pa.array([row[at] for row in rows], t) for at, t in enumerate(types)]
    return pa.table(dict(zip(PLACE, arrays, strict=True)))
