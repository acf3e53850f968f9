"""The clauses of each rule, as the ledger of memberships asks for them one by one."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from warehouse.clauses import clauses, columns_asked
from warehouse.segments.keys import Definition
from warehouse.segments.references import CALL, REFERABLE, references, rivals

HELD = "held"
"""The column with the list of segments that a customer is in."""


class Judged(NamedTuple):
    """A clause as it is told, and as SQL that asks the list `held` for segments."""

    text: str
    sql: str


class Rule(NamedTuple):
    """What a segment's members are judged by.

    `asked` are the columns that it asks for, see `asked`.
    """

    clauses: list[Judged]
    rivals: list[str]
    asked: list[str]


def clauses_json(definitions_json: str) -> str:
    """`rules` for dbt, which hands over the entries as JSON, and takes them so."""
    found = rules(json.loads(definitions_json))
    told = {
        name: {
            "clauses": [clause._asdict() for clause in rule.clauses],
            "rivals": rule.rivals,
            "asked": rule.asked,
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
        where = str(entry["where"])
        texts = [clause.text for clause in clauses(where)]
        texts += [f"not_in_segment('{other}')" for other in others]
        judged = [Judged(text, f"coalesce({_asking(text)}, false)") for text in texts]
        found[str(entry["name"])] = Rule(judged, others, asked(where, entries))
    return found


def asked(where: str, entries: Sequence[Definition]) -> list[str]:
    """The columns that a predicate asks for, itself or by a segment that it names.

    In lower case, each once; those of its own come first.

    Raises:
        ValueError: a predicate is none; `warehouse.predicates` tells why.
    """
    by_name = {
        str(one["name"]): str(one["where"])
        for one in entries
        if one["kind"] in REFERABLE
    }
    wheres = [where]
    for one in wheres:
        named = [by_name[name] for name in references(one) if name in by_name]
        wheres += [other for other in named if other not in wheres]
    return list(dict.fromkeys(name for one in wheres for name in columns_asked(one)))


def _asking(text: str) -> str:
    """A clause in which each reference looks into the list."""
    return CALL.sub(
        lambda call: f"({'not ' if call[1] else ''}list_contains({HELD}, '{call[2]}'))",
        text,
    )
