"""`tessera segments overlap`: every pair of segments, as a matrix and as a list."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text
from typer import Option

from tessera.output import ExampleName, console, count
from tessera.published import published
from tessera.segments.parts import ratio, table
from warehouse.publications import Publication, current
from warehouse.segments.published import opened
from warehouse.settings import Settings, settings_for

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
# Names are cropped to what the numbers of the matrix leave; they need so much.
LEAST_NAME = 12
TITLE = "Of 100 customers in either, so many are in both"


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
    console.print(matrix(pairs, console.width))
    console.print(listed(pairs, most))
    console.print(f"\n[dim]As of {publication.as_of:%Y-%m-%d %H:%M} UTC.[/]")


def tell_matrix(settings: Settings) -> None:
    """Show the matrix of the current publication, if anything was published."""
    publication = current(settings)
    if publication is not None:
        console.print(matrix(pairs_of(publication), console.width))


def pairs_of(publication: Publication) -> list[Pair]:
    """Every ordered pair of published segments, by priority.

    Raises:
        TesseraError: the publication is too old.
    """
    with opened(publication) as connection:
        return [Pair(*row) for row in connection.execute(PAIRS).fetchall()]


def matrix(pairs: Sequence[Pair], width: int) -> RenderableType:
    """Jaccard in hundredths, a point where nobody is in both; a word if too wide."""
    names = list(dict.fromkeys(pair.left for pair in pairs))
    cells = {(pair.left, pair.right): _cell(pair) for pair in pairs}
    wide = max(map(len, [str(len(names)), *cells.values()]), default=1)
    # A blank before each column but the first, which has numbers too.
    left = width - (wide + 1) * (len(names) + 1)
    if left < LEAST_NAME:
        return "[dim]The matrix needs a wider terminal; the pairs do not.[/]"
    left = min(left, max(map(len, names), default=LEAST_NAME))
    numbers = [str(number) for number, _ in enumerate(names, start=1)]
    lines = ["", TITLE, _line("", "", numbers, left, wide)]
    for number, name in zip(numbers, names, strict=True):
        row = [cells[name, other] for other in names]
        lines.append(_line(number, name, row, left, wide))
    return Text("\n".join(lines), no_wrap=True)


def _line(number: str, name: str, cells: Sequence[str], left: int, wide: int) -> str:
    """A line of the matrix: a number, a name that is cropped to `left`, the cells."""
    short = name if len(name) <= left else f"{name[: left - 1]}…"
    right = "".join(f" {cell:>{wide}}" for cell in cells)
    return f"{number:>{wide}} {short:<{left}}{right}"


def _cell(pair: Pair) -> str:
    if pair.left == pair.right:
        return "="
    if not pair.both:
        return "."
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
