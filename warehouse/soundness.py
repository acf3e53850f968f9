"""Whether a mended line can be taken in: its form, before anything has landed."""

import csv
import json
from collections.abc import Sequence
from typing import NoReturn

from warehouse.contract import Contract, Names
from warehouse.csv_records import header_trouble, split_header
from warehouse.errors import TesseraError
from warehouse.formats import Form, form_of
from warehouse.mending import Mended, lines_of
from warehouse.quarantine import Aside

Pair = tuple[Aside, Mended]


def require_sound(pairs: Sequence[Pair], contract: Contract) -> None:
    """Refuse what would be set aside again for its form.

    Raises:
        TesseraError: a line is no record of its file; it names the first such line.
    """
    for aside, mended in pairs:
        if form_of(aside.path) is Form.CSV:
            names = contract[aside.source, aside.entity].names
            _require_csv(aside, mended, names)
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


def _require_csv(aside: Aside, mended: Mended, names: Names) -> None:
    header = split_header(mended.header or "", names)
    _cells(aside, mended.header or "", header.delimiter)
    if header_trouble(header.columns, names):
        _refuse(aside, "its header names no declared column, or one of them twice")
    cells = _cells(aside, mended.text, header.delimiter)
    if len(cells) != len(header.columns):
        width = len(header.columns)
        _refuse(aside, f"it has {len(cells)} cells, and its header {width}")


def _cells(aside: Aside, text: str, delimiter: str) -> list[str]:
    """The cells of exactly one record."""
    try:
        records = list(csv.reader([text], delimiter=delimiter, strict=True))
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
