"""Keeps erased people out: their lines leave a file before it is taken in.

So no table ever holds them, and a former export that lands again becomes what it was
made into, byte by byte: no news.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.connection import connect
from warehouse.contract import Contract, Place, person_columns
from warehouse.erasure.needles import Needles
from warehouse.erasure.rewriting import rewrite, sha256
from warehouse.erasure.tombstones import (
    Notes,
    Rewritten,
    Tombstones,
    read_tombstones,
    rewritten_files,
)
from warehouse.erasure.traces import NOTHING, Described, Hits, hits_in
from warehouse.formats import Form, form_of
from warehouse.settings import Settings


@dataclass(frozen=True)
class Arrivals:
    """What is known of erasures while files are taken in."""

    settings: Settings
    described: Mapping[Place, Described]
    tombstones: Tombstones | None
    notes: Notes

    def without_erased(self, path: Path) -> Rewritten | None:
        """Take the lines of erased people out of a file, if it has any.

        Gives back how it came to what it is now, where it ever was something else.

        Raises:
            TesseraError: the raw folder cannot be written.
        """
        if self.tombstones is None:
            return None
        source, entity, name = path.relative_to(self.settings.raw_dir).parts
        form = form_of(name)
        assert form is not None  # Nothing else is taken in.
        hits = self.hits(path, form, (source, entity))
        if hits:
            return rewrite(self.settings, path, form, hits, Needles(()), self.notes)
        return self.notes.get((f"{source}/{entity}/{name}", sha256(path)))

    def hits(self, path: Path, form: Form, place: Place) -> Hits:
        """The records of erased people in a file of this entity."""
        if self.tombstones is None:
            return NOTHING
        with connect() as connection:
            return hits_in(
                path, form, self.described[place], self.tombstones, connection
            )


def arrivals(settings: Settings, contract: Contract) -> Arrivals:
    """What keeps erased people out of the files of these entities."""
    columns = person_columns(settings.project_dir)
    return Arrivals(
        settings,
        {
            place: Described(entity.names, columns.get(place, {}))
            for place, entity in contract.items()
        },
        read_tombstones(settings),
        rewritten_files(settings),
    )
