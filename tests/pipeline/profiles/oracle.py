"""Survivorship and consent in plain Python, as docs/profiles.md tells them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

ATTRIBUTES = (
    *("email", "phone", "first_name", "last_name", "birth_on"),
    *("street", "city", "postcode", "country_code"),
)
Group = Mapping[str, Any]


class Statement(NamedTuple):
    """What a record was seen with at a moment."""

    customer: str
    record: str
    source: str
    updated_at: datetime
    values: Mapping[str, str]


class Claim(NamedTuple):
    """What a record says of a group of attributes."""

    record: str
    source: str
    values: tuple[str | None, ...]
    updated_at: datetime


class Choice(NamedTuple):
    """A claim of a customer: its place, and the criterion by which it lost."""

    claim: Claim
    place: int
    lost_by: str | None
    is_same_value: bool


def plain(attribute: str, value: str | None) -> str:
    """A value without what people spell in many ways."""
    if value is None or attribute in ("email", "birth_on"):
        return value or ""
    if attribute == "phone":
        return re.sub(r"\D", "", value).lstrip("0")[-9:]
    letters = unicodedata.normalize("NFKD", value).lower()
    return "".join(letter for letter in letters if letter.isalnum())


def claims_of(group: Group, statements: Sequence[Statement]) -> list[Claim]:
    """One claim a record and set of values, as of when it was last seen with them."""
    newest: dict[tuple[str, str, tuple[str | None, ...]], datetime] = {}
    for one in statements:
        values = tuple(one.values.get(name) for name in group["attributes"])
        if any(value is not None for value in values):
            key = (one.record, one.source, values)
            newest[key] = max(newest.get(key, one.updated_at), one.updated_at)
    return [Claim(*key, updated_at) for key, updated_at in newest.items()]


def choices(
    group: Group, statements: Sequence[Statement], verified: frozenset[str]
) -> list[Choice]:
    """The claims on a group of one customer, the one that survives first."""
    claims = claims_of(group, statements)
    if not claims:
        return []

    def alike(claim: Claim) -> tuple[str, ...]:
        pairs = zip(group["attributes"], claim.values, strict=True)
        return tuple(plain(name, value) for name, value in pairs)

    def score(criterion: str, claim: Claim) -> Any:
        if criterion == "verified":
            return claim.values[0] in verified
        if criterion == "source_trust":
            trusted = group["source_trust"]
            place = trusted.index(claim.source) if claim.source in trusted else 99
            return -place
        if criterion == "recency":
            return claim.updated_at
        if criterion == "frequency":
            return len({one.record for one in claims if alike(one) == alike(claim)})
        return sum(value is not None for value in claim.values)

    ordered = sorted(claims, key=lambda one: [value or "" for value in one.values])
    ordered.sort(key=lambda one: one.record)
    for criterion in reversed(group["criteria"]):
        ordered.sort(key=lambda one: score(criterion, one), reverse=True)
    best = ordered[0]

    def lost_by(claim: Claim) -> str | None:
        if claim is best:
            return None
        for criterion in group["criteria"]:
            if score(criterion, claim) != score(criterion, best):
                return str(criterion)
        return "tie_break"

    return [
        Choice(claim, place, lost_by(claim), alike(claim) == alike(best))
        for place, claim in enumerate(ordered, start=1)
    ]


def may_be_written_to(said: Sequence[tuple[str, datetime]]) -> bool | None:
    """The verdict on (kind, moment)s of one channel; None where nobody spoke."""
    refusals = [moment for kind, moment in said if kind == "refusal"]
    opt_ins = [moment for kind, moment in said if kind == "opt_in"]
    if not said:
        return None
    if not refusals:
        return True
    return bool(opt_ins) and max(opt_ins) > max(refusals)
