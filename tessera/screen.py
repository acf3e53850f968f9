"""How `tessera status` keeps to one screen: what is long is cut, and counted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import shorten
from typing import TypeVar

from rich.markup import escape

from tessera.output import console, count

LABEL_WIDTH = 11
# A low screen shows fewer of each kind.
LOW, FEW, MORE = 30, 2, 4
COLOURS = {
    "passed": "green",
    "published": "green",
    "not applicable": "dim",
    "accepted": "yellow",
    "warned": "yellow",
}
T = TypeVar("T")


def shown(rows: Sequence[T], limit: int) -> tuple[Sequence[T], int]:
    """The first, and how many are left; one that is left takes no more room itself."""
    limit += len(rows) == limit + 1
    return rows[:limit], len(rows) - limit


def others(number: int, what: str) -> Iterator[str]:
    """A line that says how many more there are, if there are any."""
    if number > 0:
        yield f"[dim]and {count(number)} more {what}[/]"


def coloured(state: str) -> str:
    """A state in its colour: what is unknown is wrong."""
    colour = COLOURS.get(state, "red")
    return f"[{colour}]{escape(state)}[/]"


def few() -> int:
    """So many lines of a kind: fewer on a low screen."""
    return FEW if console.height < LOW else MORE


def short(text: str, lines: int) -> str:
    """The text, cut to about so many lines of this screen."""
    width = lines * (console.width - LABEL_WIDTH) - 10
    return escape(shorten(text, max(width, 30), placeholder=" ..."))


def minute(moment: datetime) -> str:
    """A moment without its seconds."""
    return f"{moment:%Y-%m-%d %H:%M}"


def span(seconds: float) -> str:
    """A length of time, as roughly as a person says it."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
