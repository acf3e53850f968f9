"""`tessera run`: what has landed becomes a publication, if the gates agree."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Exit, Option

from tessera.output import console
from tessera.pipeline import run_pipeline
from warehouse.errors import TesseraError, nearest
from warehouse.locking import require_free
from warehouse.settings import Settings, load_settings

if TYPE_CHECKING:
    from orchestration.execution import Options


def run(
    full_refresh: Annotated[
        bool,
        Option(
            "--full-refresh",
            help="Then rebuild beside the standing tables and compare every row.",
        ),
    ] = False,
    as_of: Annotated[
        str, Option(help="The moment to look from, in UTC: 2026-01-31T00:00:00.")
    ] = "",
    example: Annotated[
        str, Option(help="Run on one of examples/, in its own data.")
    ] = "",
    input_path: Annotated[
        Path | None, Option("--input", help="Where the example's data lies.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        Option(help="Let GATE:ENTRY fail this once (may be repeated)."),
    ] = None,
    reason: Annotated[str, Option(help="Why; it is published with the tables.")] = "",
    retrain: Annotated[
        bool, Option("--retrain", help="Train the models anew; the better one scores.")
    ] = False,
    backfill: Annotated[
        tuple[datetime, datetime] | None,
        Option(
            formats=["%Y-%m-%d"],
            metavar="FROM TO",
            help="Read again the files that landed from one day (UTC) to another.",
        ),
    ] = None,
) -> None:
    """Take in what has landed, build, judge and publish."""
    settings = load_settings()
    require_free(settings.for_example(example) if example else settings)
    from orchestration.execution import Options

    options = Options(
        as_of=_moment(as_of),
        accepted=_accepted(accept or [], reason),
        retrain=retrain,
    )
    if example or input_path:
        settings, options = _example(settings, options, example, input_path)
    days = (backfill[0].date(), backfill[1].date()) if backfill else None
    outcome = run_pipeline(settings, options, days)
    if not outcome.succeeded:
        raise Exit(1)
    _tell(settings)
    if full_refresh:
        _compare(settings, options)


def _tell(settings: Settings) -> None:
    from tessera.summary import tell_publication

    tell_publication(settings)


def _moment(given: str) -> str:
    """The moment as dbt takes it; refuses what is none."""
    if not given:
        return ""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise TesseraError(
            "this is not a moment",
            where="--as-of",
            given=f"`{given}`",
            allowed="ISO 8601 in UTC, such as 2026-01-31 or 2026-01-31T12:00:00",
        ) from error
    if moment.tzinfo is not None:
        from datetime import UTC

        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(sep=" ")


def _accepted(given: list[str], reason: str) -> list[dict[str, str]]:
    """The entries that may fail this once, each of a gate that exists."""
    if bool(given) != bool(reason.strip()):
        raise TesseraError(
            "a violation is accepted with a reason, and a reason is for one",
            where="--accept, --reason",
            allowed='both, or neither: --accept segments:coverage --reason "..."',
        )
    return [{**_entry(name), "reason": reason.strip()} for name in given]


def _entry(name: str) -> dict[str, str]:
    from expectations import discover

    gate, _, entry = name.partition(":")
    gates = [known.name for known in discover()]
    if not entry or gate not in gates:
        raise TesseraError(
            "this names no entry of a gate",
            where="--accept",
            given=f"`{name}`",
            allowed=[f"{known}:ENTRY" for known in gates],
            remedy=nearest(gate, gates) or "The failed run names its entries",
        )
    return {"gate": gate, "entry": entry}


def _example(
    settings: Settings, options: "Options", name: str, input_path: Path | None
) -> tuple[Settings, "Options"]:
    """Map the example's input into its own raw folder; the run goes on from there."""
    from dataclasses import replace

    from examples import find

    if not name or input_path is None:
        raise TesseraError(
            "an example needs its name and its input",
            where="--example, --input",
            allowed="both: --example online_retail --input PATH",
        )
    found = find(name)
    own = settings.for_example(name)
    with console.status(f"Mapping {found.title} ..."):
        report = found.map(input_path, own.raw_dir)
    console.print("\n".join(report.lines()))
    # The attached tables are the project's own.
    variables = {"attached": {}, **found.dbt_vars}
    return own, replace(options, profile=found.gate_profile, variables=variables)


def _compare(settings: Settings, options: "Options") -> None:
    """Rebuild everything beside the standing tables; tell each difference."""
    from tessera.rebuilding import rebuild_and_compare

    differences = rebuild_and_compare(settings, options)
    for difference in differences:
        console.print(f"  [red]{difference}[/]")
    if differences:
        console.print(f"[bold red]{len(differences)} differences.[/]")
        raise Exit(1)
    console.print("[green]The rebuilt tables equal the standing ones in every row.[/]")
