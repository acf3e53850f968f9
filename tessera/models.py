"""`tessera models`: the versions of each model, which one scores, and since when."""

import json
from itertools import groupby
from typing import Annotated, Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from typer import Argument, Context, Option, Typer, echo

from tessera.output import ExampleName, console
from tessera.watching import TITLES
from warehouse.errors import TesseraError
from warehouse.model_states import model_rows
from warehouse.promoting import promote, roll_back_model
from warehouse.registry import read_registry, unknown
from warehouse.settings import settings_for

models = Typer(help="The models: which version scores, and why; `rollback` undoes it.")
AsJson = Annotated[bool, Option("--json", help="For programs: all of it, as JSON.")]
Version = Annotated[str, Argument(help="A version, as the list has it.")]
FACTS = ("state", "as_of_at", "data_from_at", "data_to_at", "spec_hash", "decision")


@models.callback(invoke_without_command=True)
def listing(
    context: Context, example: ExampleName = "", as_json: AsJson = False
) -> None:
    """List the versions by model, newest last: state, trained as of when, and why."""
    if context.invoked_subcommand:
        return
    rows = _rows(example)
    if as_json:
        _print_json(rows)
        return
    if not rows:
        console.print("No model was trained yet: `tessera demo` or `tessera run`.")
        return
    for model, versions in groupby(rows, key=_model):
        console.print(f"[bold]{model}[/]  {TITLES.get(model, '')}".rstrip())
        for row in versions:
            console.print(_line(row), no_wrap=True, crop=False, overflow="ignore")
            console.print(Padding(escape(row["decision"]), (0, 0, 0, 4)))


@models.command()
def compare(
    one: Version, other: Version, example: ExampleName = "", as_json: AsJson = False
) -> None:
    """Show two versions side by side: what they learned from, and how they did."""
    rows = {row["model_version"]: row for row in _rows(example) if row["model_version"]}
    for version in (one, other):
        if version not in rows:
            raise unknown(version, sorted(rows), "version")
    _require_comparable(rows[one], rows[other])
    pair = [rows[one], rows[other]]
    if as_json:
        _print_json(pair)
        return
    table = Table("", one, other, box=None)
    for fact in FACTS:
        told = (str(row[fact] or "-") for row in pair)
        table.add_row(fact.replace("_", " "), *map(escape, told))
    cards = [row["metrics"].get("metrics", {}) for row in pair]
    for name in sorted({name for card in cards for name in card}):
        table.add_row(name, *(_figure(card.get(name)) for card in cards))
    console.print(table)


@models.command("promote")
def promote_version(version: Version, example: ExampleName = "") -> None:
    """Let a version score from the next run on, until a challenger beats it."""
    entry = promote(settings_for(example), version)
    console.print(_from_now_on(entry.model_name, entry.model_version))


@models.command()
def rollback(
    model: Annotated[str, Argument(help="A model, as the list has it.")],
    example: ExampleName = "",
) -> None:
    """Let the version score again that did before the champion."""
    entry = roll_back_model(settings_for(example), model)
    console.print(_from_now_on(entry.model_name, entry.model_version))


def _model(row: dict[str, Any]) -> str:
    return str(row["model_name"])


def _line(row: dict[str, Any]) -> str:
    """Version, state and moment, in a line that fits a narrow screen."""
    state = row["state"].replace("_", " ")
    moment = f"{row['as_of_at']:%Y-%m-%d %H:%M} UTC"
    return f"  {row['model_version'] or '-':<30} {state:<16} {moment}"


def _require_comparable(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Figures of two models answer two questions, and one version is one figure."""
    versions = (one["model_version"], other["model_version"])
    models = (one["model_name"], other["model_name"])
    if versions[0] == versions[1] or models[0] != models[1]:
        is_same = versions[0] == versions[1]
        raise TesseraError(
            "this is one version twice" if is_same else "these are two models",
            where="tessera models compare",
            given=" and ".join(
                f"`{version}` of {model}"
                for version, model in zip(versions, models, strict=True)
            ),
            allowed="two versions of one model",
            remedy="`tessera models` lists the versions of each",
        )


def _from_now_on(model: str, version: str) -> str:
    title = TITLES.get(model, model)
    return f"{title}: {version} scores from the next run on (`tessera run`)."


def _rows(example: str) -> list[dict[str, Any]]:
    rows = model_rows(read_registry(settings_for(example)))
    parsed = ("figures", "metrics")
    return [{**row, **{name: json.loads(row[name]) for name in parsed}} for row in rows]


def _print_json(rows: list[dict[str, Any]]) -> None:
    echo(json.dumps(rows, indent=2, default=str))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
