"""The three shapes of a rule, as plain data: no Great Expectations needed to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from expectations.engine.gate import Severity

Unit = Literal["rows", "share", "days", "number"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One entry of a gate.

    Attributes:
        entry: its short name, as in `--accept GATE:ENTRY`.
        expects: what must hold, as a sentence; it names the expectation too.
        table: `schema.table` that the rule is about; must exist.
        remedy: what to do where it does not hold.
        severity: `block` stops publication, `warn` is told and lets go.
        unless: SQL of one value: the reason why this cannot be judged, or null.
    """

    entry: str
    expects: str
    table: str
    remedy: str
    severity: Severity = "block"
    unless: str | None = None


@dataclass(frozen=True, kw_only=True)
class NoOffenders(Rule):
    """Holds where `offenders` returns no row. Select ids and numbers, nothing else.

    `noun` is what such a row is, in the singular. Where there is a column `told`
    (varchar), it is what a person reads of the row; else its columns are listed.
    """

    offenders: str
    noun: str = "row"


@dataclass(frozen=True, kw_only=True)
class WithinBounds(Rule):
    """Holds where each row of `measures` lies within its bounds.

    Columns, in any order: `item` (varchar; null for the only one), `observed`,
    `minimum`, `maximum` (doubles; a null bound is open), `reason` (varchar: why this
    item cannot be judged, else null). A breach is named `ENTRY:ITEM`.

    Two more where they help: `told` (varchar: a breach of this item as a sentence for a
    person) and `lenience` (varchar: why a breach of this item only warns, else null).
    """

    measures: str
    unit: Unit = "number"


@dataclass(frozen=True, kw_only=True)
class Standard(Rule):
    """One of Great Expectations' own, by class name. Columns of ids or numbers only."""

    expectation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
