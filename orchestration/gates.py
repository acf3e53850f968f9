"""The gates as blocking asset checks: before ML, and before anything is published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    multi_asset_check,
)

from expectations import Gate, GateResult, discover
from orchestration.run import Run
from orchestration.verdicts import shown, tally, verdict
from warehouse.errors import TesseraError
from warehouse.flow import Flow
from warehouse.history import record_gates, run_gates

# What waits for a stage's gates: everything downstream of this asset.
GUARDED = {
    "before_ml": AssetKey(["features", "customers_now"]),
    "after_ml": AssetKey(["marts", "customers"]),
}


def gate_checks(stage: str) -> AssetChecksDefinition:
    """All gates of a stage as the checks of the asset that they guard."""
    gates = {gate.name: gate for gate in discover() if gate.stage == stage}

    @multi_asset_check(
        name=f"gates_{stage}",
        specs=[_spec(gate, GUARDED[stage]) for gate in gates.values()],
    )
    def checks(
        context: AssetCheckExecutionContext, run: Run
    ) -> Iterator[AssetCheckResult]:
        with run.step(f"gates_{stage}") as note:
            judged = {name: _judge(gate, run) for name, gate in gates.items()}
            rows = [row for results in judged.values() for row in results]
            record_gates(run.settings, run.run_id, rows)
            note.row_count = len(rows)
            note.tell_rows(Flow(None, len(rows)))
            idle = idle_acceptances(rows, run.accepted)
            note.detail = " ".join([tally(rows), *idle])
        for sentence in idle:
            context.log.warning(sentence)
        for name, results in judged.items():
            yield _check_result(name, GUARDED[stage], results)

    return checks


def require_gates(run: Run, name: str) -> list[dict[str, Any]]:
    """What the gates said in this very run: an asset can be run by itself.

    Raises:
        TesseraError: one of them was not judged, or failed.
    """
    results = run_gates(run.settings, run.run_id)
    judged = {row["gate"] for row in results}
    missing = [gate.name for gate in discover() if gate.name not in judged]
    failed = [f"{r['gate']}:{r['entry']}" for r in results if r["state"] == "failed"]
    if missing or failed:
        raise TesseraError(
            "only what this run's gates let pass is recorded and published",
            where=f"the asset `{name}`",
            given=f"not judged: {', '.join(missing) or 'none'};"
            f" failed: {', '.join(failed) or 'none'}",
            remedy="Run the whole job `refresh` or `tessera run`, which judge first; "
            "nothing was published",
        )
    return results


def idle_acceptances(
    rows: Sequence[Mapping[str, Any]], accepted: Sequence[Mapping[str, str]]
) -> list[str]:
    """A sentence for each accepted entry of these gates that let nothing through."""
    judged = {row["gate"] for row in rows}
    used = {(row["gate"], row["entry"]) for row in rows if row["state"] == "accepted"}
    return [
        f"--accept {one['gate']}:{one['entry']} let nothing through: "
        "no entry of this name was judged and failed."
        for one in accepted
        if one["gate"] in judged and (one["gate"], one["entry"]) not in used
    ]


def _spec(gate: Gate, asset: AssetKey) -> AssetCheckSpec:
    return AssetCheckSpec(
        name=gate.name, asset=asset, description=gate.description, blocking=True
    )


def _judge(gate: Gate, run: Run) -> list[dict[str, Any]]:
    """The gate's results as rows; a failure that a person accepted says so."""
    reasons = {
        f"{accepted['gate']}:{accepted['entry']}": accepted["reason"]
        for accepted in run.accepted
    }
    results = gate.run(run.settings, run.gate_profile)
    return [_row(result, reasons) for result in results]


def _row(result: GateResult, reasons: dict[str, str]) -> dict[str, Any]:
    row = asdict(result)
    reason = reasons.get(f"{result.gate}:{result.entry}")
    if result.is_blocking and result.is_judged and reason:
        return {
            **row,
            "state": "accepted",
            "message": f"{result.message} Accepted: {reason}",
        }
    return row


def _check_result(
    name: str, asset: AssetKey, results: list[dict[str, Any]]
) -> AssetCheckResult:
    """A check only passes or fails, so its description tells the rest."""
    states = {row["state"] for row in results}
    is_broken = not states or "failed" in states
    return AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not is_broken and "warned" not in states,
        severity=AssetCheckSeverity.ERROR if is_broken else AssetCheckSeverity.WARN,
        description=verdict(results),
        metadata=shown(results),
    )
