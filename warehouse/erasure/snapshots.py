"""Every kept publication without a person, while readers go on reading.

File by file, each takes its former one's place in one step: whoever has that open reads
it to its end, and the next one opens the new. The manifest comes last. A publication
that cannot be rewritten leaves the list: nobody can go back to it.
"""

import filecmp
import json
import os
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.connection import connect
from warehouse.erasure.databases import (
    BrokenDatabaseError,
    copy_database,
    judge,
    named_in,
    opening,
    quoted,
    rows_in,
)
from warehouse.erasure.needles import Needles
from warehouse.erasure.plan import Plan
from warehouse.erasure.removal import put_in_place, sync
from warehouse.erasure.rewriting import sha256
from warehouse.errors import TesseraError
from warehouse.publications import UNFINISHED_SUFFIX, Publication, publications
from warehouse.publishing import STORAGE_VERSION, write_parquet
from warehouse.settings import Settings

WORK = ".erasing"
ROW = '"row of a file"'
# What the person was called then: customers are named anew when records join or part.
FORMER_NAMES = tuple(
    f"select distinct {column} from {table} where list_contains($records, record_id)"
    for table, column in (
        ("identity_map", "customer_id"),
        ("identity_history", "customer_id"),
        ("identity_aliases", "alias_id"),
    )
)


class Rewriting(NamedTuple):
    """What became of the publications: rows that each lost, and those that are gone."""

    lost: dict[str, int]
    withdrawn: list[str]


def take_out_of_publications(settings: Settings, plan: Plan) -> Rewriting:
    """Rewrite every publication that names the person; one whose database is gone or
    broken is removed.

    Raises:
        TesseraError: one cannot be read or written for another reason; it stays.
    """
    for left in settings.publications_dir.glob(f"*{UNFINISHED_SUFFIX}"):
        shutil.rmtree(left)
    lost, withdrawn = {}, []
    needles = plan.needles
    for publication in publications(settings):
        try:
            with opening(publication.database):
                lost[publication.id] = _take_out_of(publication, needles)
        except TesseraError as error:
            is_broken = isinstance(error, BrokenDatabaseError)
            if publication.database.exists() and not is_broken:
                raise
            _withdraw(settings, publication)
            withdrawn.append(publication.id)
    _share(publications(settings))
    return Rewriting({name: rows for name, rows in lost.items() if rows}, withdrawn)


def former_names(settings: Settings, records: Collection[str]) -> set[str]:
    """What publications call the customers of these records."""
    names: set[str] = set()
    for publication in publications(settings):
        # One that cannot be read will be withdrawn.
        with (
            suppress(TesseraError),
            connect(publication.database, read_only=True) as tables,
        ):
            for query in FORMER_NAMES:
                # An older version published fewer tables.
                with suppress(duckdb.Error):
                    found = tables.execute(query, {"records": sorted(records)})
                    names.update(str(name) for (name,) in found.fetchall())
    return names


def _take_out_of(publication: Publication, needles: Needles) -> int:
    work = publication.path / WORK
    shutil.rmtree(work, ignore_errors=True)
    lost = rows_in(publication.database, needles)
    database = publication.database
    if lost:
        (work / "parquet").mkdir(parents=True)
        database = work / database.name
        copy_database(
            publication.database,
            needles,
            storage_version=STORAGE_VERSION,
            target=database,
        )
    fresh = replace(publication, rows=_row_counts(database, publication))
    fresh = _with_files(fresh, _stale(fresh, needles, lost), database)
    _write_manifest(fresh, needles)
    shutil.rmtree(work, ignore_errors=True)
    return sum(lost.values())


def _stale(
    publication: Publication, needles: Needles, lost: dict[str, int]
) -> list[str]:
    """The tables whose Parquet file says otherwise than the database, or is gone."""
    tables = {name.split(".")[-1] for name in lost}
    return [
        table
        for table in sorted(publication.rows)
        if table in tables or _is_named_in(publication.parquet(table), needles)
    ]


def _is_named_in(path: Path, needles: Needles) -> bool:
    """Whether a Parquet file has to be written anew."""
    if not path.exists():
        return True
    query = f"""
        select count(*) from read_parquet({quoted(path)}) as {ROW}
        where {named_in(ROW)}
    """
    with connect() as connection:
        judge(connection, needles)
        try:
            [(count,)] = connection.execute(query).fetchall()
        except (duckdb.InvalidInputException, duckdb.IOException):
            # Broken, or none; where the fault is another's, writing it anew tells so.
            return True
    return bool(count)


def _with_files(
    publication: Publication, tables: list[str], database: Path
) -> Publication:
    """Put Parquet files and database in place, and name what they hold."""
    if tables:
        work = publication.path / WORK
        (work / "parquet").mkdir(parents=True, exist_ok=True)
        write_parquet(database, work, tables)
        for table in tables:
            fresh = work / "parquet" / f"{table}.parquet"
            sync(fresh)
            put_in_place(fresh, publication.parquet(table))
    if database != publication.database:
        put_in_place(database, publication.database)
    content = {table: sha256(publication.parquet(table)) for table in publication.rows}
    return replace(publication, content=content)


def _row_counts(database: Path, publication: Publication) -> dict[str, int]:
    with connect(database, read_only=True) as tables:
        return {
            table: int(
                tables.execute(f'select count(*) from "{table}"').fetchall()[0][0]
            )
            for table in publication.rows
        }


def _write_manifest(publication: Publication, needles: Needles) -> None:
    """Without the names that gates may have told of."""
    text = json.dumps(publication.manifest(), indent=2, default=str) + "\n"
    manifest = publication.path / "manifest.json"
    fresh = publication.path / f".manifest{WORK}"
    fresh.write_bytes(needles.scrubbed(text.encode()))
    sync(fresh)
    put_in_place(fresh, manifest)


def _withdraw(settings: Settings, publication: Publication) -> None:
    """Off the list first, then off the disk; readers get none rather than this one."""
    link = settings.published_link
    if link.is_symlink() and link.resolve() == publication.path.resolve():
        link.unlink()
    (publication.path / "manifest.json").unlink(missing_ok=True)
    shutil.rmtree(publication.path, ignore_errors=True)


def _share(kept: Sequence[Publication]) -> None:
    """Equal tables of two publications in a row are one file again."""
    for former, later in pairwise(kept):
        for table, content in later.content.items():
            old, path = former.parquet(table), later.parquet(table)
            if former.content.get(table) != content or not old.exists():
                continue
            if not old.samefile(path) and filecmp.cmp(old, path, shallow=False):
                fresh = path.with_name(f".{path.name}{WORK}")
                fresh.unlink(missing_ok=True)
                os.link(old, fresh)
                put_in_place(fresh, path)
