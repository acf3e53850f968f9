"""Takes a CSV file apart with care: a broken line costs that line and no other."""

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path

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
Lines = deque[tuple[int, str]]
Source = Iterator[tuple[int, str]]

csv.field_size_limit(LONGEST)


def csv_header(path: Path) -> list[str]:
    """The column names of a file; empty where it has no line."""
    with opened(path) as file:
        return _header(deque(), numbered(file))


def csv_records(path: Path, declared: Sequence[str] = ()) -> Iterator[Record]:
    """Each record after the header, with the cells in the order of `declared`.

    A record is the shortest run of lines that closes its quotes. Where that has not
    the header's number of cells, its first line alone is a `malformed_line`.
    """
    with opened(path) as file:
        lines: Lines = deque()
        source = numbered(file)
        columns = _header(lines, source)
        places, trouble = _places(columns, declared)
        while found := _next_record(lines, source, len(columns)):
            reason = found.reason or trouble
            chosen = [] if reason else places
            cells = tuple(found.cells[at] if at >= 0 else "" for at in chosen)
            yield found._replace(cells=cells, reason=reason)


def header_trouble(columns: Sequence[str], declared: Sequence[str]) -> str | None:
    """Why a header names no records; names are compared without regard to case."""
    return _places(columns, declared)[1]


def _places(
    columns: Sequence[str], declared: Sequence[str]
) -> tuple[list[int], str | None]:
    """Where each declared column stands (-1: nowhere), or what is wrong with that."""
    if not declared:
        return list(range(len(columns))), None
    lowered = [name.lower() for name in columns]
    counts = Counter(lowered)
    if not any(counts[name] for name in declared):
        return [], "unknown_header"
    if any(counts[name] > 1 for name in declared):
        return [], "ambiguous_header"
    return [lowered.index(n) if n in counts else -1 for n in declared], None


def _header(lines: Lines, source: Source) -> list[str]:
    """The names in the first record; a broken one is split at its commas."""
    header = _next_record(lines, source, None)
    if header is None:
        return []
    names = header.cells or header.text[:KEPT_OF_LONGER].split(",")
    return [name.strip() for name in names]


def _next_record(lines: Lines, source: Source, width: int | None) -> Record | None:
    """Take the next record off; `lines` were read ahead. None at the file's end."""
    while (line := _line(lines, source, 0)) and is_blank(line[1]):
        lines.popleft()
    if line is None:
        return None
    number, text = line
    run = _run(lines, source, text)
    cells = _cells("".join(run))
    if cells is None or (width is not None and len(cells) != width):
        lines.popleft()
        return record_of(number, text, (), "malformed_line")
    for _ in run:
        lines.popleft()
    return record_of(number, "".join(run), cells)


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


def _cells(text: str) -> tuple[str, ...] | None:
    """The cells of exactly one record, or None where the text is none."""
    try:
        records = list(csv.reader([text], strict=True))
    except csv.Error:
        return None
    return tuple(records[0]) if len(records) == 1 else None
