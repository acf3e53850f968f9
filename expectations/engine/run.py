"""Runs one gate: asks what can be judged, has it judged, and tells the rest."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from expectations.engine.former import attach_former
from expectations.engine.personal import refuse_personal_columns
from expectations.engine.profiles import load_profile
from expectations.engine.shop import Shop, missing_table
from warehouse.connection import connect

if TYPE_CHECKING:
    from pathlib import Path

    from expectations.engine.gate import Gate, GateResult
    from expectations.engine.rules import Rule
    from warehouse.settings import Settings


def judge(
    gate: Gate, settings: Settings, gates_dir: Path, profile: str
) -> list[GateResult]:
    """The results of every rule of the gate, in the order of the rules.

    Raises:
        TesseraError: the database or the profile is not there.
        Exception: whatever a gate's own code raises; `Gate.run` makes it a failure.
    """
    docs_dir = gates_dir / gate.name
    shutil.rmtree(docs_dir, ignore_errors=True)
    expected = load_profile(profile)
    with closing(connect(settings.build_path, read_only=True)) as connection:
        shop = Shop(connection, expected, attach_former(connection, settings))
        return _judge_rules(gate, shop, docs_dir)


@dataclass(frozen=True)
class Triage:
    """The rules to judge; of the others, by entry, the reason or the error."""

    judged: list[Rule] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def _judge_rules(gate: Gate, shop: Shop, docs_dir: Path) -> list[GateResult]:
    from expectations.engine.validation import SILENCE, validate
    from expectations.engine.verdicts import Verdicts

    rules = list(gate.rules(shop))
    triage = _triage(rules, shop)
    outcomes = validate(triage.judged, shop.connection, gate.name, docs_dir)
    verdicts = Verdicts(gate.name)
    results: list[GateResult] = []
    for rule in rules:
        if rule.entry in triage.reasons:
            results.append(verdicts.not_applicable(rule, triage.reasons[rule.entry]))
        elif rule.entry in triage.errors:
            results.append(verdicts.unjudged(rule, triage.errors[rule.entry]))
        else:
            results += verdicts.of(rule, outcomes.get(rule.entry, SILENCE))
    return results


def _triage(rules: list[Rule], shop: Shop) -> Triage:
    triage = Triage()
    for rule in rules:
        try:
            reason = _reason(rule, shop)
        except Exception as error:
            triage.errors[rule.entry] = str(error)
        else:
            if reason is None:
                triage.judged.append(rule)
            else:
                triage.reasons[rule.entry] = reason
    return triage


def _reason(rule: Rule, shop: Shop) -> str | None:
    """Why the rule cannot be judged on this data, or None."""
    refuse_personal_columns(rule)
    if not shop.has(rule.table):
        raise missing_table(rule.table)
    reason = shop.value(rule.unless) if rule.unless else None
    return None if reason is None else str(reason)
