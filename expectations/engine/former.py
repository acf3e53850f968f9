"""The last publication, beside the build: what this one is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from expectations.engine.profiles import quoted
from warehouse.errors import TesseraError

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from warehouse.settings import Settings

NAME = "former"
FIRST = "this is the first publication, so there is none to compare it with"
COLUMNS = (
    "select table_name, column_name, data_type from information_schema.columns"
    " where table_catalog = ? and table_schema = 'main' order by all"
)


@dataclass(frozen=True)
class Former:
    """What readers have until this run publishes: its tables are `former.main.x`.

    `columns` are by table, with their types. `absence` says why there is nothing to
    compare with; `is_broken` that there should be.
    """

    id: str = ""
    as_of: datetime | None = None
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    absence: str | None = FIRST
    is_broken: bool = False

    def unless(self, *wanted: str) -> str:
        """SQL: why nothing is compared with these (`table.column`), or null.

        A run whose clock is behind the publication's tells of a moment that was told:
        what came since is missing, and rightly.
        """
        reason = self.absence or self._lacking(wanted)
        if reason:
            return f"select {quoted(reason)}"
        return f"""
            select case when as_of_at < timestamp '{self.as_of}'
                then 'this run tells of a moment before that of the last publication'
            end from staging.as_of
        """

    def _lacking(self, wanted: tuple[str, ...]) -> str | None:
        for place in wanted:
            table, column = place.split(".")
            if column not in self.columns.get(table, {}):
                return f"the last publication has no {place}"
        return None


def attach_former(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Former:
    """Attach the publication that stands. A broken one stops no run: runs heal it."""
    from warehouse.standing import attach_publication, standing

    try:
        publication = standing(settings)
        if publication is None:
            return Former()
        attach_publication(connection, publication, NAME)
    except TesseraError:
        return Former(absence="the last publication cannot be read", is_broken=True)
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(COLUMNS, [NAME]).fetchall():
        columns.setdefault(table, {})[column] = kind
    return Former(publication.id, publication.as_of, columns, absence=None)
