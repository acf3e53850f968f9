"""`tessera doctor`: what a raw folder holds, before anything is built of it."""

import json
from dataclasses import asdict
from typing import Annotated

from rich.markup import escape
from rich.table import Table
from typer import Exit, Option, echo

from tessera.output import ExampleName, console, count
from warehouse.checks import Level
from warehouse.checkup import Landed, Report, Verdict, check_up
from warehouse.settings import Settings, settings_for

COLOURS = {Level.PROBLEM: "red", Level.WARNING: "yellow", Level.NOTE: "dim"}
VERDICTS = {
    Verdict.READY: "green",
    Verdict.WARNINGS: "yellow",
    Verdict.NOT_READY: "red",
}


def doctor(
    as_json: Annotated[
        bool, Option("--json", help="Tell it as JSON, for machines.")
    ] = False,
    example: ExampleName = "",
) -> None:
    """Look over the raw folder: what is found, what is missing, what it will mean."""
    settings = settings_for(example)
    # The attached tables are the project's own.
    report = check_up(settings, {"attached": {}} if example else None)
    if as_json:
        told = {
            "verdict": report.verdict,
            "raw": str(settings.raw_dir),
            "landed": [asdict(one) for one in report.landed],
            "findings": [one._asdict() for one in report.findings],
        }
        echo(json.dumps(told, default=str, indent=2))
    else:
        _tell(settings, report)
    if report.verdict is Verdict.NOT_READY:
        raise Exit(1)


def _tell(settings: Settings, report: Report) -> None:
    console.print(f"[bold]Raw[/] {escape(str(settings.raw_dir))}", soft_wrap=True)
    if report.landed:
        console.print(_table(report.landed))
    for level in Level:
        for found in report.findings:
            if found.level is level:
                is_named = not found.entity or f"no {found.entity}:" in found.text
                place = "" if is_named else f"{found.entity}: "
                line = escape(f"{level}: {place}{found.text}")
                console.print(f"[{COLOURS[level]}]{line}[/]", soft_wrap=True)
    colour = VERDICTS[report.verdict]
    console.print(f"[bold {colour}]{report.verdict}[/]")
    if report.verdict is not Verdict.NOT_READY:
        console.print("Next: `tessera run`.")


def _table(landed: list[Landed]) -> Table:
    table = Table("Entity", "Forms", box=None)
    for heading in ("Files", "Looked into", "Bytes", "Records"):
        table.add_column(heading, justify="right")
    table.add_column("From", no_wrap=True)
    table.add_column("To (UTC)", no_wrap=True)
    for one in landed:
        sign = "about " if one.is_estimate else ""
        lines = "?" if one.line_count is None else f"{sign}{count(one.line_count)}"
        table.add_row(
            one.entity,
            escape(" ".join(one.forms)),
            count(one.file_count),
            count(one.sampled_count),
            count(one.size),
            lines,
            f"{one.first_at:%Y-%m-%d %H:%M}" if one.first_at else "-",
            f"{one.last_at:%Y-%m-%d %H:%M}" if one.last_at else "-",
        )
    return table
