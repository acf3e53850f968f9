"""The ledger as a table: which files exist, each taken in once, in which order.

What is new in attached tables lands as files before that.
"""


def model(dbt, session):
    """Take in what has landed, then list the files that count now."""
    from datetime import UTC

    import pyarrow as pa

    from warehouse.attached import bring_in
    from warehouse.attaching import tables_told
    from warehouse.contract import contract_of
    from warehouse.formats import form_of
    from warehouse.ledger import current_files, first_loads, take_in
    from warehouse.settings import load_settings

    settings = load_settings()
    declared = dbt.ref("declared_columns").select(
        "source, entity, column_names, key_columns"
    )
    contract = contract_of(declared.fetchall())
    bring_in(settings, tables_told(dbt.ref("attached_tables").fetchall()))
    take_in(settings, contract)
    first = first_loads(settings)
    text, number = pa.string(), pa.int64()
    # Typed by name, so that no file at all gives the same table.
    columns = {
        "source": text,
        "entity": text,
        "path": text,
        "full_path": text,
        "load_seq": number,
        "first_load_seq": number,
        "size_bytes": number,
        "content_sha256": text,
        "line_count": number,
        "erased_count": number,
        "is_plain": pa.bool_(),
        "form": text,
        "columns": pa.list_(text),
        "delimiter": text,
        "shape": text,
        "landed_at": pa.timestamp("us"),
    }
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
            "erased_count": file.erased_count,
            "is_plain": file.is_plain,
            "form": form_of(file.path),
            "columns": list(file.columns or []),
            "delimiter": file.delimiter,
            "shape": file.shape,
            "landed_at": file.landed_at.astimezone(UTC).replace(tzinfo=None),
        }
        for file in current_files(settings, contract)
    ]
    return pa.Table.from_pylist(files, schema=pa.schema(list(columns.items())))
