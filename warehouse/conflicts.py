"""Ids that were used for more than one thing: by source and reason, and one by one."""

from typing import Any, NamedTuple

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


class Conflict(NamedTuple):
    """One such id, the lines that carry it, and a file with one.

    Of an event it is the half of `event_id` that its versions share, as that is
    spelled; of an order, or of what two sources tell, its id. None tells who
    somebody is.
    """

    source: str
    kind: str
    reason: str
    id: str
    line_count: int
    example: str


# The half of an event's name that comes from its source's id: 16 digits and two dashes.
SHARED = 18
FOUND = f"""
    with found as (
        select
            source, 'event' as kind, reason,
            left(event_id::varchar, {SHARED}) as id, path
        from staging.event_conflicts
        union all
        select source, 'order', reason, order_id, path
        from staging.order_conflicts
        union all
        select source, rtrim(entity, 's'), reason, id, path from staging.told_twice
    )
"""
GROUPS = f"""
    {FOUND}
    select source, kind, reason, count(distinct id), count(*), min(path)
    from found
    group by all
    order by all
"""
IDS = f"""
    {FOUND}
    select source, kind, reason, id, count(*), min(path)
    from found
    group by all
    order by all
    limit $limit
"""


def conflicts(settings: Settings) -> list[Conflicts]:
    """The conflicts of the build, by source, kind (such as event or order) and reason.

    Raises:
        TesseraError: they were not built yet, or a run has the database open.
    """
    return [Conflicts(*row) for row in _asked(settings, GROUPS, {})]


def conflicting_ids(settings: Settings, limit: int) -> list[Conflict]:
    """The first ids in conflict, by source, kind and reason.

    Raises:
        TesseraError: they were not built yet, or a run has the database open.
    """
    return [Conflict(*row) for row in _asked(settings, IDS, {"limit": limit})]


def _asked(settings: Settings, query: str, values: dict[str, int]) -> list[Any]:
    with connect(settings.build_path, read_only=True) as build:
        try:
            return build.execute(query, values).fetchall()
        except duckdb.CatalogException as error:
            raise TesseraError(
                "the conflicts were not built yet",
                where=str(settings.build_path),
                remedy="Run `tessera run`: it compares what has landed",
            ) from error
