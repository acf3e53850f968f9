"""What each key of an entry of segments.yml may say; `where` is judged elsewhere.

The same shape is in models/segments/segments.schema.json, for editors.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse.predicates import hint

KINDS = ("rule", "score", "cluster", "catch_all")
SOURCES = ("web", "esp")
NEEDED = ("name", "label", "description", "owner", "kind", "priority", "expected_share")
OPTIONAL = (
    "where",
    "exclusive_group",
    "may_overlap",
    "source",
    "destinations",
    "live",
    "reentry",
)
KNOWN = (*NEEDED, *OPTIONAL)
TEXTS = ("name", "label", "description", "owner", "exclusive_group")
# When somebody who left may be a member again; the third has a number of days.
REENTRIES = ("always", "once")
AFTER_DAYS = "after_days"
NAME = re.compile(r"[a-z][a-z0-9_]*")

Definition = Mapping[str, Any]


def key_mistakes(entry: Definition, names: Sequence[str]) -> Iterator[str]:
    """The mistakes of an entry's keys, each the end of a sentence about the segment.

    `names` are those of all entries.
    """
    for key in NEEDED:
        if key not in entry:
            yield f"has no `{key}`."
    for key in entry:
        if key not in KNOWN:
            yield f"has the unknown key `{key}`. {hint(str(key), KNOWN)}"
    yield from _value_mistakes(entry)
    yield from _share_mistakes(entry)
    yield from _overlap_mistakes(entry, names)
    yield from _destination_mistakes(entry)
    yield from _live_mistakes(entry)
    yield from _reentry_mistakes(entry)


def _value_mistakes(entry: Definition) -> Iterator[str]:
    for key in TEXTS:
        if key in entry and not isinstance(entry[key], str):
            yield f"has the {key} `{entry[key]}`, which is no text."
        elif key in entry and not entry[key].strip():
            yield f"has an empty {key}."
    if "priority" in entry and type(entry["priority"]) is not int:
        yield f"has the priority `{entry['priority']}`, which is no whole number."
    if "kind" in entry and entry["kind"] not in KINDS:
        yield f"has the kind `{entry['kind']}`. {hint(str(entry['kind']), KINDS)}"
    if entry.get("source", "web") not in SOURCES:
        source = entry["source"]
        yield f"has the source `{source}`. {hint(str(source), SOURCES)}"


def _share_mistakes(entry: Definition) -> Iterator[str]:
    share = entry.get("expected_share", [0, 1])
    if not (
        isinstance(share, list)
        and len(share) == 2
        and all(type(bound) in (int, float) for bound in share)
        and 0 <= share[0] <= share[1] <= 1
    ):
        yield f"has the expected_share {share}; it is [least, most] between 0 and 1."


def _overlap_mistakes(entry: Definition, names: Sequence[str]) -> Iterator[str]:
    others = entry.get("may_overlap", [])
    if not isinstance(others, list):
        yield f"has the may_overlap `{others}`; it is a list of segments."
        return
    for other in others:
        if str(other) not in names:
            known = hint(str(other), names)
            yield f"may overlap `{other}`, which is no segment. {known}"


def _destination_mistakes(entry: Definition) -> Iterator[str]:
    given = entry.get("destinations", [])
    if not isinstance(given, list):
        yield f"has the destinations `{given}`; it is a list of names."
        return
    for position, one in enumerate(given):
        if not isinstance(one, str) or not NAME.fullmatch(one):
            yield (
                f"has the destination `{one}`; a destination's name is of lower-case"
                " letters, digits and underscores."
            )
        elif one in given[:position]:
            yield f"names the destination `{one}` more than once."


def _live_mistakes(entry: Definition) -> Iterator[str]:
    live = entry.get("live", False)
    if not isinstance(live, bool):
        yield f"has the live `{live}`; it is true or false."
    elif live and entry.get("kind") in KINDS[1:]:
        yield (
            f"is live and of kind `{entry['kind']}`; only a `rule` can be live: what a"
            " model or all other segments say is known by the run."
        )


def _reentry_mistakes(entry: Definition) -> Iterator[str]:
    given = entry.get("reentry", "always")
    allowed = "it is `always`, `once` or `{after_days: N}`"
    if isinstance(given, Mapping):
        for key in given:
            if key != AFTER_DAYS:
                known = hint(str(key), (AFTER_DAYS,))
                yield f"has the unknown key `{key}` in its reentry. {known}"
        days = given.get(AFTER_DAYS, 1)
        if not given:
            yield f"has an empty reentry; {allowed}."
        elif type(days) is not int or days < 1:
            yield f"has the after_days `{days}`, which is no whole number from 1 on."
    elif given not in REENTRIES:
        known = hint(str(given), (*REENTRIES, AFTER_DAYS))
        yield f"has the reentry `{given}`; {allowed}. {known}"
