"""What to look for in any text, so that an identifier is found as it is spelled.

Looked for are addresses (any case and tag), phones with what is dialled before them
(any signs between their digits) and ids that cannot be mistaken for anything else. An
id such as `42` is looked for in the columns that hold such ids, and nowhere else
(`warehouse.erasure.traces`).
"""

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import md5
from urllib.parse import quote

from warehouse.erasure.identifiers import (
    AFTER_CODE,
    Identifier,
    Kind,
    calling,
    providers,
)
from warehouse.erasure.needles import (
    FILLER,
    LONGEST_PHONE,
    WORD,
    Needle,
    Needles,
    Text,
    ending,
)

# An id is looked for anywhere from so many signs on, if nobody would have thought of
# it: letters and digits take turns, or many digits follow that are no date. Of digits
# alone, from so many.
LEAST_SIGNS, LEAST_DIGITS, LEAST_TURNS = 8, 10, 3
TURN = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", re.IGNORECASE)
NUMBERED = re.compile(r"(?<!\d)(?!(?:19|20)\d\d)\d{6,}")
# What follows makes it the beginning of something else: an address, a decimal.
GOES_ON = rb"(?![\w-]|@|%40|\\u0040|\.\d)"
# A domain goes on with letters, after a dot, or after a dash if a dot follows.
DOMAIN_GOES_ON = rb"(?![a-z0-9]|\.\w|-[\w-]*\.\w)"
# Seconds since 1970 (from 2001 to 2033), or thousandths of them and so on.
MOMENT = re.compile(r"1\d{9}(?:\d{3}){0,3}")
AT = r"(?:@|%40|\\u0040)"
PLUS = r"(?:\+|%2b|\\u002b)"
TAG = (
    rf"(?:{PLUS}(?:(?!%40)[^@\s\"'<>()\[\],;:&\\]|\\u(?!0040)[0-9a-f]{{4}})"
    r"{0,200})?"
)
# Signs right before it by which an address, or a word, is but the end of a longer one.
JOINED = re.compile(rb"(?:[\w.+-]|\w')\0*\Z")
JOINED_WORD = re.compile(rb"[\w-]\0*\Z")


def needles_of(identifiers: Iterable[Identifier], names: Iterable[str] = ()) -> Needles:
    """The needles of these identifiers, and of names that tables give the person."""
    told = frozenset(identifiers)
    found = [needle for one in told for needle in _of(one)]
    unique = {
        needle.core.pattern: needle for needle in [*found, *words_of(names).needles]
    }
    phones = frozenset(one.key.encode() for one in told if one.kind is Kind.PHONE)
    return Needles(tuple(unique[pattern] for pattern in sorted(unique)), phones)


def words_of(values: Iterable[str]) -> Needles:
    """Needles of whole words, such as they are."""
    return Needles(tuple(_word(value) for value in sorted(set(values))))


def is_telling(one: Identifier) -> bool:
    """Whether an id can be told from any other word or number.

    People name accounts, and shops orders; the names of devices are drawn.
    """
    value = one.key
    if value.isdigit():
        return len(value) >= LEAST_DIGITS and not (
            MOMENT.fullmatch(value) or _may_be_phone(value)
        )
    if len(value) < LEAST_SIGNS or not any(map(str.isalpha, value)):
        return False
    if one.kind is Kind.DEVICE:
        return any(map(str.isdigit, value))
    return len(TURN.findall(value)) >= LEAST_TURNS or bool(NUMBERED.search(value))


def _may_be_phone(digits: str) -> bool:
    """It begins as phones do that are dialled in the shop's country."""
    code = calling().own_code
    is_whole = len(code) + AFTER_CODE <= len(digits) <= LONGEST_PHONE
    return digits.startswith("0") or (digits.startswith(code) and is_whole)


def _of(one: Identifier) -> Iterator[Needle]:
    if one.kind is Kind.EMAIL and "@" in one.key:
        yield from _emails(one.key)
        # Records of an address are named after its hash.
        yield _word(md5(one.key.encode(), usedforsecurity=False).hexdigest())
    elif one.kind is not Kind.PHONE and is_telling(one):
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
    core = f"{between.join(map(re.escape, local))}{between}{TAG}{AT}{re.escape(domain)}"
    plain = Text(key.encode().lower()).plain
    name, _, host = plain.rpartition(b"@")
    # A domain stands in too many places to lead anywhere, and its end may be the
    # beginning of another word.
    own = [one for one in WORD.findall(name) if len(one) > 2]
    words = WORD.findall(name) + WORD.findall(host.rpartition(b".")[0])
    return Needle(
        core=re.compile(core.encode().lower() + DOMAIN_GOES_ON),
        joined=JOINED,
        words=tuple(own or words),
        ending=ending(name.replace(FILLER, b"")) if ignored else None,
    )


def _word(value: str) -> Needle:
    lowered = value.encode().lower()
    return Needle(
        core=re.compile(re.escape(lowered) + GOES_ON),
        joined=JOINED_WORD,
        words=tuple(WORD.findall(Text(lowered).plain)),
    )
