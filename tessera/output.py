"""How the command line speaks: one console, and sentences in place of stack traces."""

import sys
from typing import Any

from click import Context
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from warehouse.errors import TesseraError

MISTAKE = 2

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


class FriendlyGroup(TyperGroup):
    """Turns every TesseraError into its sentence and the exit code of a mistake."""

    def invoke(self, ctx: Context) -> Any:
        """Run the command; whatever the user can mend ends here."""
        try:
            return super().invoke(ctx)
        except TesseraError as error:
            tell_error(error)
            sys.exit(MISTAKE)


def tell_error(error: TesseraError) -> None:
    """Print the sentence of an error."""
    errors.print(f"[bold red]tessera:[/] {escape(str(error))}", soft_wrap=True)


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def share(number: float | None) -> str:
    """A share as a percentage; a dash where there is none."""
    return "-" if number is None else f"{100 * number:.1f} %"
