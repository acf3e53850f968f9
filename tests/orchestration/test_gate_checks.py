"""What Dagster shows of a gate, and what a person may let through."""

from dataclasses import dataclass

import pytest
from dagster import AssetCheckEvaluation, AssetCheckSeverity, Definitions

from expectations import Gate, GateResult
from expectations.engine.gate import State
from expectations.engine.rules import NoOffenders
from expectations.engine.verdicts import Verdicts
from orchestration.gates import gate_checks
from orchestration.run import Run
from warehouse.history import run_gates, run_steps
from warehouse.settings import Settings

RUN_ID = "00000000-0000-4000-8000-000000000002"


@dataclass(frozen=True)
class Says(Gate):
    """A gate that says what it is told to."""

    results: tuple[GateResult, ...] = ()

    def run(self, settings: Settings, profile: str) -> list[GateResult]:
        return list(self.results)


def gate(*results: GateResult) -> Says:
    return Says("scores", "before_ml", "Scores", "...", lambda _: [], results)


def result(entry: str, state: State) -> GateResult:
    return GateResult("scores", entry, state, "block", "1", "at most 0", "A sentence.")


def checked(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    judged_by: Gate,
    *accepted: str,
) -> AssetCheckEvaluation:
    """Judge by this one gate, and give back what Dagster then shows of it."""
    monkeypatch.setattr("orchestration.gates.discover", lambda: [judged_by])
    reasons = [
        {"gate": "scores", "entry": name, "reason": "we know"} for name in accepted
    ]
    run = Run(data_dir=str(settings.data_dir), accepted=reasons)
    defs = Definitions(asset_checks=[gate_checks("before_ml")], resources={"run": run})
    job = defs.resolve_implicit_global_asset_job_def()
    ran = job.execute_in_process(run_id=RUN_ID, raise_on_error=False)
    return ran.get_asset_check_evaluations()[0]


def states(settings: Settings) -> dict[str, str]:
    return {row["entry"]: row["state"] for row in run_gates(settings, RUN_ID)}


def test_an_accepted_entry_passes_and_says_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = gate(result("ranking", "failed"), result("range", "passed"))
    assert checked(settings, monkeypatch, broken, "ranking").passed
    assert states(settings) == {"ranking": "accepted", "range": "passed"}
    assert "let nothing through" not in run_steps(settings, RUN_ID)[0]["detail"]


def test_what_nobody_judged_cannot_be_accepted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = NoOffenders(
        entry="ranking", expects="...", table="ml.x", remedy="...", offenders=""
    )
    unjudged = Verdicts("scores").unjudged(rule, "no such table")
    crash = Gate("scores", "before_ml", "...", "...", lambda _: []).run(
        settings, "no such profile"
    )
    found = checked(settings, monkeypatch, gate(unjudged, *crash), "gate", "ranking")
    assert not found.passed
    assert states(settings) == {"ranking": "failed", "gate": "failed"}
    detail = run_steps(settings, RUN_ID)[0]["detail"]
    assert "scores:gate let nothing through" in detail


def test_an_acceptance_that_matched_nothing_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(settings, monkeypatch, gate(result("range", "passed")), "rnage", "range")
    detail = run_steps(settings, RUN_ID)[0]["detail"]
    for entry in ("rnage", "range"):
        assert f"--accept scores:{entry} let nothing through" in detail


def test_a_gate_that_judged_nothing_does_not_look_passed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = gate(result("range", "not applicable"), result("rank", "not applicable"))
    found = checked(settings, monkeypatch, silent)
    assert found.passed
    assert found.description == (
        "Not applicable: nothing was judged. 2 not applicable."
    )
    assert not [name for name in found.metadata if name.startswith("failed: ")]


def test_a_gate_without_an_entry_fails(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(settings, monkeypatch, gate())
    assert not found.passed
    assert found.severity == AssetCheckSeverity.ERROR
    assert "no entry" in str(found.description)


def test_a_warning_is_shown_as_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = gate(result("range", "warned"), result("rank", "not applicable"))
    found = checked(settings, monkeypatch, mixed)
    assert (found.passed, found.severity) == (False, AssetCheckSeverity.WARN)
    assert found.description == "Warned: range. 1 not applicable, 1 warned."


def test_what_is_wrong_is_read_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = gate(
        *(result("a", "passed"), result("b", "warned"), result("c", "failed")),
        result("d", "failed"),
    )
    found = checked(settings, monkeypatch, mixed)
    assert found.description == (
        "Failed: c, d. Warned: b. 2 failed, 1 passed, 1 warned."
    )
    assert list(found.metadata)[:3] == ["failed: c", "failed: d", "warned: b"]
    assert found.metadata["failed: c"].value == (
        "A sentence. Observed 1, allowed at most 0."
    )
    assert found.metadata["failed_count"].value == 2
    entries = str(found.metadata["entries"].value)
    assert entries.index("| d |") < entries.index("| b |") < entries.index("| a |")
