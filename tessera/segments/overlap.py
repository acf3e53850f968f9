"""`tessera segments overlap`: every pair of segments, as a matrix and as a list."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from rich.console import RenderableType
from rich.markup import escape
from typer import Option

from tessera.output import ExampleName, console, count
from tessera.published import published
from tessera.segments.parts import ratio, table
from warehouse.publications import Publication
from warehouse.segments.published import opened
from warehouse.settings import settings_for

PAIRS = """
    select
        overlap.left_segment, overlap.right_segment, overlap.customer_count,
        overlap.jaccard, overlap.lift
    from segment_overlap as overlap
    inner join segment_summary as lefts
        on overlap.left_segment = lefts.segment_name
    inner join segment_summary as rights
        on overlap.right_segment = rights.segment_name
    order by
        lefts.priority, overlap.left_segment, rights.priority, overlap.right_segment
"""
# A column of the matrix: a blank and two digits, or 100.
CELL = 4


class Pair(NamedTuple):
    """Two segments, how many are in both, and how much that is."""

    left: str
    right: str
    both: int
    jaccard: float | None
    lift: float | None


def overlap(
    most: Annotated[int, Option(min=1, help="How many pairs to list.")] = 20,
    example: ExampleName = "",
) -> None:
    """Tell how much segments share: a matrix, and the pairs with the most in common."""
    publication = published(settings_for(example))
    pairs = pairs_of(publication)
    names = list(dict.fromkeys(pair.left for pair in pairs))
    if _width(names) <= console.width:
        console.print(matrix(names, pairs))
    else:
        console.print("[dim]The matrix needs a wider terminal; the pairs do not.[/]")
    console.print(listed(pairs, most))
    console.print(f"\n[dim]As of {publication.as_of:%Y-%m-%d %H:%M} UTC.[/]")


def pairs_of(publication: Publication) -> list[Pair]:
    """Every ordered pair of published segments, by priority.

    Raises:
        TesseraError: the publication is too old.
    """
    with opened(publication) as connection:
        return [Pair(*row) for row in connection.execute(PAIRS).fetchall()]


def _width(names: Sequence[str]) -> int:
    """Blanks that the matrix takes: number, name, and a cell each."""
    return CELL + max(map(len, names), default=0) + 2 + CELL * len(names)


def matrix(names: Sequence[str], pairs: Sequence[Pair]) -> RenderableType:
    """Jaccard in hundredths; a point where nobody is in both."""
    shares = {(pair.left, pair.right): pair for pair in pairs}
    numbers = [str(number) for number, _ in enumerate(names, start=1)]
    found = table(
        "Of 100 customers in either, so many are in both",
        "",
        "Segment",
        *numbers,
        numbers=["", *numbers],
    )
    for number, name in zip(numbers, names, strict=True):
        cells = [_cell(shares[name, other]) for other in names]
        found.add_row(f"[dim]{number}[/]", escape(name), *cells)
    return found


def _cell(pair: Pair) -> str:
    if pair.left == pair.right:
        return "[dim]=[/]"
    if not pair.both:
        return "[dim].[/]"
    return f"{100 * (pair.jaccard or 0):.0f}"


def listed(pairs: Sequence[Pair], most: int) -> RenderableType:
    """The pairs that share somebody, each once, the closest first."""
    apart = [pair for pair in pairs if pair.left < pair.right and pair.both]
    if not apart:
        return "\n[bold]No two segments share a customer.[/]"
    apart.sort(key=lambda pair: (-(pair.jaccard or 0), pair))
    counts = ("Both", "Jaccard", "Lift")
    title = f"The {min(most, len(apart))} closest of {len(apart)} pairs that overlap"
    found = table(title, "Segment", "and", *counts, numbers=counts)
    for pair in apart[:most]:
        found.add_row(
            escape(pair.left),
            escape(pair.right),
            count(pair.both),
            ratio(pair.jaccard),
            ratio(pair.lift),
        )
    return found
