"""Starts a run for any command: checks first, then shows it, then says how it ended."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from tessera.output import console
from tessera.watching import watched
from warehouse.attaching import attached_tables
from warehouse.contract import read_contract
from warehouse.errors import TesseraError
from warehouse.history import run_gates
from warehouse.landing import landed_paths
from warehouse.settings import Settings

if TYPE_CHECKING:
    from orchestration.execution import Options, Outcome


def run_pipeline(
    settings: Settings, options: "Options", days: tuple[date, date] | None = None
) -> "Outcome":
    """Run the job and show it; failed gates are told, one line an entry.

    With `days`, files that landed from the first to the second are read again.

    Raises:
        TesseraError: nothing has landed, or the user can mend what stopped the run.
    """
    require_raw_files(settings, options.variables)
    with console.status("Loading the pipeline ..."):
        from orchestration.definitions import pipeline
        from orchestration.execution import backfill, execute
        from orchestration.gates import idle_acceptances

        pipeline()
    with watched():
        outcome = (
            backfill(settings, options, days) if days else execute(settings, options)
        )
    gates = run_gates(settings, outcome.run_id)
    for sentence in idle_acceptances(gates, options.accepted):
        console.print(f"[yellow]{escape(sentence)}[/]")
    if not outcome.succeeded:
        _tell_gates(gates)
    return outcome


def require_raw_files(
    settings: Settings, variables: Mapping[str, object] | None = None
) -> None:
    """Refuse a run on nothing: it would publish empty tables over good ones."""
    contract = read_contract(variables)
    landed = next(landed_paths(settings.raw_dir, contract), None)
    if landed is None and not attached_tables(variables):
        raise TesseraError(
            "nothing has landed yet",
            where=str(settings.raw_dir),
            allowed=[f"{source}/{entity}/*" for source, entity in contract],
            remedy="Put exports there, or make a shop with `tessera simulate`",
        )


def _tell_gates(gates: list[dict[str, Any]]) -> None:
    """Say what failed, and how to let it through where it is meant."""
    console.print("\n[bold red]A gate failed; the former publication stands.[/]")
    for gate in gates:
        if gate["state"] == "failed":
            name = f"{gate['gate']}:{gate['entry']}"
            console.print(f"  [red]{escape(name)}[/] {escape(gate['message'])}")
            console.print(
                f"    [dim]observed {escape(gate['observed'])},"
                f" allowed {escape(gate['allowed'])}[/]"
            )
    console.print(
        'To let one through, once: [bold]tessera run --accept GATE:ENTRY --reason "..."'
    )
