"""`tessera publications`: the kept snapshots, and which of them readers get."""

from pathlib import Path
from typing import Annotated

from rich.table import Table
from typer import Argument, Context, Option, Typer

from tessera.output import ExampleName, console, count
from warehouse.locking import run_lock
from warehouse.publications import current
from warehouse.publications import publications as kept
from warehouse.retention import prune, roll_back
from warehouse.settings import settings_for
from warehouse.variables import variables, whole_number

publications = Typer(help="The kept snapshots; `rollback` shows a former one again.")
MEGABYTE = 1_000_000


@publications.callback(invoke_without_command=True)
def listing(context: Context, example: ExampleName = "") -> None:
    """List the kept publications, newest first, and say which one readers get."""
    if context.invoked_subcommand:
        return
    settings = settings_for(example)
    standing = current(settings)
    table = Table(box=None)
    table.add_column("Publication", no_wrap=True)
    table.add_column("As of (UTC)", no_wrap=True)
    for heading in ("Customers", "Accepted", "MB"):
        table.add_column(heading, justify="right")
    table.add_column("")
    found = kept(settings)
    for one in reversed(found):
        table.add_row(
            one.id,
            f"{one.as_of:%Y-%m-%d %H:%M}",
            count(one.rows.get("customers", 0)),
            count(len(one.accepted)),
            count(_size(one.path) // MEGABYTE),
            "stands" if standing and one.id == standing.id else "",
        )
    if found:
        console.print(table)
    else:
        console.print("Nothing was published yet: `tessera demo` or `tessera run`.")


@publications.command()
def rollback(
    publication: Annotated[str, Argument(help="Its id, as the list has it.")],
    example: ExampleName = "",
) -> None:
    """Show a former publication again, in one step; the next run publishes anew."""
    shown = roll_back(settings_for(example), publication)
    console.print(
        f"Readers get {shown.id} now, as of {shown.as_of:%Y-%m-%d %H:%M} UTC. The next"
        " run that passes its gates publishes anew."
    )


@publications.command("prune")
def prune_oldest(
    keep: Annotated[
        int | None, Option(min=1, help="How many stay; else var `publications_kept`.")
    ] = None,
    example: ExampleName = "",
) -> None:
    """Remove all but the newest publications; the one that stands always stays."""
    settings = settings_for(example)
    told = variables(settings.project_dir)
    with run_lock(settings):
        gone = prune(settings, keep or whole_number(told, "publications_kept"))
    console.print(
        f"{count(len(gone))} removed, {count(len(kept(settings)))} kept."
        + (f" Gone: {', '.join(gone)}." if gone else "")
    )


def _size(folder: Path) -> int:
    """Bytes, of which a file that two publications share counts in both."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
