"""Whatever else lies in the data folder, without a person: reports, logs, memories."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from warehouse.connection import connect
from warehouse.erasure.databases import (
    BrokenDatabaseError,
    copy_database,
    opening,
    rows_in,
    scrub_sqlite,
)
from warehouse.erasure.landed import UNDECLARED, raw_files
from warehouse.erasure.looking import Sort, sort_of
from warehouse.erasure.needles import Needles
from warehouse.erasure.places import (
    DAGSTER,
    DATABASE,
    DBT,
    EXAMPLES,
    PUBLICATIONS,
    RECORDED,
    all_files,
    place_of,
)
from warehouse.erasure.plan import Plan
from warehouse.erasure.removal import beside, put_in_place, sync, write_without
from warehouse.erasure.tombstones import salt_path
from warehouse.erasure.traces import PersonSearch, hits_in
from warehouse.formats import Form, form_of
from warehouse.settings import Settings

REBUILD = "rebuild"
# These have a step of their own; examples have a data folder of their own.
SEEN_TO = (PUBLICATIONS, EXAMPLES)


def take_out_of_leftovers(settings: Settings, plan: Plan) -> dict[str, int]:
    """Scrub every other file; how many places of each named the person."""
    shutil.rmtree(settings.data_dir / REBUILD, ignore_errors=True)
    records = {file.path for file in raw_files(settings)}
    counts = {}
    for path in list(_others(settings, records)):
        count = _take_out_of(settings, path, plan.search)
        if count:
            counts[str(path)] = count
    return counts


def _others(settings: Settings, records: set[Path]) -> Iterator[Path]:
    own = {settings.build_path, salt_path(settings)}
    for path in all_files(settings):
        place = place_of(settings, path)
        if place not in SEEN_TO and path not in records and path not in own:
            yield path


def _take_out_of(settings: Settings, path: Path, search: PersonSearch) -> int:
    sort, place = sort_of(path), place_of(settings, path)
    needles = search.needles
    if sort is Sort.SQLITE:
        return scrub_sqlite(path, needles)
    if sort is Sort.DUCKDB:
        with suppress(BrokenDatabaseError):
            return _copy_without(path, needles)
    form = form_of(path.name)
    if form and place not in (RECORDED, DAGSTER, DBT):
        return _without_records(path, form, search)
    data = path.read_bytes()
    if not needles.are_in(data):
        return 0
    if _is_text(data):
        return _scrub(path, data, needles)
    if place in (DBT, DATABASE):
        # dbt makes it anew.
        path.unlink()
    return 1


def _copy_without(path: Path, needles: Needles) -> int:
    with opening(path):
        named = rows_in(path, needles)
        return sum(copy_database(path, needles).values()) if named else 0


def _without_records(path: Path, form: Form, search: PersonSearch) -> int:
    with connect() as connection:
        hits = hits_in(path, form, UNDECLARED, search, connection)
    if hits:
        put_in_place(write_without(path, form, hits, search.needles), path)
    return hits.record_count + len(hits.header_lines)


def _scrub(path: Path, data: bytes, needles: Needles) -> int:
    """Put a word in the place of each identifier; whole or not at all."""
    fresh = beside(path)
    fresh.write_bytes(needles.scrubbed(data))
    shutil.copymode(path, fresh)
    sync(fresh)
    os.replace(fresh, path)
    return len(needles.spans(data))


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data
