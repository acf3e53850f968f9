"""`tessera segments preview --where`: what a rule would find, before it is one."""

from collections.abc import Iterator
from typing import Annotated

from rich.console import RenderableType
from rich.markup import escape
from typer import Option

from tessera.output import ExampleName, console, count, share
from tessera.published import published
from tessera.segments.parts import cell, note, ratio, size, table
from warehouse.segments.preview import Preview
from warehouse.segments.preview import preview as previewed
from warehouse.segments.published import columns_of, entries_of, opened
from warehouse.settings import settings_for

OVERLAPS = 10


def preview(
    where: Annotated[
        str, Option(help="A predicate, as `where` in segments.yml would have it.")
    ],
    example: ExampleName = "",
) -> None:
    """Try a rule: size, who can be reached, what each clause leaves, overlaps."""
    settings = settings_for(example)
    publication = published(settings)
    with opened(publication) as connection:
        columns = columns_of(connection)
    # Only what the rule refers to needs the file, which may be in the making.
    entries = entries_of(settings, columns) if "in_segment" in where.lower() else []
    for part in told(previewed(publication, where, entries)):
        console.print(part)
    console.print(f"\n[dim]As of {publication.as_of:%Y-%m-%d %H:%M} UTC.[/]")


def told(found: Preview) -> Iterator[RenderableType]:
    """A preview for the terminal."""
    yield (
        f"[bold]{count(found.members)} customers[/], {share(found.share)} of"
        f" {count(found.customers)}"
    )
    yield (
        f"Reachable by email: {size(found.email_reach, found.members)};"
        f" by SMS: {size(found.sms_reach, found.members)}"
    )
    for sentence in found.unmet:
        yield note(sentence)
    counts = ("Alone", "With those above")
    funnel = table("Clause by clause", "Clause", *counts, numbers=counts)
    for rung in found.funnel:
        funnel.add_row(escape(rung.text), count(rung.alone), count(rung.together))
    yield funnel
    if found.examples:
        yield _examples(found)
    if not found.overlaps:
        yield "\n[bold]Overlaps[/]: none"
        return
    counts = ("Both", "Jaccard")
    overlaps = table("Overlaps", "With", *counts, numbers=counts)
    for one in found.overlaps[:OVERLAPS]:
        overlaps.add_row(escape(one.segment), count(one.both), ratio(one.jaccard))
    yield overlaps


def _examples(found: Preview) -> RenderableType:
    """Ids with the values asked for: a row each, or a line a value if many."""
    if len(found.columns) <= 2:
        rows = table("For example", "Customer", *found.columns)
        for values in found.examples:
            rows.add_row(*map(cell, values))
        return rows
    rows = table("For example", "Customer", "")
    for customer, *others in found.examples:
        pairs = zip(found.columns, others, strict=True)
        said = "\n".join(f"[dim]{name}[/] {cell(value)}" for name, value in pairs)
        rows.add_row(cell(customer), said)
    return rows
