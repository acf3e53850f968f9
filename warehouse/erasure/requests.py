"""Who asked to be erased: the rows of `identity/erasures` that are still there.

They are read from the raw files, so that a request counts before any run, and whatever
else is wrong with its line. An erasure takes the row away with everything else.
"""

from typing import NamedTuple

from warehouse.connection import connect
from warehouse.erasure.identifiers import Identifier
from warehouse.erasure.landed import raw_files
from warehouse.erasure.traces import named_in
from warehouse.settings import Settings

PLACE = "identity/erasures/"


class Requests(NamedTuple):
    """Whom the rows name, in their order; and how many rows name nobody."""

    people: list[list[Identifier]]
    nameless_count: int

    @property
    def identifiers(self) -> list[Identifier]:
        """All that they name, once."""
        return list(dict.fromkeys(one for person in self.people for one in person))


def read_requests(settings: Settings) -> Requests:
    """Every request that landed and was not carried out yet."""
    with connect() as connection:
        rows = [
            named
            for file in raw_files(settings)
            if file.name.startswith(PLACE) and not file.is_unready
            for _, named in named_in(file.path, file.form, file.described, connection)
        ]
    people = [named for named in rows if named]
    return Requests(people, len(rows) - len(people))
