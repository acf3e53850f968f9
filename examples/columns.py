"""Which column is which, under whatever name an export gave it that day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from examples.inputs import InputFile
from warehouse.errors import TesseraError


@dataclass(frozen=True)
class Column:
    """A column that a mapping reads, with the other names it is known to go by.

    Case and punctuation never matter: `client_id` is also `clientId` and `Client ID`.
    """

    name: str
    aliases: tuple[str, ...] = ()
    is_necessary: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling in its plain form, the best first."""
        return tuple(plain(name) for name in (self.name, *self.aliases))


def plain(name: str) -> str:
    """A column's name without case and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def locate(file: InputFile, wanted: Sequence[Column]) -> dict[str, list[int]]:
    """The positions of each wanted column in a file, the best spelling first.

    More than one position means that the file has the column under two names: the
    first that holds a value counts. None means that it is missing.

    Raises:
        TesseraError: a necessary column is missing.
    """
    found = [plain(name) for name in file.columns]
    positions = {
        column.name: [
            place
            for spelling in column.spellings
            for place, name in enumerate(found)
            if name == spelling
        ]
        for column in wanted
    }
    for column in wanted:
        if column.is_necessary and not positions[column.name]:
            raise _missing(file, column)
    return positions


def remarks(file: InputFile, positions: dict[str, list[int]]) -> list[str]:
    """What a reader should know of a file's columns: those missing, those not used."""
    used = {place for places in positions.values() for place in places}
    unused = [name for i, name in enumerate(file.columns) if i not in used]
    missing = [name for name, places in positions.items() if not places]
    return [
        *(f"{file.label}: no column `{name}`: left empty" for name in missing),
        *(f"{file.label}: column `{name}` is not used" for name in unused),
    ]


def _missing(file: InputFile, column: Column) -> TesseraError:
    remedy = "Rename the column in the file, or add its name to the aliases"
    near = _nearest(file, column)
    if near:
        remedy = f"Did you mean `{near}`? {remedy}"
    return TesseraError(
        f"the necessary column `{column.name}` is missing",
        where=file.label,
        given=f"columns {', '.join(f'`{name}`' for name in file.columns)}",
        allowed=(column.name, *column.aliases),
        remedy=remedy,
    )


def _nearest(file: InputFile, column: Column) -> str | None:
    """The file's column whose name is closest to one of the spellings."""
    found = {plain(name): name for name in file.columns}
    for spelling in column.spellings:
        for match in get_close_matches(spelling, found, n=1):
            return found[match]
    return None
