"""The ledger as a table: which files exist, each taken in once, in which order."""

import pandas as pd


def model(dbt, session):
    """Take in what has landed, then list the files that count now."""
    from warehouse.ledger import current_files, take_in
    from warehouse.settings import load_settings

    settings = load_settings()
    take_in(settings)
    files = [
        {
            "source": file.source,
            "entity": file.entity,
            "path": file.path,
            "full_path": str(settings.raw_dir / file.path),
            "load_seq": file.load_seq,
            "size_bytes": file.size,
            "line_count": file.line_count,
            "columns": list(file.columns or []),
            "landed_at": pd.Timestamp(file.landed_at).tz_convert(None),
        }
        for file in current_files(settings)
    ]
    return typed(session, files)


def typed(session, files):
    """The same columns with and without files."""
    frame = pd.DataFrame(
        files,
        columns=[
            "source", "entity", "path", "full_path", "load_seq", "size_bytes",
            "line_count", "columns", "landed_at",
        ],
    )
    return session.sql(
        """
        select
            source::varchar as source, entity::varchar as entity,
            path::varchar as path, full_path::varchar as full_path,
            load_seq::bigint as load_seq, size_bytes::bigint as size_bytes,
            line_count::bigint as line_count, columns::varchar[] as columns,
            landed_at::timestamp as landed_at
        from frame
        """
    ).to_arrow_table()
