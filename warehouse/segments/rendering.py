"""Segments as SQL: the one statement by which batch, live engine and previews judge."""

import json
from collections.abc import Sequence

from warehouse.segments.keys import Definition
from warehouse.segments.references import Mark, rivals, steps, with_marks


def claiming(entries: Sequence[Definition]) -> list[Definition]:
    """The segments with a predicate, the first by priority first."""
    own = (one for one in entries if one["kind"] != "catch_all")
    return sorted(own, key=lambda one: int(one["priority"]))


def flags_json(definitions_json: str, relation: str) -> str:
    """`flags_sql` for dbt, which hands over the entries as JSON."""
    return flags_sql(json.loads(definitions_json), relation)


def flags_sql(entries: Sequence[Definition], relation: str) -> str:
    """One row a customer of `relation`: a boolean a segment, under its name.

    Each step adds columns to the one before: `_x` says that the predicate of `x` holds,
    `x` that the customer is a member. Where no segment refers to another there are two
    steps, however many segments there are.

    Raises:
        graphlib.CycleError: two segments hang on each other.
    """
    by_name = {str(one["name"]): one for one in claiming(entries)}
    ctes, before = [], relation
    for number, marks in enumerate(steps(list(by_name.values())), start=1):
        columns = ",\n        ".join(
            _column(mark, by_name[mark.segment], list(by_name.values()))
            for mark in marks
        )
        ctes.append(
            f"step_{number} as (\n    select\n        *,\n        {columns}\n"
            f"    from {before}\n)"
        )
        before = f"step_{number}"
    names = "".join(f"    {name},\n" for name in by_name)
    return (
        "with "
        + ",\n\n".join(ctes)
        + "\n\nselect\n    customer_id,\n    as_of_at,\n"
        + f"{names}    cluster_name\nfrom {before}"
    )


def _column(mark: Mark, entry: Definition, entries: Sequence[Definition]) -> str:
    """Within an exclusive group the first by priority claims, the others not."""
    if not mark.is_member:
        where = with_marks(str(entry["where"]).strip())
        return f"coalesce(({where}), false) as _{mark.segment}"
    marks = [f"_{name}" for name in [mark.segment, *rivals(entry, entries)]]
    return f"{' and not '.join(marks)} as {mark.segment}"
