"""Which records of a landed file name somebody: in the columns that say whose they are,
or anywhere in their text."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import duckdb

from warehouse.contract import Names
from warehouse.csv_records import csv_records
from warehouse.erasure.identifiers import Identifier, Kind, named_by
from warehouse.erasure.needles import Needles
from warehouse.erasure.spellings import is_telling, words_of
from warehouse.formats import BREAK, Form, is_packed
from warehouse.mending import LINE_END
from warehouse.records import Record, is_blank, opened, parquet_records

# So many records are looked at as one text.
AT_ONCE = 256
# Stands between the letters of UTF-16, which spreadsheets write.
NUL = "\0"


class Described(NamedTuple):
    """What is declared of an entity's files: the names of its columns (none where a
    line is read as a whole), and by kind those that tell whose a record is."""

    names: Names
    person_columns: Mapping[str, Sequence[str]]


class Search(Protocol):
    """Knows whose records are looked for."""

    def may_be_in(self, lowered: bytes) -> bool:
        """Whether a text in lower case is worth looking into."""

    def is_named(self, text: str, identifiers: Iterable[Identifier]) -> bool:
        """Whether a record of this text, with these identifiers, is one of them."""


@dataclass(frozen=True)
class PersonSearch:
    """Looks for people whose identifiers are known."""

    needles: Needles
    identifiers: frozenset[Identifier]

    @cached_property
    def short_ids(self) -> Needles:
        """Those that no needle is made of; they count in their columns alone."""
        return words_of(
            one.key
            for one in self.identifiers
            if one.kind is not Kind.PHONE and "@" not in one.key and not is_telling(one)
        )

    def may_be_in(self, lowered: bytes) -> bool:
        """Any identifier, telling or not, may be there."""
        return (
            self.needles.may_be_in(lowered)
            or self.short_ids.may_be_in(lowered)
            or self.needles.may_dial(lowered)
        )

    def is_named(self, text: str, identifiers: Iterable[Identifier]) -> bool:
        """Its columns name the person, or its text does."""
        if not self.identifiers.isdisjoint(identifiers):
            return True
        told = text.replace(NUL, "").encode("utf-8", "surrogatepass")
        return self.needles.are_in(told)


class Hits(NamedTuple):
    """Records that name somebody: how many, and their lines (of Parquet: rows).

    A header that names somebody is no record.
    """

    record_count: int
    lines: frozenset[int]
    header_lines: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.lines or self.header_lines)


NOTHING = Hits(0, frozenset())


def hits_in(
    path: Path,
    form: Form,
    described: Described,
    search: Search,
    connection: duckdb.DuckDBPyConnection,
) -> Hits:
    """Look over every record of a file, whatever is wrong with it."""
    if form is Form.CSV:
        return _with_its_break(path, _in_csv(path, described, search))
    if form is Form.LINES:
        return _with_its_break(path, _among(_lines(path), described, search))
    try:
        return _among(_rows(connection, path), described, search)
    except duckdb.Error:
        # It counts as one broken record, whatever is in it.
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        return Hits(0, frozenset({1})) if search.is_named(text, ()) else NOTHING


def named_in(
    path: Path,
    form: Form,
    described: Described,
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[int, list[Identifier]]]:
    """Of each record of a file its line and what its columns name."""
    if form is Form.CSV:
        yield from (
            (record.line_number, _of_cells(record, described))
            for record in csv_records(path, described.names)
        )
        return
    records = _lines(path) if form is Form.LINES else _rows(connection, path)
    for number, text in records:
        values = _parsed(text)
        told = _declared(values, described.names) if isinstance(values, dict) else {}
        yield number, list(named_by(told, described.person_columns))


def _of_cells(record: Record, described: Described) -> list[Identifier]:
    values = dict(zip(described.names, record.cells, strict=False))
    return list(named_by(values, described.person_columns))


def _among(
    records: Iterable[tuple[int, str]], described: Described, search: Search
) -> Hits:
    found = [
        number
        for number, text in _worth_looking(records, search)
        if _names(text, _parsed(text), described, search)
    ]
    return Hits(len(found), frozenset(found))


def _with_its_break(path: Path, hits: Hits) -> Hits:
    """Where an archive breaks off, nobody can tell whose the rest is: it goes too."""
    if not hits or not is_packed(path):
        return hits
    broken = {number for number, line in _lines(path) if is_broken(line)} - hits.lines
    return hits._replace(
        record_count=hits.record_count + len(broken), lines=hits.lines | broken
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with opened(path) as file:
        for number, line in enumerate(file, start=1):
            if not is_blank(line):
                yield number, line


def _rows(
    connection: duckdb.DuckDBPyConnection, path: Path
) -> Iterator[tuple[int, str]]:
    return ((row.line_number, row.text) for row in parquet_records(connection, path))


def _worth_looking(
    records: Iterable[tuple[int, str]], search: Search
) -> Iterator[tuple[int, str]]:
    """Those that may name somebody; nearly all are dismissed many at a time."""
    left = iter(records)
    while batch := list(islice(left, AT_ONCE)):
        if _is_worth_looking("\n".join(text for _, text in batch), search):
            yield from (one for one in batch if _is_worth_looking(one[1], search))


def _is_worth_looking(text: str, search: Search) -> bool:
    """What JSON escapes is told only by parsing it."""
    lowered = text.replace(NUL, "").encode("utf-8", "surrogateescape").lower()
    return b"\\u" in lowered or search.may_be_in(lowered)


def _names(text: str, values: object, described: Described, search: Search) -> bool:
    if not isinstance(values, dict):
        return search.is_named(text, ())
    told = _declared(values, described.names) if described.names else values
    named = list(named_by(told, described.person_columns))
    if search.is_named(text, named):
        return True
    return "\\u" in text and search.is_named(json.dumps(values, ensure_ascii=False), ())


def _parsed(text: str) -> object:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _declared(values: Mapping[str, object], names: Names) -> dict[str, object]:
    """The declared columns, whatever the record calls them."""
    lowered = {key.lower(): value for key, value in values.items()}
    return {
        column: next((lowered[name] for name in spellings if name in lowered), None)
        for column, spellings in names.items()
    }


def _in_csv(path: Path, described: Described, search: Search) -> Hits:
    """A record may span lines; its text is looked at line by line."""
    worth = list(_worth_looking(_lines(path), search))
    if not worth:
        return NOTHING
    named = {number for number, line in worth if search.is_named(line, ())}
    found: set[int] = set()
    covered: set[int] = set()
    count = 0
    for record in csv_records(path, described.names):
        own = range(record.line_number, record.line_number + length_of(record))
        covered.update(own)
        typed = _of_cells(record, described)
        if not named.isdisjoint(own) or search.is_named("", typed):
            found.update(own)
            count += 1
    return Hits(count, frozenset(found), frozenset(named - covered))


def length_of(record: Record) -> int:
    """How many lines a record spans."""
    return 1 + len(LINE_END.findall(record.text))


def is_broken(line: str) -> bool:
    """Whether an archive ends here, in the middle."""
    return BREAK in line
