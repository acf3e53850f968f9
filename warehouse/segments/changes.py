"""Who would enter and leave each segment under the edited file, before it is built."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.publications import Publication
from warehouse.segments.keys import Definition
from warehouse.segments.published import opened
from warehouse.segments.rendering import flags_sql, memberships_sql, primaries_sql
from warehouse.segments.unmet import unmet

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


# As the gate judges them: at most half of the smaller one, unless somebody allowed it.
TOO_CLOSE = """
    with after as ({memberships}),
    sizes as (
        select segment_name, count(*) as size from after group by segment_name
    )
    select
        one.segment_name,
        other.segment_name,
        count(*) as shared,
        least(min(sizes.size), min(others.size)) as smaller
    from after as one
    inner join after as other
        on one.customer_id = other.customer_id
        and one.segment_name < other.segment_name
    inner join sizes on one.segment_name = sizes.segment_name
    inner join sizes as others on other.segment_name = others.segment_name
    where list_contains(?::varchar[], one.segment_name)
        and list_contains(?::varchar[], other.segment_name)
    group by one.segment_name, other.segment_name
    having shared > smaller * 0.5
    order by all
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
class Overlap:
    """Two segments that share more customers than the gate lets pass."""

    one: str
    other: str
    shared: int
    smaller: int


@dataclass(frozen=True)
class Changes:
    """Every segment that is published or in the file, by name, and primary moves.

    `too_close` are the pairs of the file for which a run would be stopped; `unmet`
    tells what rules of the file ask for and nobody has, each a sentence.
    """

    segments: Sequence[Change]
    primary_moves: int
    too_close: Sequence[Overlap] = ()
    unmet: Sequence[str] = ()


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
        too_close = _too_close(connection, entries)
        in_vain = [
            f"segment `{one['name']}`: {sentence}"
            for one in entries
            if one["kind"] != "catch_all"
            for sentence in unmet(connection, str(one["where"]), entries)
        ]
    by_name = {row[0]: Change(*row) for row in found}
    for one in entries:
        if one["kind"] != "cluster":
            empty = Change(str(one["name"]), 0, 0, 0, 0)
            by_name.setdefault(empty.segment, empty)
    return Changes(
        [by_name[name] for name in sorted(by_name)], moves, too_close, in_vain
    )


def _too_close(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[Definition]
) -> list[Overlap]:
    rules = [str(one["name"]) for one in entries if one["kind"] in ("rule", "score")]
    memberships = memberships_sql(entries, "flags")
    sql = TOO_CLOSE.format(memberships=memberships)
    found = [
        Overlap(*row) for row in connection.execute(sql, [rules, rules]).fetchall()
    ]
    allowed = {
        frozenset((str(one["name"]), str(other)))
        for one in entries
        for other in one.get("may_overlap", [])
    }
    return [pair for pair in found if frozenset((pair.one, pair.other)) not in allowed]
