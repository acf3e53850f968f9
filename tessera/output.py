"""How the command line speaks: one console for news, one for errors."""

from typing import Annotated

from rich.console import Console
from rich.markup import escape
from typer import Option

from warehouse.errors import TesseraError

ExampleName = Annotated[str, Option("--example", help="Look at one of examples/.")]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def tell_error(error: TesseraError) -> None:
    """Print the sentence of an error."""
    errors.print(f"[bold red]tessera:[/] {escape(str(error))}", soft_wrap=True)


def tell_stopped(by: str) -> None:
    """Say that the command was stopped, and that this harms nothing."""
    errors.print(
        f"[bold]tessera:[/] stopped by {by}. What is published stands; the next run"
        " goes on from what is whole.",
        soft_wrap=True,
    )


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def share(number: float | None) -> str:
    """A share as a percentage; a dash where there is none."""
    return "-" if number is None else f"{100 * number:.1f} %"
