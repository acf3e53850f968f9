"""What to look for in any text, so that an identifier is found as it is spelled.

Looked for are addresses (any case and tag), phones (any signs between their digits) and
ids that cannot be mistaken for anything else. An id such as `42` is looked for in the
columns that hold such ids, and nowhere else (`warehouse.erasure.traces`).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import md5
from urllib.parse import quote

from warehouse.erasure.identifiers import PHONE_DIGITS, Identifier, Kind, providers

ERASED = b"(erased)"
# An id is looked for anywhere from so many signs on; of digits alone, from so many.
LEAST_SIGNS, LEAST_DIGITS = 6, 10
# What people put between the digits of a phone, one by one and in a row.
SIGNS = b" ()/.-+\t\xc2\xa0"
BETWEEN, BETWEEN_SQL = rb"(?:[ ()/.\t-]|\xc2\xa0){0,3}", "[ ()/.\t\u00a0-]{0,3}"
AT = r"(?:@|%40|\\u0040)"
TAG = r"(?:\+[^@\s\"']*)?"
# An escape ends in a letter or digit that belongs to no word after it.
ESCAPES = r"%[0-9a-f]{2}|\\[nrt]|\\u[0-9a-f]{4}"
ESCAPE_BEFORE = re.compile(rf"(?:{ESCAPES})\Z".encode())
LONGEST_ESCAPE = 6


@dataclass(frozen=True)
class Needle:
    """One thing to look for, in lower case.

    `anchor` is in every text that holds it (of a phone: once the signs between digits
    are away); `core` finds it, unless a `joined` sign stands right before it.
    """

    anchor: bytes
    core: re.Pattern[bytes]
    joined: re.Pattern[bytes]
    sql: str
    is_phone: bool = False

    def spans(self, lowered: bytes) -> Iterator[tuple[int, int]]:
        """Where it stands."""
        for found in self.core.finditer(lowered):
            start = found.start()
            before = lowered[max(0, start - LONGEST_ESCAPE) : start]
            if not self.joined.search(before) or ESCAPE_BEFORE.search(before):
                yield found.span()


@dataclass(frozen=True)
class Needles:
    """All that is looked for of some people; its text would be personal."""

    needles: tuple[Needle, ...] = field(repr=False)

    def may_be_in(self, lowered: bytes) -> bool:
        """Whether it is worth looking; fast, and never wrong where it says no."""
        stripped: bytes | None = None
        for needle in self.needles:
            if not needle.is_phone:
                if needle.anchor in lowered:
                    return True
                continue
            if stripped is None:
                stripped = lowered.translate(None, SIGNS)
            if needle.anchor in stripped:
                return True
        return False

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Where any of them stands, from the first on."""
        lowered = data.lower()
        if not self.may_be_in(lowered):
            return []
        there = (one for one in self.needles if one.is_phone or one.anchor in lowered)
        return sorted(span for needle in there for span in needle.spans(lowered))

    def are_in(self, data: bytes) -> bool:
        """Whether any of them stands there."""
        return bool(self.spans(data))

    def scrubbed(self, data: bytes) -> bytes:
        """The same text with a word in the place of each of them."""
        parts, end = [], 0
        for start, stop in self.spans(data):
            if stop > end:
                parts += [data[end : max(start, end)], ERASED]
                end = stop
        return b"".join([*parts, data[end:]])

    @property
    def sql(self) -> str:
        """A pattern for DuckDB, whose engine cannot look around; empty for nothing."""
        return (
            "(?i)" + "|".join(one.sql for one in self.needles) if self.needles else ""
        )


def needles_of(identifiers: Iterable[Identifier], names: Iterable[str] = ()) -> Needles:
    """The needles of these identifiers, and of names that tables give the person."""
    found = [needle for one in identifiers for needle in _of(one)]
    found += [_word(name) for name in names]
    unique = {needle.core.pattern: needle for needle in found}
    return Needles(tuple(unique[pattern] for pattern in sorted(unique)))


def is_telling(value: str) -> bool:
    """Whether an id can be told from any other word or number."""
    return len(value) >= (LEAST_DIGITS if value.isdigit() else LEAST_SIGNS)


def _of(one: Identifier) -> Iterator[Needle]:
    if one.kind is Kind.PHONE:
        yield _phone(one.key)
    elif one.kind is Kind.EMAIL and "@" in one.key:
        yield from _emails(one.key)
        # Records of an address are named after its hash.
        yield _word(md5(one.key.encode(), usedforsecurity=False).hexdigest())
    elif is_telling(one.key):
        yield from map(_word, sorted(_spellings(one.key)))


def _spellings(key: str) -> set[str]:
    """The key as it is, in capitals, and as JSON and addresses of the web escape it.

    Bytes have no capitals but those of ASCII.
    """
    either = {key} if key.isascii() else {key, key.upper()}
    escaped = {json.dumps(one)[1:-1] for one in either}
    quoted = {quote(one, safe="@/:") for one in either}
    return either | escaped | quoted


def _emails(key: str) -> Iterator[Needle]:
    """The address as each provider spells it, who may have it under several domains."""
    local, domain = key.rsplit("@", 1)
    same = [one for one, provider in providers().items() if provider.domain == domain]
    ignored = providers()[domain].ignored if same else ""
    for own in same or [domain]:
        for spelled in sorted(_spellings(f"{local}@{own}")):
            yield _email(spelled, ignored)


def _email(key: str, ignored: str) -> Needle:
    """Signs that its provider ignores may stand between any two letters."""
    local, domain = key.rsplit("@", 1)
    between = f"[{re.escape(ignored)}]*" if ignored else ""
    core = f"{between.join(map(re.escape, local))}{TAG}{AT}{re.escape(domain)}"
    longest = max([*re.findall(r"[A-Za-z0-9_]+", local), ""], key=len)
    telling = longest if len(longest) > 1 else local
    return Needle(
        anchor=(domain if ignored else telling).encode().lower(),
        core=re.compile(core.encode().lower() + rb"(?![\w-]|\.\w)"),
        joined=re.compile(rb"[\w.+-]\Z"),
        sql=rf"(?:^|[^\w.+-]|{ESCAPES}){core}(?:$|[^\w.-]|\.(?:$|\W))",
    )


def _phone(key: str) -> Needle:
    """Ten digits may follow a prefix; fewer are no part of a longer number."""
    is_whole = len(key) < PHONE_DIGITS
    before = r"(?:^|\D)" if is_whole else ""
    return Needle(
        anchor=key.encode(),
        core=re.compile(BETWEEN.join(re.findall(rb"\d", key.encode())) + rb"(?!\d)"),
        joined=re.compile(rb"\d\Z" if is_whole else rb"\d{6}\Z"),
        sql=rf"{before}{BETWEEN_SQL.join(key)}(?:$|\D)",
        is_phone=True,
    )


def _word(value: str) -> Needle:
    lowered = value.encode().lower()
    return Needle(
        anchor=lowered,
        core=re.compile(re.escape(lowered) + rb"(?![\w-])"),
        joined=re.compile(rb"[\w-]\Z"),
        sql=rf"(?:^|[^\w-]|{ESCAPES}){re.escape(value)}(?:$|[^\w-])",
    )
