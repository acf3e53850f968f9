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
from warehouse.erasure.rewriting import rewrite
from warehouse.erasure.tombstones import Rewritten, read_tombstones, rewritten_files
from warehouse.erasure.traces import Described, hits_in
from warehouse.formats import form_of
from warehouse.settings import Settings


@dataclass(frozen=True)
class Arrivals:
    """What is known of erasures while files are taken in."""

    settings: Settings
    described: Mapping[Place, Described]

    def without_erased(self, path: Path) -> None:
        """Take the lines of erased people out of a file, if it has any.

        Raises:
            TesseraError: the raw folder cannot be written.
        """
        tombstones = read_tombstones(self.settings)
        source, entity, name = path.relative_to(self.settings.raw_dir).parts
        form = form_of(name)
        if tombstones is None or form is None:
            return
        with connect() as connection:
            described = self.described[source, entity]
            hits = hits_in(path, form, described, tombstones, connection)
        if hits:
            rewrite(self.settings, path, form, hits, Needles(()))

    def rewritten(self) -> dict[tuple[str, str], Rewritten]:
        """Every file that was rewritten, by its path and what it is now."""
        return rewritten_files(self.settings)


def arrivals(settings: Settings, contract: Contract) -> Arrivals:
    """What keeps erased people out of the files of these entities."""
    columns = person_columns(settings.project_dir)
    return Arrivals(
        settings,
        {
            place: Described(entity.names, columns.get(place, {}))
            for place, entity in contract.items()
        },
    )
