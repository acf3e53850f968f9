"""How segments hang together: what one says of another, and who yields to whom.

`in_segment('x')` in a predicate means that the customer is a member of `x`, after
exclusive groups. So each segment has two marks: that its predicate holds, and that it
has the customer as a member. A predicate needs the membership of the segments that it
names; a membership needs the predicate, and those of the segments it yields to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from warehouse.clauses import called
from warehouse.predicates import REFERENCES, hint
from warehouse.segments.keys import NAME, Definition

# The parser has judged the predicate before: within a text no such call can stand, for
# the quote before the name would end the text.
CALL = re.compile(r"\b(not_)?in_segment\s*\(\s*'([a-z][a-z0-9_]*)'\s*\)", re.IGNORECASE)
# Only these have members that other predicates may ask for by name.
REFERABLE = ("rule", "score")


class Mark(NamedTuple):
    """Of a segment: that its predicate holds, or that the customer is a member."""

    segment: str
    is_member: bool


def references(where: str) -> list[str]:
    """The segments that a predicate names, each once, in the order of the text."""
    return list(dict.fromkeys(found[1] for found in CALL.findall(where)))


def with_marks(where: str) -> str:
    """A predicate in which each reference is the name of the segment's column."""
    return CALL.sub(
        lambda call: f"(not {call[2]})" if call[1] else f"({call[2]})", where
    )


def rivals(entry: Definition, entries: Sequence[Definition]) -> list[str]:
    """The segments of the same exclusive group that come first by priority."""
    group = entry.get("exclusive_group")
    if not group:
        return []
    return [
        str(other["name"])
        for other in sorted(entries, key=lambda one: int(one["priority"]))
        if other.get("exclusive_group") == group
        and other["priority"] < entry["priority"]
        and other["kind"] != "catch_all"
    ]


def needed(wheres: Iterable[str], entries: Sequence[Definition]) -> list[Definition]:
    """The segments that predicates name, and those that these hang on in their turn."""
    by_name = {str(one["name"]): one for one in entries}
    found: set[str] = set()
    open_names = {name for where in wheres for name in references(where)}
    while open_names:
        found |= open_names
        asked = [by_name[name] for name in open_names]
        open_names = {
            other
            for one in asked
            for other in [*references(str(one["where"])), *rivals(one, entries)]
        } - found
    return [one for name, one in by_name.items() if name in found]


def steps(entries: Sequence[Definition]) -> list[list[Mark]]:
    """The marks in an order in which each needs only those of the steps before.

    Raises:
        graphlib.CycleError: two segments hang on each other.
    """
    sorter = TopologicalSorter(_needs(entries))
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append(sorted(ready))
        sorter.done(*ready)
    return found


def reference_mistakes(where: str, entries: Sequence[Definition]) -> Iterator[str]:
    """What is wrong with the references of a predicate, each the end of a sentence."""
    kinds = {str(one.get("name")): one.get("kind") for one in entries}
    known = [name for name, kind in kinds.items() if kind in REFERABLE]
    if "in_segment" not in where.lower():
        return
    calls = [call for call in called(where) if call.name in REFERENCES]
    rendered = [name for _, name in CALL.findall(where)]
    for call in calls:
        name = call.text
        if name is None or (name in known and name not in rendered):
            yield f"uses `{call.name}` without one name in quotes: {call.name}('x')."
        elif name in known:
            continue
        elif kinds.get(name) == "catch_all":
            yield (
                f"refers to `{name}`, the catch_all, which is whoever no segment"
                " claims; name the segments."
            )
        elif kinds.get(name) == "cluster" or name.startswith("cluster_"):
            yield f"refers to `{name}`; write `cluster_name = '...'` for a cluster."
        elif not NAME.fullmatch(name) or name not in kinds:
            yield f"refers to `{name}`, which is no segment. {hint(name, known)}"


def cycle_mistakes(entries: Sequence[Definition]) -> Iterator[str]:
    """A sentence for each circle of segments that hang on each other."""
    sound = [one for one in entries if _is_sound(one)]
    needs = _needs(sound)
    while True:
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            circle = _from_the_first(error.args[1][::-1][:-1], list(needs))
            yield f"segment {_told(circle, sound)}."
            # Without this reference, are there others?
            needs[circle[0]] = needs[circle[0]] - {circle[1]}
        else:
            return


def _is_sound(entry: Definition) -> bool:
    """Whether an entry is of the types that the order needs; if not, that is told."""
    return (
        isinstance(entry.get("name"), str)
        and type(entry.get("priority")) is int
        and isinstance(entry.get("where"), str)
        and isinstance(entry.get("kind"), str)
        and isinstance(entry.get("exclusive_group", ""), str)
    )


def _needs(entries: Sequence[Definition]) -> dict[Mark, set[Mark]]:
    """What each mark needs; what is no segment is left out, being a mistake itself."""
    claiming = [one for one in entries if one["kind"] != "catch_all"]
    names = {str(one["name"]) for one in claiming}
    found: dict[Mark, set[Mark]] = {}
    for one in claiming:
        name = str(one["name"])
        named = names.intersection(references(one["where"]))
        found[Mark(name, False)] = {Mark(other, True) for other in named}
        found[Mark(name, True)] = {
            Mark(other, False) for other in [name, *rivals(one, claiming)]
        }
    return found


def _from_the_first(circle: Sequence[Mark], order: Sequence[Mark]) -> list[Mark]:
    """The circle, begun at the predicate that comes first in the file."""
    begin = min(
        (mark for mark in circle if not mark.is_member), key=lambda m: order.index(m)
    )
    place = circle.index(begin)
    return [*circle[place:], *circle[:place]]


def _told(circle: Sequence[Mark], entries: Sequence[Definition]) -> str:
    """The circle as a sentence: who refers to whom, and who yields to whom."""
    groups: Mapping[str, str] = {
        str(one["name"]): str(one.get("exclusive_group")) for one in entries
    }
    said = f"`{circle[0].segment}`"
    joint = ""
    for here, there in zip(circle, [*circle[1:], circle[0]], strict=True):
        if not here.is_member:
            own = there.segment == here.segment
            target = "itself" if own else f"`{there.segment}`"
            said += f"{joint} refers to {target}"
        elif here.segment != there.segment:
            group = groups[here.segment]
            said += f"{joint} yields to `{there.segment}` in the group `{group}`"
        joint = ", which"
    return said
