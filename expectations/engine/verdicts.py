"""From a raw outcome to sentences: what was seen, what is allowed, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from expectations.engine.custom import is_breach
from expectations.engine.gate import GateResult, State
from expectations.engine.rules import NoOffenders, Rule, Unit, WithinBounds
from expectations.engine.validation import Outcome
from expectations.engine.words import sentence, several, shown

EXAMPLES = 3
NONE = "none"


@dataclass(frozen=True)
class Verdicts:
    """Writes the results of one gate."""

    gate: str

    def not_applicable(self, rule: Rule, reason: str, item: str = "") -> GateResult:
        """Nothing to judge, and why."""
        return self._result(
            rule, "not applicable", "nothing to judge", "", reason, item
        )

    def unjudged(self, rule: Rule, error: str) -> GateResult:
        """The rule could not be looked at: failed, whatever its severity."""
        message = f"{rule.expects}: this could not be judged. {first_line(error)}"
        result = self._result(rule, "failed", "an error", "a verdict", message)
        return replace(result, is_judged=False)

    def of(self, rule: Rule, outcome: Outcome) -> list[GateResult]:
        """The results of one rule that was judged."""
        if outcome.error is not None:
            return [self.unjudged(rule, outcome.error)]
        if isinstance(rule, WithinBounds):
            return self._measured(rule, outcome.result["details"]["measures"])
        if outcome.success:
            return [self._passed(rule, _observed(rule, outcome.result), NONE)]
        return [self._offended(rule, outcome.result)]

    def _offended(self, rule: Rule, result: Mapping[str, Any]) -> GateResult:
        message = (
            f"Expected: {sentence(rule.expects)} {_examples(rule, result)}"
            f"{sentence(rule.remedy)}"
        )
        return self._broken(rule, _observed(rule, result), NONE, message)

    def _measured(
        self, rule: WithinBounds, measures: Sequence[Mapping[str, Any]]
    ) -> list[GateResult]:
        skipped = [row for row in measures if row["reason"] is not None]
        breaches = [row for row in measures if is_breach(row)]
        fine = [row for row in measures if row not in skipped and row not in breaches]
        results = [self._breach(rule, row) for row in breaches]
        if fine and not breaches:
            results.append(self._within(rule, fine))
        for row in skipped:
            results.append(
                self.not_applicable(rule, row["reason"], item=row["item"] or "")
            )
        return results or [self.not_applicable(rule, "there was nothing to measure")]

    def _breach(self, rule: WithinBounds, row: Mapping[str, Any]) -> GateResult:
        observed, allowed = shown(row["observed"], rule.unit), _allowed(row, rule.unit)
        about = f" ({row['item']})" if row["item"] else ""
        told = row["told"] or (
            f"Expected: {rule.expects}{about}: {allowed}, and it is {observed}"
        )
        message = f"{sentence(told)} {sentence(rule.remedy)}"
        if row["lenience"]:
            rule = replace(rule, severity="warn")
            message += f" It stops nothing, because {sentence(row['lenience'])}"
        return self._broken(rule, observed, allowed, message, row["item"] or "")

    def _within(
        self, rule: WithinBounds, fine: Sequence[Mapping[str, Any]]
    ) -> GateResult:
        if len(fine) == 1:
            row = fine[0]
            about = f"{row['item']}: " if row["item"] else ""
            seen = about + shown(row["observed"], rule.unit)
            return self._passed(rule, seen, _allowed(row, rule.unit))
        seen = f"all {len(fine)} within their bounds"
        return self._passed(rule, seen, "each within its bounds")

    def _passed(self, rule: Rule, observed: str, allowed: str) -> GateResult:
        return self._result(rule, "passed", observed, allowed, sentence(rule.expects))

    def _broken(
        self, rule: Rule, observed: str, allowed: str, message: str, item: str = ""
    ) -> GateResult:
        state: State = "failed" if rule.severity == "block" else "warned"
        return self._result(rule, state, observed, allowed, message, item)

    def _result(
        self,
        rule: Rule,
        state: State,
        observed: str,
        allowed: str,
        message: str,
        item: str = "",
    ) -> GateResult:
        return GateResult(
            gate=self.gate,
            entry=f"{rule.entry}:{item}" if item else rule.entry,
            state=state,
            severity=rule.severity,
            observed=observed,
            allowed=allowed,
            message=message,
        )


def first_line(error: str) -> str:
    """An error without its trail."""
    return next((line for line in error.splitlines() if line.strip()), error)


def _allowed(row: Mapping[str, Any], unit: Unit) -> str:
    least, most = row["minimum"], row["maximum"]
    if least is None and most is None:
        return "any value"
    if least is None:
        return f"at most {shown(most, unit)}"
    if most is None:
        return f"at least {shown(least, unit)}"
    if least == most:
        return f"exactly {shown(most, unit)}"
    return f"{shown(least, unit)} to {shown(most, unit)}"


def _observed(rule: Rule, result: Mapping[str, Any]) -> str:
    """So many against it; of what counts nothing, the value that it looked at."""
    if "unexpected_count" not in result:
        return str(result.get("observed_value", "not told"))
    noun = rule.noun if isinstance(rule, NoOffenders) else "row"
    count = int(result["unexpected_count"])
    return several(count, noun) if count else NONE


def _examples(rule: Rule, result: Mapping[str, Any]) -> str:
    """The first few: sentences where the rule tells them, else ids in brackets."""
    kept = [str(one) for one in result.get("partial_unexpected_list", [])[:EXAMPLES]]
    if not kept:
        return ""
    if not result.get("details", {}).get("is_told"):
        listed = ", ".join(f"({one})" for one in kept)
        return f"Against it: {_observed(rule, result)}, for example {listed}. "
    more = int(result["unexpected_count"]) - len(kept)
    end = f" And {more:,} more. " if more else " "
    return " ".join(sentence(one) for one in kept) + end
