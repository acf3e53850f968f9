"""The publication that stands, for whoever goes by what readers have today."""

import duckdb

from warehouse.errors import TesseraError
from warehouse.publications import Publication, current, publications
from warehouse.settings import Settings


def standing(settings: Settings) -> Publication | None:
    """What readers have; the newest that is there where their link points nowhere.

    Raises:
        TesseraError: its manifest is none.
    """
    try:
        return current(settings)
    except TesseraError:
        left = publications(settings)
        return left[-1] if left else None


def attach_publication(
    connection: duckdb.DuckDBPyConnection, publication: Publication, name: str
) -> None:
    """Attach its database to a connection, to be read only.

    Raises:
        TesseraError: it is gone, or no database that this DuckDB can read.
    """
    path = str(publication.database).replace("'", "''")
    try:
        connection.execute(f"attach '{path}' as {name} (read_only)")
    except duckdb.Error as error:
        raise TesseraError(
            "the publication cannot be read",
            where=str(publication.database),
            given=str(error).splitlines()[0],
            remedy="Show another one: `tessera publications` lists them",
        ) from error
