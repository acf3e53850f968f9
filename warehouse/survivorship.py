"""The entries of survivorship.yml, and every mistake in them, before any build."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse.predicates import hint

PLACE = "models/identity/survivorship.yml"
NEEDED = ("name", "attributes", "criteria")
KNOWN = (*NEEDED, "source_trust")
CRITERIA = ("verified", "source_trust", "recency", "completeness", "frequency")
SOURCES = ("shop", "crm", "esp", "web")
# Of what sources tell a proof: models/identity/verified_emails.sql.
VERIFIABLE = "email"

Group = Mapping[str, Any]


def mistakes(groups_json: str, attributes_json: str) -> str:
    """Every mistake of the groups, a sentence a line; empty where there is none.

    `groups_json` is the list of entries, `attributes_json` the list of all attributes
    of a profile, each of which belongs to one group.
    """
    found = _mistakes(json.loads(groups_json), json.loads(attributes_json))
    return "\n".join(f"{PLACE}: {mistake}" for mistake in found)


def _mistakes(groups: Any, attributes: Sequence[str]) -> Iterator[str]:
    if not isinstance(groups, list) or not groups:
        yield "`survivorship` under `config: meta:` is no list of groups."
        return
    entries = [group for group in groups if isinstance(group, dict)]
    yield from _repeated_names(entries)
    yield from _coverage_mistakes(entries, attributes)
    for position, group in enumerate(groups, start=1):
        if not isinstance(group, dict):
            yield f"entry {position} is `{group}`, and not a list of keys."
            continue
        label = group.get("name") or f"number {position}"
        for mistake in _group_mistakes(group, attributes):
            yield f"group `{label}` {mistake}"


def _repeated_names(groups: Sequence[Group]) -> Iterator[str]:
    counts = Counter(str(group["name"]) for group in groups if "name" in group)
    for name, count in counts.items():
        if count > 1:
            yield f"{count} groups have the name `{name}`; each needs its own."


def _coverage_mistakes(
    groups: Sequence[Group], attributes: Sequence[str]
) -> Iterator[str]:
    """An attribute in no group would vanish; one in two would have two survivors."""
    counts = Counter(name for group in groups for name in _texts(group, "attributes"))
    for attribute in attributes:
        if counts[attribute] == 0:
            yield f"the attribute `{attribute}` is in no group; each needs one."
        elif counts[attribute] > 1:
            times = counts[attribute]
            yield f"the attribute `{attribute}` is named {times} times; once is enough."


def _group_mistakes(group: Group, attributes: Sequence[str]) -> Iterator[str]:
    for key in NEEDED:
        if key not in group:
            yield f"has no `{key}`."
    for key in group:
        if key not in KNOWN:
            yield f"has the unknown key `{key}`. {hint(str(key), KNOWN)}"
    if "name" in group and not re.fullmatch(r"[a-z][a-z0-9_]*", str(group["name"])):
        yield "needs a name of lower-case letters, digits and underscores."
    yield from _list_mistakes(group, "attributes", attributes)
    yield from _list_mistakes(group, "criteria", CRITERIA)
    yield from _list_mistakes(group, "source_trust", SOURCES)
    yield from _repetitions(group, "criteria")
    yield from _repetitions(group, "source_trust")
    yield from _agreement_mistakes(group)


def _list_mistakes(group: Group, key: str, known: Sequence[str]) -> Iterator[str]:
    values = group.get(key, [])
    if not isinstance(values, list) or (key in group and not values):
        yield f"has the {key} `{values}`; it is a list of {_plain(known)}."
        return
    for value in values:
        if value not in known:
            yield f"names `{value}` in {key}. {hint(str(value), known)}"


def _repetitions(group: Group, key: str) -> Iterator[str]:
    for value, count in Counter(_texts(group, key)).items():
        if count > 1:
            yield f"names `{value}` {count} times in {key}; the first decides."


def _agreement_mistakes(group: Group) -> Iterator[str]:
    """What one key says must be what another one can use."""
    criteria = _texts(group, "criteria")
    if "source_trust" in criteria and "source_trust" not in group:
        yield "asks for source_trust, and has no list `source_trust` of sources."
    if "source_trust" in group and "source_trust" not in criteria:
        yield "lists source_trust, and does not ask for it among its criteria."
    if "verified" in criteria and VERIFIABLE not in _texts(group, "attributes"):
        yield f"asks for verified; no source proves anything but `{VERIFIABLE}`."


def _texts(group: Group, key: str) -> list[str]:
    values = group.get(key)
    return [str(value) for value in values] if isinstance(values, list) else []


def _plain(known: Sequence[str]) -> str:
    return ", ".join(f"`{one}`" for one in known)
