"""`tessera segments diff`: who would enter and leave under the edited segments.yml."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape

from tessera.output import ExampleName, console, count
from tessera.published import published
from tessera.segments.parts import note, table
from warehouse.segments.changes import Change, Changes, Overlap, changes
from warehouse.segments.published import columns_of, entries_of, opened
from warehouse.settings import settings_for


def diff(example: ExampleName = "") -> None:
    """Compare segments.yml as it stands with the publication, before it is built."""
    settings = settings_for(example)
    publication = published(settings)
    with opened(publication) as connection:
        entries = entries_of(settings, columns_of(connection))
    for part in told(changes(publication, entries)):
        console.print(part)
    moment = f"{publication.as_of:%Y-%m-%d %H:%M} UTC"
    console.print(f"\n[dim]On the customers of {moment}; nothing was built.[/]")


def told(found: Changes) -> Iterator[RenderableType]:
    """Changes for the terminal: counts by segment, then the first of those who move."""
    moved = [one for one in found.segments if one.entering or one.leaving]
    if moved:
        yield from _moves(found, moved)
    else:
        yield "Nobody would enter or leave a segment."
    for sentence in found.unmet:
        yield note(sentence)
    if found.too_close:
        yield _too_close(found.too_close)


def _moves(found: Changes, moved: Sequence[Change]) -> Iterator[RenderableType]:
    counts = ("Before", "After", "Enter", "Leave")
    part = table("Who would move", "Segment", *counts, numbers=counts)
    for one in moved:
        sizes = (one.before, one.after, one.entering, one.leaving)
        part.add_row(escape(one.segment), *map(count, sizes))
    yield part
    yield (
        f"\n{count(len(found.segments) - len(moved))} segments keep their members;"
        f" {count(found.primary_moves)} customers would get another primary segment."
    )
    yield _first(moved)


def _first(moved: Sequence[Change]) -> RenderableType:
    part = table("The first of them", "Segment", "", "Customers")
    for one in moved:
        name = escape(one.segment)
        for word, ids in (("in", one.first_entering), ("out", one.first_leaving)):
            if ids:
                part.add_row(name, word, "\n".join(map(escape, ids)))
                name = ""
    return part


def _too_close(pairs: Sequence[Overlap]) -> RenderableType:
    """What a run would be stopped for: told here, it costs nobody a run."""
    title = "The gate would stop these: more than half of the smaller one is shared"
    numbers = ("Shared", "Of the smaller one")
    part = table(title, "Segment", "And", *numbers, numbers=numbers)
    for pair in pairs:
        names = escape(pair.one), escape(pair.other)
        part.add_row(*names, count(pair.shared), count(pair.smaller))
    part.caption = "Name one in `may_overlap` of the other, or sharpen a rule."
    return part
