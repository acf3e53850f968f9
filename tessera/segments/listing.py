"""`tessera segments list`: the published segments, with their sizes."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from tessera.output import ExampleName, console, count, share
from tessera.published import published
from warehouse.connection import connect
from warehouse.publications import Publication
from warehouse.settings import settings_for

QUERY = """
    select segment_name, label, customer_count, customer_share, primary_count, reason
    from segment_summary
    order by priority nulls last, segment_name
"""


def tell_segments(example: ExampleName = "") -> None:
    """List the published segments: size, share, and whose primary segment it is."""
    publication = published(settings_for(example))
    console.print(segment_table(publication))
    console.print(f"[dim]As of {publication.as_of:%Y-%m-%d %H:%M} UTC.[/]")


def segment_table(publication: Publication) -> Table:
    """The segments of a publication as a table for the terminal."""
    table = Table("Segment", title="Segments", title_justify="left", box=None)
    for heading in ("Customers", "Share", "Primary of"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in _rows(publication):
        name, label, members, members_share, primary, reason = row
        table.add_row(
            escape(label or name),
            count(members or 0),
            share(members_share),
            count(primary or 0),
            f"[dim]{escape(reason or '')}[/]",
        )
    return table


def _rows(publication: Publication) -> list[tuple[Any, ...]]:
    with connect(publication.database, read_only=True) as connection:
        return connection.execute(QUERY).fetchall()
