"""The ledger as a table: which files exist, each taken in once, in which order."""

import pandas as pd


def model(dbt, session):
    """Take in what has landed, then list the files that count now."""
    from warehouse.ledger import current_files, first_loads, take_in
    from warehouse.settings import load_settings

    settings = load_settings()
    take_in(settings)
    first = first_loads(settings)
    files = [
        {
            "source": file.source,
            "entity": file.entity,
            "path": file.path,
            "full_path": str(settings.raw_dir / file.path),
            "load_seq": file.load_seq,
            "first_load_seq": first[file.path],
            "size_bytes": file.size,
            "content_sha256": file.sha256,
            "line_count": file.line_count,
            "is_plain": file.is_plain,
            "columns": list(file.columns or []),
            "landed_at": pd.Timestamp(file.landed_at).tz_convert(None),
        }
        for file in current_files(settings)
    ]
    columns = {
        "source": "varchar",
        "entity": "varchar",
        "path": "varchar",
        "full_path": "varchar",
        "load_seq": "bigint",
        "first_load_seq": "bigint",
        "size_bytes": "bigint",
        "content_sha256": "varchar",
        "line_count": "bigint",
        "is_plain": "boolean",
        "columns": "varchar[]",
        "landed_at": "timestamp",
    }
    # Typed by name, so that no file at all gives the same table.
    session.register("landed", pd.DataFrame(files, columns=list(columns)))
    typed = ", ".join(f"{name}::{kind} as {name}" for name, kind in columns.items())
    return session.sql(f"select {typed} from landed").to_arrow_table()
