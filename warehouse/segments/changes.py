"""Who would enter and leave each segment under the edited file, before it is built."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.publications import Publication
from warehouse.segments.keys import Definition
from warehouse.segments.published import opened
from warehouse.segments.rendering import flags_sql, memberships_sql, primaries_sql

FIRST_IDS = 5
COMPARED = f"""
    with after as ({{memberships}}),
    moved as (
        select
            coalesce(after.segment_name, before.segment_name) as segment_name,
            coalesce(after.customer_id, before.customer_id) as customer_id,
            before.customer_id is not null as was,
            after.customer_id is not null as will_be
        from after
        full join segment_memberships as before
            on after.customer_id = before.customer_id
            and after.segment_name = before.segment_name
    )
    select
        segment_name,
        count(*) filter (where was),
        count(*) filter (where will_be),
        count(*) filter (where will_be and not was),
        count(*) filter (where was and not will_be),
        coalesce(
            min(customer_id, {FIRST_IDS}) filter (where will_be and not was), []
        ),
        coalesce(
            min(customer_id, {FIRST_IDS}) filter (where was and not will_be), []
        )
    from moved group by segment_name
"""
PRIMARIES = """
    with after as ({primaries})
    select count(*) from after
    inner join segment_memberships as before
        on after.customer_id = before.customer_id and before.is_primary
    where after.segment_name <> before.segment_name
"""


@dataclass(frozen=True)
class Change:
    """A segment before and after; ids are the first by name."""

    segment: str
    before: int
    after: int
    entering: int
    leaving: int
    first_entering: Sequence[str] = ()
    first_leaving: Sequence[str] = ()


@dataclass(frozen=True)
class Changes:
    """Every segment that is published or in the file, by name, and primary moves."""

    segments: Sequence[Change]
    primary_moves: int


def changes(publication: Publication, entries: Sequence[Definition]) -> Changes:
    """Compare the file with the publication, on the customers of the publication.

    `entries` have no mistakes.

    Raises:
        TesseraError: the publication is too old.
    """
    with opened(publication) as connection:
        flags = flags_sql(entries, "customer_features")
        connection.execute(f"create temp table flags as {flags}")
        found = connection.execute(
            COMPARED.format(memberships=memberships_sql(entries, "flags"))
        ).fetchall()
        ((moves,),) = connection.execute(
            PRIMARIES.format(primaries=primaries_sql(entries, "flags"))
        ).fetchall()
    by_name = {row[0]: Change(*row) for row in found}
    for one in entries:
        if one["kind"] != "cluster":
            empty = Change(str(one["name"]), 0, 0, 0, 0)
            by_name.setdefault(empty.segment, empty)
    return Changes([by_name[name] for name in sorted(by_name)], moves)
