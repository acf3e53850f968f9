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


class Request(NamedTuple):
    """A row: the file and line where it stands, and whom it names."""

    place: str
    named: list[Identifier]


class Requests(NamedTuple):
    """The rows that name somebody, in their order; and how many name nobody."""

    people: list[Request]
    nameless_count: int


def read_requests(settings: Settings) -> Requests:
    """Every request that landed and was not carried out yet."""
    with connect() as connection:
        rows = [
            Request(f"{file.name}, line {number}", named)
            for file in raw_files(settings)
            if file.name.startswith(PLACE) and not file.is_unready
            for number, named in named_in(
                file.path, file.form, file.described, connection
            )
        ]
    people = [request for request in rows if request.named]
    return Requests(people, len(rows) - len(people))
