"""Segments as SQL: the one statement by which batch, live engine and previews judge."""

import json
from collections.abc import Mapping, Sequence

from warehouse.segments.keys import Definition
from warehouse.segments.references import Mark, needed, rivals, steps, with_marks


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
    own = claiming(entries)
    columns = ["customer_id", "as_of_at"]
    columns += [str(one["name"]) for one in own]
    return _select([*columns, "cluster_name"], *_steps(own, relation))


def memberships_sql(
    entries: Sequence[Definition], flags: str, kept: str = "customer_id"
) -> str:
    """One row a customer and segment of `flags`, which is as `flags_sql` makes it.

    `kept` are the columns beside `segment_name`.
    """
    own = claiming(entries)
    names = [str(one["name"]) for one in own]
    if not names:
        return f"select {kept}, {_catch_all(entries)} as segment_name from {flags}"
    named = "".join(
        f" when '{one['name']}' then {_name(one)}"
        for one in own
        if one["kind"] == "cluster"
    )
    name = (
        f"case segment_name{named} else segment_name end" if named else "segment_name"
    )
    return (
        f"select {kept}, {name} as segment_name from {flags}"
        f" unpivot (holds for segment_name in ({', '.join(names)})) where holds"
        f" union all select {kept}, {_catch_all(entries)} from {flags}"
        f" where not ({' or '.join(names)})"
    )


def primaries_sql(entries: Sequence[Definition], flags: str) -> str:
    """One row a customer of `flags`: of the segments that claim, the first."""
    claims = "".join(
        f" when {one['name']} then {_name(one)}" for one in claiming(entries)
    )
    name = _catch_all(entries)
    if claims:
        name = f"case{claims} else {name} end"
    return f"select customer_id, {name} as segment_name from {flags}"


def _name(entry: Definition) -> str:
    """The name of the membership, as SQL: a cluster's is the cluster's own, marked."""
    if entry["kind"] == "cluster":
        return "'cluster_' || cluster_name"
    return f"'{entry['name']}'"


def _catch_all(entries: Sequence[Definition]) -> str:
    (name,) = [_name(one) for one in entries if one["kind"] == "catch_all"]
    return name


def conditions_sql(
    conditions: Mapping[str, str],
    entries: Sequence[Definition],
    relation: str,
    kept: Sequence[str] = ("customer_id",),
) -> str:
    """One row a customer of `relation`: the columns kept, and a boolean a condition.

    `conditions` are predicates by the name of their column; they may refer to segments
    of `entries`, of which only those are judged that they need.

    Raises:
        graphlib.CycleError: two segments hang on each other.
    """
    asked = needed(conditions.values(), claiming(entries))
    columns = [*kept, *(_holds(where, name) for name, where in conditions.items())]
    return _select(columns, *_steps(asked, relation))


def _steps(entries: Sequence[Definition], relation: str) -> tuple[list[str], str]:
    """The steps as common table expressions, and the name of the last."""
    by_name = {str(one["name"]): one for one in entries}
    ctes, before = [], relation
    for number, marks in enumerate(steps(entries), start=1):
        columns = ",\n        ".join(
            _column(mark, by_name[mark.segment], entries) for mark in marks
        )
        ctes.append(
            f"step_{number} as (\n    select\n        *,\n        {columns}\n"
            f"    from {before}\n)"
        )
        before = f"step_{number}"
    return ctes, before


def _select(columns: Sequence[str], ctes: Sequence[str], last: str) -> str:
    listed = ",\n    ".join(columns)
    query = f"select\n    {listed}\nfrom {last}"
    if not ctes:
        return query
    return "with " + ",\n\n".join(ctes) + "\n\n" + query


def _column(mark: Mark, entry: Definition, entries: Sequence[Definition]) -> str:
    """Within an exclusive group the first by priority claims, the others not."""
    if not mark.is_member:
        return _holds(str(entry["where"]), f"_{mark.segment}")
    marks = [f"_{name}" for name in [mark.segment, *rivals(entry, entries)]]
    return f"{' and not '.join(marks)} as {mark.segment}"


def _holds(where: str, name: str) -> str:
    """A predicate as a column; what is unknown does not hold."""
    return f"coalesce(({with_marks(where.strip())}), false) as {name}"
