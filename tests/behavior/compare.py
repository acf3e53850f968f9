"""Compares whole tables, and tells a difference by its row and its cells."""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.behavior.shop import Row, counted, frozen

SHOWN = 4
# What tells a row of each table from the others, for the one who reads a difference.
NAMES = (
    "order_id",
    "record_id",
    "visitor_id",
    "occurred_at",
    "occurred_on",
    "started_at",
)


def differences(
    name: str, standing: Sequence[Row], wanted: Sequence[Row], columns: Sequence[str]
) -> list[str]:
    """One sentence for each of the first rows that stand in one table alone."""
    ours, theirs = counted(standing, columns), counted(wanted, columns)
    extra = [dict(row) for row in sorted((ours - theirs).elements(), key=repr)]
    missing = [dict(row) for row in sorted((theirs - ours).elements(), key=repr)]
    if not extra and not missing:
        return []
    told = [f"{name}: {len(extra)} rows stand alone, {len(missing)} are missing"]
    told += [_nearest(row, missing) for row in extra[:SHOWN]]
    return told + [f"  missing: {row}" for row in missing[: SHOWN - len(extra)]]


def _nearest(row: dict[str, Any], others: Iterable[dict[str, Any]]) -> str:
    """The cells in which a row differs from the missing row that is most like it."""
    best = max(others, key=lambda other: _likeness(row, other), default=None)
    if best is None:
        return f"  stands alone: {row}"
    cells = {key: (row[key], best[key]) for key in row if row[key] != best[key]}
    names = {key: frozen(row[key]) for key in NAMES if key in row}
    return f"  {names}: stands and should be {cells}"


def _likeness(row: dict[str, Any], other: dict[str, Any]) -> int:
    return sum(row[key] == other[key] for key in row)
