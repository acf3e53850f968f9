"""The clauses of each rule, as the ledger of memberships asks for them one by one."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from warehouse.clauses import clauses
from warehouse.segments.keys import Definition
from warehouse.segments.references import CALL, REFERABLE, rivals

HELD = "held"
"""The column with the list of segments that a customer is in."""


class Judged(NamedTuple):
    """A clause as it is told, and as SQL that asks the list `held` for segments."""

    text: str
    sql: str


class Rule(NamedTuple):
    """What a segment's members are judged by."""

    clauses: list[Judged]
    rivals: list[str]


def clauses_json(definitions_json: str) -> str:
    """`rules` for dbt, which hands over the entries as JSON, and takes them so."""
    found = rules(json.loads(definitions_json))
    told = {
        name: {
            "clauses": [clause._asdict() for clause in rule.clauses],
            "rivals": rule.rivals,
        }
        for name, rule in found.items()
    }
    return json.dumps(told)


def rules(entries: Sequence[Definition]) -> dict[str, Rule]:
    """By name, what each segment with a rule of its own asks for: the clauses of its
    predicate, and that no rival of its group claims the customer.

    Raises:
        ValueError: a predicate is none; `warehouse.predicates` tells why.
    """
    found = {}
    for entry in entries:
        if entry["kind"] not in REFERABLE:
            continue
        others = rivals(entry, entries)
        texts = [clause.text for clause in clauses(str(entry["where"]))]
        texts += [f"not_in_segment('{other}')" for other in others]
        judged = [Judged(text, f"coalesce({_asking(text)}, false)") for text in texts]
        found[str(entry["name"])] = Rule(judged, others)
    return found


def _asking(text: str) -> str:
    """A clause in which each reference looks into the list."""
    return CALL.sub(
        lambda call: f"({'not ' if call[1] else ''}list_contains({HELD}, '{call[2]}'))",
        text,
    )
