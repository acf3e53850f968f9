"""`tessera segments explain CUSTOMER`: which clauses hold for one customer, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from rich.console import RenderableType
from rich.markup import escape
from typer import Argument

from tessera.explain import whose
from tessera.output import ExampleName, console
from tessera.published import published
from tessera.segments.parts import cell, table
from warehouse.segments.reasons import Reason, reasons
from warehouse.segments.stays import Stay, stays
from warehouse.settings import settings_for


def explain(
    customer: Annotated[
        str,
        Argument(help="A customer's id, an absorbed id, a record's id or an address."),
    ],
    example: ExampleName = "",
) -> None:
    """Tell why one customer is in each segment or not: every clause, with values."""
    publication = published(settings_for(example))
    customer_id = whose(publication, customer)
    console.print(f"[bold]{escape(customer_id)}[/]", soft_wrap=True)
    moves = stays(publication, customer_id)
    for part in told(reasons(publication, customer_id), moves):
        console.print(part)
    console.print(f"\n[dim]As of {publication.as_of:%Y-%m-%d %H:%M} UTC.[/]")


def told(
    found: Sequence[Reason], moves: Mapping[str, Stay]
) -> Iterator[RenderableType]:
    """Reasons for the terminal: first the segments of the customer, then the others.

    `moves` are the newest stays by segment.
    """
    for title, is_member in (("A member of", True), ("Not a member of", False)):
        part = table(title, "Segment", "", "Clause", "Value")
        for reason in found:
            if reason.is_member is is_member:
                for row in _rows(reason):
                    part.add_row(*row)
                if reason.segment in moves:
                    said = escape(str(moves[reason.segment]))
                    part.add_row("", "", f"[dim]{said}[/]", "")
        if part.row_count:
            yield part


def _rows(reason: Reason) -> Iterator[tuple[str, str, str, str]]:
    """A line a clause; what else there is to say comes below."""
    name = escape(reason.segment) + ("\n(primary)" if reason.is_primary else "")
    for condition in reason.conditions:
        mark = "yes" if condition.holds else "[bold]no[/]"
        # The moment is everybody's, and stands at the end.
        values = {k: v for k, v in condition.values.items() if k != "as_of_at"}
        lone = cell(*values.values()) if len(values) == 1 else ""
        yield name, mark, escape(condition.text), lone
        name = ""
        if not lone:
            for column, value in values.items():
                yield "", "", f"  [dim]{column}[/]", cell(value)
    if not reason.conditions:
        claims = "no other segment" if reason.is_member else "another segment"
        yield name, "", f"[dim]{claims} claims the customer[/]", ""
    if reason.yields_to:
        said = f"{reason.yields_to} comes first in the group {reason.group}"
        yield "", "", f"[dim]{escape(said)}[/]", ""
