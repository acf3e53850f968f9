"""Whether a mended line can be taken in: its form, before anything has landed."""

import csv
import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

from warehouse.csv_records import header_trouble
from warehouse.errors import TesseraError
from warehouse.mending import Mended, lines_of
from warehouse.quarantine import Aside

Pair = tuple[Aside, Mended]


def require_sound(
    pairs: Sequence[Pair], declared: Mapping[tuple[str, str], Sequence[str]]
) -> None:
    """Refuse what would be set aside again for its form.

    `declared` are the columns of each entity; JSON lines have none.

    Raises:
        TesseraError: a line is no record of its file; it names the first such line.
    """
    for aside, mended in pairs:
        columns = declared[aside.source, aside.entity]
        if columns:
            _require_csv(aside, mended, columns)
        else:
            _require_json(aside, mended.text)


def _require_json(aside: Aside, text: str) -> None:
    if len(lines_of(text)) > 1:
        _refuse(aside, "it has more than one line")
    try:
        if not isinstance(json.loads(text), dict):
            _refuse(aside, "it is JSON, but no object")
    except ValueError as error:
        _refuse(aside, f"it is no JSON: {error}")


def _require_csv(aside: Aside, mended: Mended, declared: Sequence[str]) -> None:
    names = [name.strip() for name in _cells(aside, mended.header or "")]
    if header_trouble(names, declared):
        _refuse(aside, "its header names no declared column, or one of them twice")
    cells = _cells(aside, mended.text)
    if len(cells) != len(names):
        _refuse(aside, f"it has {len(cells)} cells, and its header {len(names)}")


def _cells(aside: Aside, text: str) -> list[str]:
    """The cells of exactly one record."""
    try:
        records = list(csv.reader([text], strict=True))
    except csv.Error as error:
        _refuse(aside, f"it is no CSV: {error}")
    if len(records) != 1:
        _refuse(aside, "it is not exactly one record")
    return records[0]


def _refuse(aside: Aside, why: str) -> NoReturn:
    raise TesseraError(
        "this line is still broken",
        where=f"{aside.path}:{aside.line_number}",
        given=why,
        allowed="one record a place, of the columns that the header names",
        remedy="Mend it, or remove it from the file. Nothing was taken in",
    )
