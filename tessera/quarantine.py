"""`tessera quarantine`: what was set aside, why, where; and its way back."""

from pathlib import Path
from typing import Annotated

from rich.markup import escape
from rich.table import Table
from typer import Context, Option, Typer

from tessera.accounts import tell_conflicts, tell_files, tell_published
from tessera.output import ExampleName, console, count
from tessera.replay import replay, tell_waiting
from warehouse.errors import TesseraError, nearest
from warehouse.landing import entities
from warehouse.mending import write_aside
from warehouse.quarantine import Choice, Group, groups, open_rows
from warehouse.replaying import headers_by_load
from warehouse.settings import Settings, settings_for

quarantine = Typer(help="What was set aside, by reason; `replay` takes it in again.")
quarantine.command()(replay)


@quarantine.callback(invoke_without_command=True)
def listing(
    context: Context,
    reason: Annotated[str, Option(help="Only this reason.")] = "",
    source: Annotated[str, Option(help="Only this source, such as web.")] = "",
    entity: Annotated[str, Option(help="Only this entity, such as events.")] = "",
    path: Annotated[str, Option(help="Only this file, folder or pattern.")] = "",
    files: Annotated[
        bool, Option("--files", help="What became of the lines of each file.")
    ] = False,
    conflicts: Annotated[
        bool, Option("--conflicts", help="Ids that were used for two things.")
    ] = False,
    show_text: Annotated[
        bool, Option("--show-text", help="Show lines too; they hold personal data.")
    ] = False,
    limit: Annotated[int, Option(min=1, help="How many lines or ids to show.")] = 20,
    out: Annotated[
        Path | None, Option(help="Write the lines here, for a person to mend.")
    ] = None,
    example: ExampleName = "",
) -> None:
    """List what was set aside: source, reason, lines, files and the place of one."""
    if context.invoked_subcommand:
        return
    shown: dict[str, object] = {
        "--out": out,
        "--show-text": show_text,
        "--reason": reason,
    }
    narrowed: dict[str, object] = {
        "--source": source,
        "--entity": entity,
        "--path": path,
    }
    if files:
        _require_unused("--files", shown | {"--conflicts": conflicts})
    elif conflicts:
        _require_unused("--conflicts", shown | narrowed)
    settings = settings_for(example)
    choice = Choice(_known_source(source), _known_entity(entity), reason, path)
    if not settings.build_path.exists():
        tell_published(settings, choice)
    elif files:
        tell_files(settings, choice)
    elif conflicts:
        tell_conflicts(settings, limit)
    elif out:
        _write(settings, choice, out)
    else:
        _tell(settings, choice)
        if show_text:
            _tell_texts(settings, choice, limit)


def _require_unused(chosen: str, others: dict[str, object]) -> None:
    """Refuse options that would do nothing beside the chosen one."""
    given = [name for name, value in others.items() if value]
    if given:
        raise TesseraError(
            f"{chosen} does not go with {', '.join(given)}",
            where="tessera quarantine",
            remedy="Ask for one after the other",
        )


def _tell(settings: Settings, choice: Choice) -> None:
    found = groups(settings, choice)
    if not found:
        _require_known_reason(settings, choice)
        console.print("Nothing is set aside.")
        return
    console.print(_table(found))
    tell_waiting(found)
    if any(group.open_count for group in found):
        console.print(
            "[dim]To mend: `tessera quarantine --out FILE`, edit it, then"
            " `tessera quarantine replay FILE`.[/]"
        )


def _table(found: list[Group]) -> Table:
    table = Table("Source", "Reason", title="Set aside", title_justify="left", box=None)
    for heading in ("Lines", "Mended", "Files"):
        table.add_column(heading, justify="right")
    table.add_column("For example", overflow="fold")
    for group in found:
        table.add_row(
            f"{group.source}/{group.entity}",
            group.reason,
            count(group.open_count),
            count(group.mended_count),
            count(group.file_count),
            escape(group.example or ""),
        )
    return table


def _tell_texts(settings: Settings, choice: Choice, limit: int) -> None:
    for row in open_rows(settings, choice, limit):
        place = f"{row.path}:{row.line_number or '?'}"
        console.print(f"\n[bold]{escape(place)}[/] {row.reason}")
        console.print(escape(row.text), soft_wrap=True)


def _write(settings: Settings, choice: Choice, out: Path) -> None:
    """Write the open rows; those whose line could not be found again are told."""
    found = open_rows(settings, choice)
    if not found:
        _require_known_reason(settings, choice)
        console.print("Nothing is set aside; no file was written.")
        return
    placed = [row for row in found if row.line_number is not None]
    write_aside(out, placed, headers_by_load(settings))
    name = escape(str(out))
    console.print(f"{count(len(placed))} lines were written to {name}. Mend them, then")
    console.print(f"    tessera quarantine replay {name}", soft_wrap=True)
    if len(placed) < len(found):
        lost = count(len(found) - len(placed))
        console.print(f"[yellow]{lost} more have no line that could be found again.[/]")


def _known_source(given: str) -> str:
    return _known("--source", given, sorted({source for source, _ in entities()}))


def _known_entity(given: str) -> str:
    return _known("--entity", given, sorted({entity for _, entity in entities()}))


def _require_known_reason(settings: Settings, choice: Choice) -> None:
    if choice.reason:
        known = sorted({group.reason for group in groups(settings, Choice())})
        _known("--reason", choice.reason, known)


def _known(option: str, given: str, known: list[str]) -> str:
    """The given word, or a refusal that names the known ones."""
    if given and given not in known:
        raise TesseraError(
            "nothing of this name is known",
            where=option,
            given=f"`{given}`",
            allowed=known or "nothing: no line is set aside",
            remedy=nearest(given, known),
        )
    return given
