"""Tables that other packages test themselves with, landed as a pack's entities."""

import csv
from collections.abc import Mapping
from pathlib import Path

from tests.behavior import shop
from tests.sources.conftest import BUILT
from warehouse.connection import connect
from warehouse.settings import Settings

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a CSV file, each cell without the blanks around it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: cell.strip() for name, cell in row.items()} for row in rows]


def take_in(settings: Settings, pack: str, files: Mapping[str, Path]) -> Settings:
    """Land each file under its place (`entity/name`), as it is, and stage it."""
    for place, path in files.items():
        landed = settings.raw_dir / pack / f"{place}.csv"
        landed.parent.mkdir(parents=True, exist_ok=True)
        landed.write_bytes(path.read_bytes())
    select = (*BUILT, f"path:models/staging/{pack}")
    shop.build(settings, select, variables={"sources": [pack]})
    return settings


def ask(settings: Settings, query: str) -> list[tuple[object, ...]]:
    """The rows of a query on the build database."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def accounts(settings: Settings) -> dict[str, tuple[object, ...]]:
    """The lines of each landed file: all, accepted, duplicates and quarantined."""
    query = """select entity || '/' || parse_filename(path, true), line_count,
        accepted_count, duplicate_count, quarantined_count
        from staging.file_reconciliation"""
    return {str(place): counts for place, *counts in map(list, ask(settings, query))}
