"""The contract: what a gate is, and what it says about each of its entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from expectations.engine.rules import Rule
    from expectations.engine.shop import Shop
    from warehouse.settings import Settings

Severity = Literal["block", "warn"]
Stage = Literal["before_ml", "after_ml"]
State = Literal["passed", "failed", "warned", "not applicable"]


@dataclass(frozen=True)
class GateResult:
    """One verdict. `--accept GATE:ENTRY` names it by `gate` and `entry`.

    `observed` and `allowed` are short phrases; `message` is a sentence for a person,
    with what to do where something is wrong. None of them holds personal data.
    `is_judged` is false where nobody could look: that no person can accept.
    """

    gate: str
    entry: str
    state: State
    severity: Severity
    observed: str
    allowed: str
    message: str
    is_judged: bool = True

    @property
    def is_blocking(self) -> bool:
        """Whether publication must stop unless a person accepts this entry."""
        return self.state == "failed"


@dataclass(frozen=True)
class Gate:
    """A named list of rules, judged together at one point of the run.

    `rules` is called with the open build database and the profile of the data.
    """

    name: str
    stage: Stage
    title: str
    description: str
    rules: Callable[[Shop], Sequence[Rule]]

    def run(self, settings: Settings, profile: str) -> list[GateResult]:
        """Judge every rule on the build database, read-only, and write Data Docs.

        Never raises: a gate that cannot do its work has not passed, so a crash is
        one failed result named `gate`. The pages lie in `reports_dir / "gates"`.
        """
        from expectations.engine.report import write_report
        from expectations.engine.run import judge

        gates_dir = settings.reports_dir / "gates"
        try:
            results = judge(self, settings, gates_dir, profile)
            write_report(self, gates_dir, profile, results)
        except Exception as error:
            results = [self._crash(error)]
            with suppress(OSError):
                write_report(self, gates_dir, profile, results)
        return results

    def _crash(self, error: Exception) -> GateResult:
        """The failed result that stands for the whole gate."""
        reason = " ".join(str(error).split()) or type(error).__name__
        return GateResult(
            gate=self.name,
            entry="gate",
            state="failed",
            severity="block",
            observed="the gate could not run",
            allowed="a gate that runs to its end",
            message=f"Nothing was judged, so nothing passed: {reason}",
            is_judged=False,
        )
