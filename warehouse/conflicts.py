"""Ids that were used for more than one thing: by source and reason, with an example."""

from typing import NamedTuple

import duckdb

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.settings import Settings


class Conflicts(NamedTuple):
    """Ids of one source and reason, the lines that carry them, and a file with one."""

    source: str
    kind: str
    reason: str
    id_count: int
    line_count: int
    example: str


QUERY = """
    select source, 'event', reason, count(distinct id_hash), count(*), min(path)
    from staging.event_conflicts
    group by all
    union all
    select source, 'order', reason, count(distinct order_id), count(*), min(path)
    from staging.order_conflicts
    group by all
    order by all
"""


def conflicts(settings: Settings) -> list[Conflicts]:
    """The conflicts of the build, by source, kind (event or order) and reason.

    Raises:
        TesseraError: they were not built yet, or a run has the database open.
    """
    with connect(settings.build_path, read_only=True) as build:
        try:
            return [Conflicts(*row) for row in build.execute(QUERY).fetchall()]
        except duckdb.CatalogException as error:
            raise TesseraError(
                "the conflicts were not built yet",
                where=str(settings.build_path),
                remedy="Run `tessera run`: it compares what has landed",
            ) from error
