"""Judges one entry of a gate: the others would only cost time."""

from dataclasses import replace

import expectations
from expectations import Gate, GateResult
from warehouse.settings import Settings

GATES = {gate.name: gate for gate in expectations.discover()}


def judge(place: str, settings: Settings) -> GateResult:
    """The result of `GATE ENTRY[:ITEM]`, from a gate that holds this one rule."""
    name, _, entry = place.partition(" ")
    results = _only(GATES[name], entry.split(":")[0]).run(settings, "simulated")
    return next(result for result in results if result.entry == entry)


def _only(gate: Gate, entry: str) -> Gate:
    return replace(
        gate,
        rules=lambda shop: [rule for rule in gate.rules(shop) if rule.entry == entry],
    )
