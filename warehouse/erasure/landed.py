"""The raw folder without a person: every file, read or not, sealed or growing."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.connection import connect
from warehouse.contract import Place, person_columns, whole_contract
from warehouse.csv_records import csv_records
from warehouse.erasure.needles import Needles
from warehouse.erasure.plan import Plan
from warehouse.erasure.removal import SUFFIX, blank_in_place
from warehouse.erasure.rewriting import rewrite, sha256
from warehouse.erasure.tombstones import Notes, rewritten_files
from warehouse.erasure.traces import (
    NOTHING,
    Described,
    Hits,
    Search,
    hits_in,
    length_of,
)
from warehouse.errors import TesseraError
from warehouse.folders import unwritable
from warehouse.formats import Form, form_of, is_packed
from warehouse.landing import OPEN_SUFFIX, RECORDS
from warehouse.ledger import read_ledger
from warehouse.replays import Replay, ReplayedRow, read_replays
from warehouse.settings import Settings

UNDECLARED = Described({}, {})


class RawFile(NamedTuple):
    """A file of records below the raw folder, whatever became of it."""

    path: Path
    name: str
    form: Form
    described: Described

    @property
    def is_growing(self) -> bool:
        """Whether somebody may still be writing it."""
        return self.path.suffix == OPEN_SUFFIX

    @property
    def is_unready(self) -> bool:
        """Whether its records can be told only once it is sealed."""
        is_text = self.form is not Form.PARQUET
        name = self.path.with_suffix("") if self.is_growing else self.path
        return self.is_growing and (is_packed(name) or not is_text)


def raw_files(settings: Settings) -> Iterator[RawFile]:
    """Every file of records below the raw folder, of whatever entity."""
    entities = described_entities(settings)
    for path in sorted(settings.raw_dir.rglob("*")):
        name = path.relative_to(settings.raw_dir).as_posix()
        form = form_of(name.removesuffix(OPEN_SUFFIX))
        hidden = any(part.startswith(".") for part in name.split("/"))
        if form and path.is_file() and not hidden and name not in RECORDS:
            source, entity, *_ = (*name.split("/"), "", "")
            yield RawFile(path, name, form, entities.get((source, entity), UNDECLARED))


def refuse_links(settings: Settings) -> None:
    """See that every folder below the raw folder is one.

    Raises:
        TesseraError: one is a link; what lies there would be read, and neither
            rewritten nor searched.
    """
    for folder, below, _ in os.walk(settings.raw_dir):
        for path in (Path(folder, name) for name in sorted(below)):
            if path.is_symlink():
                raise TesseraError(
                    "a link stands in the place of a folder of raw files: nothing can"
                    " be erased behind it, and nothing was",
                    where=str(path),
                    allowed="folders; the raw folder as a whole may be a link",
                    remedy="Move the files that it leads to into its place",
                )


def described_entities(settings: Settings) -> Mapping[Place, Described]:
    """What is declared of each entity, whether its pack is switched on or not."""
    columns = person_columns(settings.project_dir)
    return {
        place: Described(entity.names, columns.get(place, {}))
        for place, entity in whole_contract(project_dir=settings.project_dir).items()
    }


def found_in(
    file: RawFile, search: Search, connection: duckdb.DuckDBPyConnection
) -> Hits:
    """The records of a file that name somebody."""
    if file.is_unready:
        return NOTHING
    return hits_in(file.path, file.form, file.described, search, connection)


def count_landed(settings: Settings, search: Search) -> dict[str, int]:
    """How many records of each file name somebody; files without one are left out."""
    with connect() as connection:
        counts = {
            file.name: found_in(file, search, connection).record_count
            for file in raw_files(settings)
        }
    return {name: count for name, count in counts.items() if count}


def take_out(settings: Settings, plan: Plan) -> dict[str, int]:
    """Rewrite each file without the person's records; how many each lost.

    Raises:
        TesseraError: a file cannot be written.
    """
    for left in settings.raw_dir.rglob(f".*{SUFFIX}"):
        left.unlink()
    search, notes = plan.search, rewritten_files(settings)
    counts = {}
    with connect() as connection:
        for file in raw_files(settings):
            hits = _with_mended(file, found_in(file, search, connection), plan)
            if hits:
                _take_out_of(settings, file, hits, search.needles, notes)
                counts[file.name] = hits.record_count
    return counts


def _take_out_of(
    settings: Settings, file: RawFile, hits: Hits, needles: Needles, notes: Notes
) -> None:
    if not file.is_growing:
        rewrite(settings, file.path, file.form, hits, needles, notes)
        return
    try:
        blank_in_place(file.path, hits.lines)
    except OSError as error:
        raise unwritable(file.path, error) from error


def _with_mended(file: RawFile, hits: Hits, plan: Plan) -> Hits:
    """And the lines that a repair ties to the person, where they still stand."""
    former, lines = plan.mended.get(file.name, ("", frozenset()))
    if not lines - hits.lines or sha256(file.path) != former:
        return hits
    return with_lines(file, hits, lines)


def with_lines(file: RawFile, hits: Hits, numbers: frozenset[int]) -> Hits:
    """The hits, and the records that begin at these lines."""
    spans = {number: frozenset({number}) for number in numbers - hits.lines}
    if file.form is Form.CSV:
        spans = {
            record.line_number: frozenset(
                range(record.line_number, record.line_number + length_of(record))
            )
            for record in csv_records(file.path, file.described.names)
            if record.line_number in spans
        }
    more = frozenset().union(*spans.values()) if spans else frozenset[int]()
    return hits._replace(
        record_count=hits.record_count + len(spans), lines=hits.lines | more
    )


class Repairs(NamedTuple):
    """Lines that only a repair ties to a person, and the record of repairs without
    them."""

    mended: dict[str, tuple[str, frozenset[int]]]
    replays: str


def repairs_of(settings: Settings, search: Search) -> Repairs:
    """What mends a person's line is theirs, and so is what theirs mends."""
    replays = read_replays(settings)
    newest = {entry.path: entry.load_seq for entry in read_ledger(settings)}
    pairs = [
        ((row.path, row.line_number), (replay.path, row.replayed_line_number))
        for replay in replays
        for row in replay.rows
        if newest.get(row.path, row.load_seq) == row.load_seq
    ]
    named = {name for pair in pairs for name, _ in pair}
    files = {file.name: file for file in raw_files(settings) if file.name in named}
    with connect() as connection:
        hits = {n: found_in(file, search, connection) for n, file in files.items()}
    own = {name: set(found.lines) for name, found in hits.items()}
    _spread(pairs, own)
    mended = {
        name: (sha256(files[name].path), frozenset(lines - hits[name].lines))
        for name, lines in own.items()
        if lines - hits[name].lines
    }
    gone = {
        name: with_lines(files[name], hits[name], frozenset(lines)).lines
        for name, lines in own.items()
    }
    return Repairs(mended, _without(replays, files, gone))


