"""Runs one gate: asks what can be judged, has it judged, and tells the rest."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from expectations.engine.profiles import load_profile
from expectations.engine.shop import Shop, missing_table
from warehouse.connection import connect

if TYPE_CHECKING:
    from pathlib import Path

    from expectations.engine.gate import Gate, GateResult
    from expectations.engine.rules import Rule
    from warehouse.settings import Settings

DOCS_FOLDER = "gates"


def judge(gate: Gate, settings: Settings, profile: str) -> list[GateResult]:
    """The results of every rule of the gate, in the order of the rules.

    Raises:
        TesseraError: the database or the profile is not there.
        Exception: whatever a gate's own code raises; `Gate.run` makes it a failure.
    """
    expected = load_profile(profile)
    with closing(connect(settings.build_path, read_only=True)) as connection:
        shop = Shop(connection, expected)
        return _judge_rules(gate, shop, settings.reports_dir / DOCS_FOLDER / gate.name)


def _judge_rules(gate: Gate, shop: Shop, docs_dir: Path) -> list[GateResult]:
    from expectations.engine.validation import Outcome, validate
    from expectations.engine.verdicts import Verdicts

    rules = list(gate.rules(shop))
    reasons, errors = _set_aside(rules, shop)
    judged = [r for r in rules if r.entry not in reasons and r.entry not in errors]
    shutil.rmtree(docs_dir, ignore_errors=True)
    outcomes = (
        validate(judged, shop.connection, gate_name=gate.name, docs_dir=docs_dir)
        if judged
        else {}
    )
    silent = Outcome(success=False, result={}, error="Great Expectations said nothing.")
    verdicts = Verdicts(gate.name)
    results: list[GateResult] = []
    for rule in rules:
        if rule.entry in reasons:
            results.append(verdicts.not_applicable(rule, reasons[rule.entry]))
        elif rule.entry in errors:
            results.append(verdicts.unjudged(rule, errors[rule.entry]))
        else:
            results += verdicts.of(rule, outcomes.get(rule.entry, silent))
    return results


def _set_aside(rules: list[Rule], shop: Shop) -> tuple[dict[str, str], dict[str, str]]:
    """By entry: why it cannot be judged, and what went wrong while asking."""
    reasons: dict[str, str] = {}
    errors: dict[str, str] = {}
    for rule in rules:
        try:
            reason = _reason(rule, shop)
        except Exception as error:
            errors[rule.entry] = str(error)
        else:
            if reason is not None:
                reasons[rule.entry] = reason
    return reasons, errors


def _reason(rule: Rule, shop: Shop) -> str | None:
    if not shop.has(rule.table):
        raise missing_table(rule.table)
    reason = shop.value(rule.unless) if rule.unless else None
    return None if reason is None else str(reason)
