"""`tessera`: the commands, in the order in which a newcomer meets them."""

from typer import Typer

from tessera.demo import demo
from tessera.dev import dev
from tessera.output import FriendlyGroup
from tessera.run import run
from tessera.segments import segments
from tessera.simulate import simulate
from tessera.status import status

START, WORK, LOOK = "To begin with", "Work", "Look"

app = Typer(
    cls=FriendlyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Raw exports in; clean profiles, scores and explained segments out.",
    epilog="Data lives under `data/`; `TESSERA_DATA` names another folder.",
)
app.command(rich_help_panel=START)(demo)
app.command(rich_help_panel=START)(simulate)
app.command(rich_help_panel=WORK)(run)
app.command(rich_help_panel=WORK)(dev)
app.command(rich_help_panel=LOOK)(segments)
app.command(rich_help_panel=LOOK)(status)
