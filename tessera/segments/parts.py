"""How the commands about segments write tables and cells, narrow enough for a pipe."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from tessera.output import count, share


def table(title: str, *headings: str, numbers: Iterable[str] = ()) -> Table:
    """An empty table without lines; the headings in `numbers` are set to the right."""
    found = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False)
    found.show_header = any(headings)
    right = set(numbers)
    for heading in headings:
        found.add_column(
            heading,
            justify="right" if heading in right else "left",
            no_wrap=heading in right,
            overflow="fold",
        )
    return found


def note(sentence: str) -> str:
    """A sentence that explains what might surprise."""
    return f"[yellow]Note:[/] {escape(sentence)}"


def cell(value: Any) -> str:
    """A value of a column as people write it; a dash where it is unknown."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return escape(str(value))


def size(members: int, customers: int) -> str:
    """A count with its share of all."""
    return f"{count(members)} ({share(members / customers if customers else None)})"


def ratio(number: float | None) -> str:
    """A ratio with two digits; a dash where there is none."""
    return "-" if number is None else f"{number:.2f}"
