"""What names a person, in one spelling: emails, phones, ids of people and things."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

import yaml

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
# What counts as an address in a column; as `normalised_email` in macros/normalised.sql.
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What ends one within a text, before the at sign; and what may stand after it.
OUTSIDE, LONGEST_LOCAL = re.compile(r"[\s\"<>()\[\],;:\\@]"), 300
DOMAIN = re.compile(
    r"[^\s\"'<>()\[\],;:=\\/@]+\.(?:xn--[a-z0-9-]+|[^\W\d_]{2,})", re.IGNORECASE
)
# After these another address may begin; a quote after a letter belongs to a name.
BEGINNING = re.compile(r"[=/?&]|(?<!\w)'")
# What JSON and addresses of the web put in the place of a sign.
UNICODE, BREAK = re.compile(r"\\u([0-9a-fA-F]{4})"), re.compile(r"\\[nrt]")
HASHED = re.compile(r"[0-9a-f]{32,128}")
NO_DIGIT = re.compile(r"\D")
# Fewer are no phone; so many follow the code of the shop's country, whose plus sign got
# lost (as `e164` in macros/normalised.sql has it).
LEAST_DIGITS, AFTER_CODE = 8, 9
# Fewer than these name nobody, once all that is dialled before them is away.
LEAST_OWN = 6
LONGEST_CODE = 3


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
    return _one_mailbox(TAG.sub("@", text)) if ADDRESS.fullmatch(text) else ""


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


class Calling(NamedTuple):
    """How phones are dialled: all countries' codes, and what the shop's own says."""

    codes: frozenset[str]
    own_code: str
    own_trunk: str


@cache
def calling() -> Calling:
    """As the models have it (`e164` in macros/normalised.sql)."""
    seed = PROJECT_DIR / "seeds" / "calling_codes.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        rows = {row["country_code"]: row for row in csv.DictReader(file)}
    project = (PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8")
    own = rows[yaml.safe_load(project)["vars"]["shop_country"]]
    codes = {row["calling_code"][:LONGEST_CODE] for row in rows.values()}
    return Calling(frozenset(codes), own["calling_code"], own["trunk_prefix"] or "")


def phone_key(value: str) -> str:
    """The number within its country, without what is dialled before it; so one with a
    country and one without are the same. Empty where there are too few digits."""
    digits = NO_DIGIT.sub("", value.replace("(0)", ""))
    if len(digits) < LEAST_DIGITS:
        return ""
    own = _national(digits, value.lstrip().startswith("+")).lstrip("0")
    return own if len(own) >= LEAST_OWN else ""


def _national(digits: str, has_plus: bool) -> str:
    _, own_code, own_trunk = calling()
    if has_plus or digits.startswith("00"):
        return _without_code(digits.removeprefix("00"))
    if digits.startswith(own_code) and len(digits) >= len(own_code) + AFTER_CODE:
        return digits.removeprefix(own_code)
    # A trunk that is no zero may also be the first digit of a number.
    is_trunk = own_trunk.startswith("0") or len(digits) > AFTER_CODE + 1
    return digits.removeprefix(own_trunk) if is_trunk else digits


def _without_code(digits: str) -> str:
    lengths = range(1, LONGEST_CODE + 1)
    known = (length for length in lengths if digits[:length] in calling().codes)
    return digits[next(known, 0) :]


def emails_in(text: str) -> Iterator[Identifier]:
    """Each address that stands anywhere in a text, escaped or not."""
    keys = {
        email_key(one)
        for spelled in _spellings_of(text)
        for address in _addresses(spelled)
        for one in _beginnings(address)
    }
    yield from (Identifier(Kind.EMAIL, key) for key in sorted(keys) if key)


def _spellings_of(text: str) -> Iterator[str]:
    """The text, and what it says once its escapes are read."""
    yield text
    read = text
    if "\\" in read:
        read = UNICODE.sub(lambda found: chr(int(found[1], 16)), read)
        read = BREAK.sub(" ", read)
    if "%" in read:
        read = unquote(read)
    if read != text:
        yield read


def _addresses(text: str) -> Iterator[str]:
    """Each at sign with what stands before and after it."""
    at = text.find("@")
    while at >= 0:
        domain = DOMAIN.match(text, at + 1)
        local = OUTSIDE.split(text[max(0, at - LONGEST_LOCAL) : at])[-1]
        if domain and local:
            yield f"{local}@{domain[0]}"
        at = text.find("@", at + 1)


def _beginnings(address: str) -> Iterator[str]:
    """The address, and what of it is one, too: `u=ann@mail.example`."""
    yield address
    local = address.rindex("@")
    for found in BEGINNING.finditer(address, 0, local):
        if found.end() < local:
            yield address[found.end() :]


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
