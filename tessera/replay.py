"""`tessera quarantine replay`: mended lines, or mended rules, and what came of them."""

from pathlib import Path
from typing import Annotated

from rich.markup import escape
from typer import Argument, Exit, Option

from tessera.output import console, count
from warehouse.judging import rules_have_changed
from warehouse.quarantine import Choice, Group, groups
from warehouse.replaying import Replayed
from warehouse.replaying import replay as land_mended
from warehouse.replays import Replay
from warehouse.settings import Settings, load_settings

NO_RUN = "No run was asked for: `tessera run` takes them in."


def replay(
    file: Annotated[
        Path | None, Argument(help="Mended lines, from `quarantine --out`.")
    ] = None,
    no_run: Annotated[
        bool, Option("--no-run", help="Land the lines only; `tessera run` reads them.")
    ] = False,
) -> None:
    """Take in again: the mended lines of FILE, or all lines under mended rules."""
    settings = load_settings()
    if file is None:
        _judge_again(settings, no_run)
    else:
        _take_in_again(settings, file, no_run)


def _take_in_again(settings: Settings, file: Path, no_run: bool) -> None:
    replayed = land_mended(settings, file)
    _tell_landed(replayed)
    if not replayed.landed:
        console.print("Nothing new to take in.")
        tell_waiting(groups(settings, Choice()))
    elif no_run:
        console.print(NO_RUN)
    else:
        succeeded = _run(settings)
        for landed in replayed.landed:
            _tell_outcome(settings, landed)
        _require(succeeded)


def _tell_landed(replayed: Replayed) -> None:
    for landed in replayed.landed:
        lines = count(len(landed.rows))
        console.print(f"{lines} mended lines landed as {escape(landed.path)}.")
    if replayed.already_count:
        console.print(f"{count(replayed.already_count)} were replayed before.")
    if replayed.unchanged_count:
        console.print(
            f"{count(replayed.unchanged_count)} are as they were: left aside."
        )


def tell_waiting(found: list[Group]) -> None:
    """The mended lines that have landed, and that no run has read yet."""
    waiting = sum(group.waiting_count for group in found)
    if waiting:
        console.print(f"{count(waiting)} mended lines wait for `tessera run`.")


def _tell_outcome(settings: Settings, landed: Replay) -> None:
    """How many of the mended lines were taken in, and what is wrong with the others."""
    again = groups(settings, Choice(path=landed.path))
    place = escape(landed.path)
    accepted = len(landed.rows) - sum(group.open_count for group in again)
    console.print(f"[green]{count(accepted)} taken in[/] of {place}.")
    for group in again:
        console.print(
            f"[red]{count(group.open_count)} set aside again[/]: {group.reason}. See"
            f" `tessera quarantine --path {place} --show-text`."
        )


def _judge_again(settings: Settings, no_run: bool) -> None:
    """All lines again, where the rules that set them aside were mended."""
    before = _open_count(settings)
    if not rules_have_changed(settings):
        console.print(
            f"{count(before)} lines are set aside, and no rule has changed since they"
            " were judged: a run would say the same. Mend their text"
            " (`tessera quarantine --out FILE`), or a rule in models/, macros/, seeds/"
            " or dbt_project.yml."
        )
    elif no_run:
        console.print("Rules have changed. `tessera run` judges every line by them.")
    else:
        succeeded = _run(settings)
        after = _open_count(settings)
        console.print(f"{count(before)} lines were set aside, now {count(after)} are.")
        _require(succeeded)


def _open_count(settings: Settings) -> int:
    return sum(group.open_count for group in groups(settings, Choice()))


def _run(settings: Settings) -> bool:
    from orchestration.execution import Options
    from tessera.pipeline import run_pipeline

    return run_pipeline(settings, Options()).succeeded


def _require(succeeded: bool) -> None:
    """A run that a gate ended is exit code 1, though the lines were read."""
    if not succeeded:
        raise Exit(1)
