"""What names a person, in one spelling: emails, phones, ids of people and things."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from warehouse.settings import PROJECT_DIR


class Kind(StrEnum):
    """What an identifier is of; the words of `person_columns` in the raw contract."""

    EMAIL = "email"
    PHONE = "phone"
    USER_ID = "user_id"
    DEVICE = "device"
    CONTACT = "contact"
    PERSON = "person"
    ORDER = "order"
    REFUND = "refund"
    RECORD = "record"


class Identifier(NamedTuple):
    """One identifier, in the spelling by which two are compared."""

    kind: Kind
    key: str


KINDS = frozenset(Kind)
# A tag after a plus sign names the same mailbox.
TAG = re.compile(r"\+[^@]*@")
EMAIL = re.compile(r"[^\s\"'<>()\[\],;:=\\/@]+@[^\s\"'<>()\[\],;:=\\/@]+\.[^\W\d_]{2,}")
HASHED = re.compile(r"[0-9a-f]{32,128}")
NO_DIGIT = re.compile(r"\D")
# Prefixes of a phone are written with 00, + or 0; shorter is no phone.
PHONE_DIGITS, LEAST_DIGITS = 10, 8


def identifier(kind: Kind, value: str) -> Identifier | None:
    """The identifier that a value is; None where it is none of its kind."""
    key = {Kind.EMAIL: email_key, Kind.PHONE: phone_key}.get(kind, str.strip)(value)
    return Identifier(kind, key) if key else None


def email_key(value: str) -> str:
    """The mailbox, in lower case without blanks and tag; a hash stays one; empty for no
    address."""
    text = value.strip().lower()
    if HASHED.fullmatch(text):
        return text
    return _one_mailbox(TAG.sub("@", text)) if EMAIL.fullmatch(text) else ""


class Provider(NamedTuple):
    """One who has a mailbox under several spellings."""

    domain: str
    ignored: str
    """Signs before the at sign that make no difference."""


@cache
def providers() -> Mapping[str, Provider]:
    """By each of their domains, as the models have them (`macros/normalised.sql`)."""
    seed = PROJECT_DIR / "seeds" / "mailboxes.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        return {
            row["domain"]: Provider(row["mailbox_domain"], row["ignored_characters"])
            for row in csv.DictReader(file)
        }


def _one_mailbox(address: str) -> str:
    local, domain = address.rsplit("@", 1)
    provider = providers().get(domain)
    if provider is None:
        return address
    signs = dict.fromkeys(map(ord, provider.ignored))
    return f"{local.translate(signs)}@{provider.domain}"


def phone_key(value: str) -> str:
    """The last ten digits; empty where there are fewer than eight."""
    digits = NO_DIGIT.sub("", value)
    return digits[-PHONE_DIGITS:] if len(digits) >= LEAST_DIGITS else ""


def emails_in(text: str) -> Iterator[Identifier]:
    """Each address that stands anywhere in a text."""
    for found in EMAIL.finditer(text) if "@" in text else ():
        yield Identifier(Kind.EMAIL, email_key(found[0]))


def named_by(
    values: Mapping[str, object], columns: Mapping[str, Sequence[str]]
) -> Iterator[Identifier]:
    """What a record names in the columns that tell whose it is, by their kind.

    A column may be a path into what is nested (`traits.email`). What is no kind is the
    column that says the kind.
    """
    for said, paths in columns.items():
        kind = said if said in KINDS else str(values.get(said)).lower()
        for path in paths if kind in KINDS else ():
            for value in _values_at(values, path.split(".")):
                found = identifier(Kind(kind), value)
                if found:
                    yield found


def _values_at(value: object, steps: Sequence[str]) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _values_at(one, steps)
    elif steps and isinstance(value, str):
        # What is nested may be a text of JSON.
        nested = _nested(value)
        if nested is not None:
            yield from _values_at(nested, steps)
    elif steps and isinstance(value, Mapping):
        yield from _values_at(value.get(steps[0]), steps[1:])
    elif not steps and isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def _nested(text: str) -> Mapping[str, object] | list[object] | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def by_kind(identifiers: Iterable[Identifier]) -> dict[Kind, int]:
    """How many there are of each kind."""
    counts: dict[Kind, int] = {}
    for one in identifiers:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts
