"""`tessera segments show NAME`: one published segment, all that is known of it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import duckdb
from rich.console import RenderableType
from rich.markup import escape
from typer import Argument

from tessera.output import ExampleName, console, count
from tessera.published import published
from tessera.segments.parts import cell, note, ratio, size, table
from warehouse.clauses import clauses
from warehouse.publications import Publication
from warehouse.segments.published import definitions_of, opened, require_known
from warehouse.segments.unmet import unmet
from warehouse.settings import settings_for

NAMES = "select segment_name from segment_summary order by priority, segment_name"
SEGMENT = """
    select
        summary.*,
        (select count(*) from customers) as all_customers,
        reach.email_count,
        reach.sms_count
    from segment_summary as summary
    cross join (
        select
            count(*) filter (where is_email_reachable) as email_count,
            count(*) filter (where is_sms_reachable) as sms_count
        from customers
        where customer_id in (
            select customer_id from segment_memberships where segment_name = $1
        )
    ) as reach
    where segment_name = $1
"""
OVERLAPS = """
    select right_segment, customer_count, jaccard, lift
    from segment_overlap
    where left_segment = $1 and right_segment <> $1 and customer_count > 0
    order by jaccard desc, right_segment
    limit 10
"""


def show(
    name: Annotated[str, Argument(help="The name of a segment, as in segments.yml.")],
    example: ExampleName = "",
) -> None:
    """Tell of one segment: definition, size, who can be reached, overlaps."""
    for part in shown(published(settings_for(example)), name):
        console.print(part)


def shown(publication: Publication, name: str) -> Iterator[RenderableType]:
    """What the tables say of one segment, for the terminal.

    Raises:
        TesseraError: no such segment is published, or the publication is too old.
    """
    with opened(publication) as connection:
        names = [row[0] for row in connection.execute(NAMES).fetchall()]
        require_known(name, names)
        segment = _row(connection, name)
        overlaps = connection.execute(OVERLAPS, [name]).fetchall()
        in_vain = _in_vain(connection, segment)
    yield f"[bold]{escape(str(segment['label']))}[/]  {escape(name)}"
    yield escape(str(segment["description"] or ""))
    yield _definition(segment)
    yield _sizes(segment)
    for sentence in in_vain:
        yield note(sentence)
    if not overlaps:
        yield "\n[bold]Overlaps[/]: none"
        return
    found = table("Overlaps", "With", *HEADINGS, numbers=HEADINGS)
    for other, both, jaccard, lift in overlaps:
        found.add_row(escape(other), count(both), ratio(jaccard), ratio(lift))
    yield found


HEADINGS = ("Both", "Jaccard", "Lift")


def _row(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    found = connection.execute(SEGMENT, [name])
    names = [column[0] for column in found.description or []]
    (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


def _in_vain(
    connection: duckdb.DuckDBPyConnection, segment: Mapping[str, Any]
) -> list[str]:
    """What its rule asks for and nobody has, unless the run told a reason."""
    if segment["kind"] == "catch_all" or segment["reason"]:
        return []
    entries = definitions_of(connection)
    (where,) = (
        one["where"] for one in entries if one["name"] == segment["segment_name"]
    )
    return list(unmet(connection, where, entries))


def _definition(segment: dict[str, Any]) -> RenderableType:
    found = table("Definition", "", "")
    rule = str(segment["rule_text"])
    if segment["kind"] != "catch_all":
        rule = "\nand ".join(clause.text for clause in clauses(rule))
    bounds = [segment["minimum_share"], segment["maximum_share"]]
    reentry = segment["reentry"]
    if segment["reentry_after_days"]:
        reentry = f"after {segment['reentry_after_days']} days"
    for word, value in (
        ("where", rule),
        ("kind", segment["kind"]),
        ("owner", segment["owner"]),
        ("priority", segment["priority"]),
        ("exclusive group", segment["exclusive_group"]),
        ("expected share", " to ".join(f"{100 * bound:g} %" for bound in bounds)),
        ("may overlap", ", ".join(segment["allowed_overlaps"]) or None),
        ("destinations", ", ".join(segment["destinations"]) or None),
        ("live", segment["is_live"]),
        ("re-entry", reentry),
    ):
        found.add_row(f"[dim]{word}[/]", cell(value))
    return found


def _sizes(segment: dict[str, Any]) -> RenderableType:
    found = table("Size", "", "")
    everybody = segment["all_customers"]
    members = segment["customer_count"]
    for word, value in (
        ("customers", size(members, everybody)),
        ("primary of", size(segment["primary_count"], everybody)),
        ("reachable by email", size(segment["email_count"], members)),
        ("reachable by SMS", size(segment["sms_count"], members)),
    ):
        found.add_row(f"[dim]{word}[/]", value)
    if segment["reason"]:
        found.add_row("[dim]not applicable[/]", cell(segment["reason"]))
    return found
