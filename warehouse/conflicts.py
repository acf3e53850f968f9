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

    The id is the one that the source gave it (`messageId`, `sg_event_id`, the order's),
    as its lines spell it.
    """

    source: str
    kind: str
    reason: str
    id: str
    line_count: int
    example: str


FOUND = """
    with found as (
        select
            source, 'event' as kind, reason, source_event_id as id, path
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
