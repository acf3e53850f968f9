"""A gate's results as the UI shows them: what is wrong first, then everything."""

from collections.abc import Mapping, Sequence
from typing import Any

from dagster import MetadataValue

NOT_APPLICABLE = "not applicable"
# The order in which a person wants to read them.
STATES = ("failed", "warned", "accepted", "passed", NOT_APPLICABLE)
TROUBLES = STATES[:3]
Row = Mapping[str, Any]


def verdict(results: Sequence[Row]) -> str:
    """One sentence or two: which entries failed or warned, and how many did not."""
    if not results:
        return "Failed: the gate has no entry, so it guards nothing."
    if {row["state"] for row in results} == {NOT_APPLICABLE}:
        return f"Not applicable: nothing was judged. {tally(results)}."
    named = [
        f"{state.capitalize()}: {', '.join(entries)}."
        for state in TROUBLES
        if (entries := [row["entry"] for row in results if row["state"] == state])
    ]
    return " ".join([*named, f"{tally(results)}."])


def shown(results: Sequence[Row]) -> dict[str, Any]:
    """The metadata of a check: a line for each trouble, counts to plot, all entries."""
    states = [str(row["state"]) for row in results]
    troubles = {
        f"{row['state']}: {row['entry']}": "{message} Observed {observed},"
        " allowed {allowed}.".format(**row)
        for row in _sorted(results)
        if row["state"] in TROUBLES
    }
    counts = {f"{state}_count": states.count(state) for state in TROUBLES}
    return {**troubles, **counts, "entries": MetadataValue.md(_table(results))}


def tally(results: Sequence[Row]) -> str:
    """How many entries ended in which state."""
    states = [str(row["state"]) for row in results]
    return ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))


def _table(results: Sequence[Row]) -> str:
    lines = ["| entry | state | observed | allowed | |", "|---|---|---|---|---|"]
    lines += [
        "| {entry} | {state} | {observed} | {allowed} | {message} |".format(**row)
        for row in _sorted(results)
    ]
    return "\n".join(lines)


def _sorted(results: Sequence[Row]) -> list[Row]:
    return sorted(results, key=lambda row: STATES.index(row["state"]))
