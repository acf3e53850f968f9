"""The checks of one entity's samples; no finding tells a value of a person."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from warehouse.contract import Entity, Place
from warehouse.csv_records import DELIMITERS
from warehouse.meanings import MEANINGS
from warehouse.moments import COUNTED, Moment, moment_of
from warehouse.sampling import Row, Sample

# What a column may be called in print: a first row that is no header may name people.
SAFE_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$ -]{0,80}")
# So late may a moment lie after now; as long as the clocks of the staging tolerate.
TOLERATED = timedelta(days=1)
SIGNS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class Level(StrEnum):
    """How much a finding matters."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """One thing that was found; `kind` is its name for machines."""

    level: Level
    entity: str
    kind: str
    text: str


def check_text(place: Place, samples: list[Sample]) -> Iterator[Finding]:
    """Headers, delimiters, encodings and records that cannot be read."""
    name = "/".join(place)
    troubles = {
        "unknown_header": "its first line names no declared column: is there a header?",
        "ambiguous_header": "its header names a declared column twice",
        "foreign_encoding": "it is UTF-16: export it as UTF-8",
        "broken_file": "it cannot be opened",
    }
    for trouble, text in troubles.items():
        files = [one for one in samples if one.trouble == trouble]
        if files:
            said = f"{_where(files)}: nothing can be read, {text}"
            yield Finding(Level.PROBLEM, name, trouble, said)
    other = [one for one in samples if one.delimiter != DELIMITERS[0]]
    for sign in sorted({one.delimiter for one in other}):
        files = [one for one in other if one.delimiter == sign]
        said = f"{_where(files)}: a {SIGNS[sign]} stands between cells; it is read so"
        yield Finding(Level.NOTE, name, "delimiter", said)
    marked = [one for one in samples if one.encoding and not one.trouble]
    if marked:
        said = f"{_where(marked)}: {marked[0].encoding}; it is read without"
        yield Finding(Level.NOTE, name, "byte_order_mark", said)
    sound = [one for one in samples if one.trouble is None]
    lost: Counter[str] = sum((one.unreadable for one in sound), Counter())
    read = sum(one.records_read for one in sound)
    for reason, count in sorted(lost.items()):
        files = [one for one in sound if one.unreadable[reason]]
        said = f"{count} of the first {read} records would be set aside as {reason}"
        yield Finding(Level.WARNING, name, reason, f"{_where(files)}: {said}")
    empty = [one for one in samples if one.line_count == 0]
    if empty:
        said = f"{_where(empty)}: no record is in it"
        yield Finding(Level.WARNING, name, "empty_file", said)


def check_columns(
    place: Place, entity: Entity, samples: list[Sample]
) -> Iterator[Finding]:
    """Columns that are missing, unknown or otherwise named; keys that are gone."""
    name = "/".join(place)
    sound = [one for one in samples if one.columns and not one.trouble]
    if not entity.names:
        return
    every = {spelling for names in entity.names.values() for spelling in names}
    for is_key in (True, False):
        yield from _missing_columns(name, entity, sound, is_key)
    for column, spellings in entity.names.items():
        for alias in spellings[1:]:
            files = [
                one
                for one in sound
                if alias in _lowered(one) and column not in _lowered(one)
            ]
            if files:
                said = f"{_where(files)}: {alias} is read as {column}"
                yield Finding(Level.NOTE, name, "alias", said)
    unknown = _unknown(sound, every)
    if unknown:
        said = f"{len(unknown)} column(s) not read: {', '.join(_printable(unknown))}"
        yield Finding(Level.NOTE, name, "unknown_columns", said)


def _missing_columns(
    name: str, entity: Entity, samples: list[Sample], is_key: bool
) -> Iterator[Finding]:
    """One finding for all columns that the same files lack; of a key one is enough."""
    in_keys = {column for key in entity.keys for column in key}
    others = ((column,) for column in entity.names if column not in in_keys)
    lacking: dict[tuple[int, ...], list[str]] = {}
    for columns in entity.keys if is_key else others:
        known = {name for column in columns for name in entity.names[column]}
        files = tuple(at for at, one in enumerate(samples) if not _lowered(one) & known)
        if files:
            lacking.setdefault(files, []).append(" or ".join(columns))
    for files, told in lacking.items():
        where = _where([samples[at] for at in files])
        level = Level.PROBLEM if is_key else Level.WARNING
        kind = "key_gone" if is_key else "missing_columns"
        cost = "without it no row can be used" if is_key else "read as empty"
        yield Finding(
            level, name, kind, f"{where}: no column {', '.join(told)} ({cost})"
        )


def check_moments(
    place: Place, samples: list[Sample], zone: str, now: datetime
) -> Iterator[Finding]:
    """Moments that are none, have no zone, or lie in the future."""
    name, columns = "/".join(place), MEANINGS[place].moments
    texts = [text for one in samples for text in _told(place, [*one.first])]
    ends = [one.last for one in samples if one.last is not one.first]
    texts += [text for rows in ends for text in _told(place, rows)]
    spelled = f"moments in {' or '.join(columns)}"
    if columns and not texts:
        if any(one.first for one in samples):
            said = f"no record that was looked at has {spelled}"
            yield Finding(Level.PROBLEM, name, "no_moments", said)
        return
    moments = [moment_of(text, zone, COUNTED.get(place)) for text in texts]
    read = [moment for moment in moments if moment]
    bad = len(moments) - len(read)
    if bad:
        said = f"{bad} of {len(moments)} {spelled} cannot be read"
        level = Level.WARNING if read else Level.PROBLEM
        yield Finding(level, name, "bad_moments", said)
    bare = sum(not moment.has_zone for moment in read)
    if bare:
        said = (
            f"{bare} of {len(moments)} {spelled} have no zone: read as {zone}, by the"
            " var source_zones"
        )
        yield Finding(Level.NOTE, name, "no_zone", said)
    late = sum(moment.at > now + TOLERATED for moment in read)
    if late:
        said = f"{late} of {len(moments)} {spelled} lie in the future"
        yield Finding(Level.WARNING, name, "future_moments", said)


def span_of(
    place: Place, samples: list[Sample], zone: str
) -> tuple[datetime | None, datetime | None]:
    """The earliest and the latest moment of the records that were looked at."""
    read: list[Moment | None] = [
        moment_of(text, zone, COUNTED.get(place))
        for one in samples
        for rows in (one.first, one.last)
        for text in _told(place, rows)
    ]
    moments = [moment.at for moment in read if moment]
    return min(moments, default=None), max(moments, default=None)


def _told(place: Place, rows: Iterable[Row]) -> Iterator[object]:
    """Of each row the first column of moments that is filled."""
    for row in rows:
        values = (row.get(column) for column in MEANINGS[place].moments)
        filled = [value for value in values if value not in (None, "")]
        yield from filled[:1]


def _lowered(sample: Sample) -> set[str]:
    return {name.lower() for name in sample.columns}


def _unknown(samples: list[Sample], known: set[str]) -> list[str]:
    names = [
        name for one in samples for name in one.columns if name.lower() not in known
    ]
    return list(dict.fromkeys(names))


def _printable(names: list[str], most: int = 12) -> list[str]:
    shown = [
        name if SAFE_NAME.fullmatch(name) else "(a name like a value)"
        for name in names[:most]
    ]
    return [*shown, "..."] if len(names) > most else shown


def _where(samples: list[Sample]) -> str:
    more = f" and {len(samples) - 1} more" if len(samples) > 1 else ""
    return f"{samples[0].path.name}{more}"
