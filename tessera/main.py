"""`tessera`: the commands, in the order in which a newcomer meets them."""

import sys

from typer import Typer

from tessera.demo import demo
from tessera.dev import dev
from tessera.doctor import doctor
from tessera.erase import erase_people
from tessera.explain import explain
from tessera.init import init
from tessera.models import models
from tessera.output import tell_error, tell_stopped
from tessera.publications import publications
from tessera.quarantine import quarantine
from tessera.run import run
from tessera.segments import segments
from tessera.simulate import simulate
from tessera.status import status
from warehouse.disk import full_disk
from warehouse.errors import TesseraError
from warehouse.settings import load_settings
from warehouse.stopping import CODE, listening_to_signals, stopped_by

START, WORK, LOOK = "To begin with", "Work", "Look"
MISTAKE = 2

commands = Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Raw exports in; clean profiles, scores and explained segments out.",
    epilog="Data lives under `data/`; `TESSERA_DATA` names another folder.",
)
commands.command(rich_help_panel=START)(demo)
commands.command(rich_help_panel=START)(simulate)
commands.command(rich_help_panel=START)(init)
commands.command(rich_help_panel=START)(doctor)
commands.command(rich_help_panel=WORK)(run)
commands.add_typer(quarantine, name="quarantine", rich_help_panel=WORK)
commands.add_typer(publications, name="publications", rich_help_panel=WORK)
commands.add_typer(models, name="models", rich_help_panel=WORK)
commands.command("erase", rich_help_panel=WORK)(erase_people)
commands.command(rich_help_panel=WORK)(dev)
commands.add_typer(segments, name="segments", rich_help_panel=LOOK)
commands.command(rich_help_panel=LOOK)(explain)
commands.command(rich_help_panel=LOOK)(status)


def app() -> None:
    """Run a command; what the user can mend is a sentence and the exit code 2.

    Stopped by a signal it says so, and ends with the code that shells know for it.
    """
    with listening_to_signals():
        try:
            _run()
        except BaseException as error:
            by = stopped_by()
            is_done = isinstance(error, SystemExit) and not error.code
            if by is None or is_done:
                raise
            tell_stopped(by.name)
            sys.exit(CODE + by)


def _run() -> None:
    try:
        commands()
    except Exception as error:
        told = error if isinstance(error, TesseraError) else _full_disk(error)
        if told is None or stopped_by():
            raise
        tell_error(told)
        sys.exit(MISTAKE)


def _full_disk(error: Exception) -> TesseraError | None:
    return full_disk(load_settings().data_dir, error)
