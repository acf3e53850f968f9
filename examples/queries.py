"""SQL beside the mapping that runs it, and counts read from it."""

from pathlib import Path

import duckdb


def read(folder: Path, name: str) -> str:
    """The query `<name>.sql` of a mapping's folder."""
    return (folder / f"{name}.sql").read_text(encoding="utf-8").rstrip().rstrip(";")


def counts(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    """A query of names and counts as a dictionary, in the query's order."""
    return {str(name): int(count) for name, count in con.execute(query).fetchall()}
