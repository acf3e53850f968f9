"""Takes a CSV file apart with care: a broken line costs that line and no other."""

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from warehouse.contract import Names
from warehouse.formats import BREAK
from warehouse.records import (
    KEPT_OF_LONGER,
    LONGEST,
    Record,
    is_blank,
    numbered,
    opened,
    record_of,
)

# A quote that is not closed within so many lines is a mistake, not a text.
LONGEST_TEXT_LINES = 1_000
# What may stand between two cells; the first where nothing speaks for another one.
DELIMITERS = ",;\t|"
Lines = deque[tuple[int, str]]
Source = Iterator[tuple[int, str]]

csv.field_size_limit(LONGEST)


class Header(NamedTuple):
    """The names of a file's columns, and the sign that stands between its cells."""

    columns: list[str]
    delimiter: str


def csv_header(path: Path, names: Names) -> Header:
    """The header of a file; it names nothing where the file has no line."""
    with opened(path) as file:
        return _header(deque(), numbered(file), names)


def csv_records(path: Path, names: Names) -> Iterator[Record]:
    """Each record after the header, its cells in the order of the declared columns.

    `names` are those that each declared column may have. A record is the shortest run
    of lines that closes its quotes. Where that has not the header's number of cells,
    its first line alone is a `malformed_line`.
    """
    with opened(path) as file:
        lines: Lines = deque()
        source = numbered(file)
        header = _header(lines, source, names)
        places, trouble = _places(header.columns, names)
        while found := _next_record(lines, source, header):
            reason = found.reason or trouble
            chosen = [] if reason else places
            cells = tuple(found.cells[at] if at >= 0 else "" for at in chosen)
            yield found._replace(cells=cells, reason=reason)


def split_header(text: str, names: Names) -> Header:
    """A header's names: between them stands what tells the most declared columns apart.

    A text that no sign takes apart is split at its commas.
    """
    known = {name.lower() for spellings in names.values() for name in spellings}

    def told(delimiter: str) -> int:
        cells = cells_of(text, delimiter) or ()
        return len({cell.strip().lower() for cell in cells} & known)

    delimiter = max(DELIMITERS, key=told)
    cells = cells_of(text, delimiter) or text[:KEPT_OF_LONGER].split(delimiter)
    return Header([name.strip() for name in cells], delimiter)


def header_trouble(columns: Sequence[str], names: Names) -> str | None:
    """Why a header names no records; names are compared without regard to case."""
    return _places(columns, names)[1]


def in_places(
    cells: Sequence[str], columns: Sequence[str], names: Names
) -> list[str] | None:
    """The cells in the order of the declared columns; None where they are no record."""
    places, trouble = _places(columns, names)
    if trouble or len(cells) != len(columns):
        return None
    return [cells[at] if at >= 0 else "" for at in places]


def _places(columns: Sequence[str], names: Names) -> tuple[list[int], str | None]:
    """Where each declared column stands (-1: nowhere), or what is wrong with that."""
    lowered = [name.lower() for name in columns]
    counts = Counter(lowered)
    chosen = [
        next((name.lower() for name in spellings if counts[name.lower()]), None)
        for spellings in names.values()
    ]
    if not any(chosen):
        return [], "unknown_header"
    if any(name and counts[name] > 1 for name in chosen):
        return [], "ambiguous_header"
    return [lowered.index(name) if name else -1 for name in chosen], None


def _header(lines: Lines, source: Source, names: Names) -> Header:
    """The names in the first record, whatever is wrong with it."""
    header = _next_record(lines, source, None)
    if header is None:
        return Header([], DELIMITERS[0])
    if header.reason == "broken_file":
        # A record too: where an archive breaks off here, nothing else would tell.
        lines.appendleft((header.line_number, header.text + BREAK))
    return split_header(header.text, names)


def _next_record(lines: Lines, source: Source, header: Header | None) -> Record | None:
    """Take the next record off; `lines` were read ahead. None at the file's end.

    The header itself, for which none is given yet, is taken as a text.
    """
    while (line := _line(lines, source, 0)) and is_blank(line[1]):
        lines.popleft()
    if line is None:
        return None
    number, text = line
    run = _run(lines, source, text)
    whole = "".join(run)
    signs = header.delimiter if header else DELIMITERS
    found = (cells_of(whole, sign) for sign in signs)
    cells = next((one for one in found if one is not None), None)
    if cells is None or (header and len(cells) != len(header.columns)):
        lines.popleft()
        return record_of(number, text, (), "malformed_line")
    for _ in run:
        lines.popleft()
    return record_of(number, whole, cells)


def _run(lines: Lines, source: Source, text: str) -> list[str]:
    """The lines from the next one up to that which closes its quotes."""
    run, is_open = [text], text.count('"') % 2 == 1
    while is_open and len(run) < LONGEST_TEXT_LINES:
        more = _line(lines, source, len(run))
        if more is None:
            break
        run.append(more[1])
        is_open = more[1].count('"') % 2 == 0
    return run


def _line(lines: Lines, source: Source, ahead: int) -> tuple[int, str] | None:
    while len(lines) <= ahead:
        following = next(source, None)
        if following is None:
            return None
        lines.append(following)
    return lines[ahead]


def cells_of(text: str, delimiter: str) -> tuple[str, ...] | None:
    """The cells of exactly one record, or None where the text is none."""
    try:
        records = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(records[0]) if len(records) == 1 else None