def _spread(
    pairs: list[tuple[tuple[str, int], tuple[str, int]]], own: dict[str, set[int]]
) -> None:
    """Add the other end of each pair of which one is theirs, until none is left."""
    while True:
        fresh = {
            other
            for pair in pairs
            for one, other in (pair, pair[::-1])
            if one[1] in own.get(one[0], ()) and other[1] not in own.get(other[0], {-1})
        }
        fresh = {end for end in fresh if end[0] in own and end[1] not in own[end[0]]}
        if not fresh:
            return
        for name, number in fresh:
            own[name].add(number)


def _without(
    replays: list[Replay],
    files: Mapping[str, RawFile],
    gone: Mapping[str, frozenset[int]],
) -> str:
    """The record of repairs: theirs are gone, and rows of Parquet move up."""
    lines = []
    for replay in replays:
        rows = [
            asdict(_moved(row, files, gone))
            for row in replay.rows
            if row.line_number not in gone.get(row.path, ())
            and row.replayed_line_number not in gone.get(replay.path, ())
        ]
        at = replay.replayed_at.isoformat()
        values = {"path": replay.path, "replayed_at": at, "rows": rows}
        lines.append(json.dumps(values) + "\n")
    return "".join(lines)


def _moved(
    row: ReplayedRow, files: Mapping[str, RawFile], gone: Mapping[str, frozenset[int]]
) -> ReplayedRow:
    if row.path not in files or files[row.path].form is not Form.PARQUET:
        return row
    before = sum(number < row.line_number for number in gone[row.path])
    values = asdict(row) | {"line_number": row.line_number - before}
    return ReplayedRow(**values)
