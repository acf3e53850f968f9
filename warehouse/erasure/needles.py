"""Finds identifiers in any text, as they are spelled there.

However many there are, a text is read once: a whole word of each needle, or the digits
of a phone, leads to the few that may stand there, and only these are compared. What is
looked for of whom, `warehouse.erasure.spellings` says.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from warehouse.erasure.identifiers import calling, providers

ERASED = b"(erased)"
LONGEST_PHONE = 15
# How JSON and addresses of the web spell a sign; some are a part of an address.
ESCAPE = re.compile(rb"%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[nrt]")
ESCAPE_SIGNS = b"%\\"
MEANT = {b"40": b"@", b"2b": b"+", b"27": b"'", b"2d": b"-", b"2e": b"."}
FILLER = b"\0"
WORD, GAP, PART = re.compile(rb"[a-z0-9_]+"), re.compile(rb"[^a-z0-9_]"), 1 << 20
LOOK_BACK = 40
# Signs that some provider of mailboxes ignores.
IGNORED = b"._-"
# So few are faster looked for one by one than by all words of a text.
FEW = 64
# A word of more needles than these tells them apart no longer.
SHARED = 8
LOCAL_END = re.compile(rb"[\w.-]*\Z")
LONGEST_LOCAL = 300
# Digits with what people put between them, one by one and in a row.
SPACES = rb"\xc2[\xa0\xb7]|\xe2\x80[\x80-\x95\xaf]"
BETWEEN = rb"(?:[ ()/.\t-]|" + SPACES + rb"){0,6}"
# All but digits: whether a number may stand there, however it is spelled.
NO_DIGITS = bytes(sorted({*range(256)} - {*b"0123456789"}))
RUN = re.compile(rb"\d(?:" + BETWEEN + rb"\d){5,}")
DIGITS = re.compile(rb"\d+")


@dataclass(frozen=True)
class Needle:
    """One thing to look for, in lower case.

    `core` finds it, unless a `joined` sign stands right before it. Of `words` each is a
    whole word of any text that holds it. A mailbox whose provider ignores signs is
    known by its `ending` instead.
    """

    core: re.Pattern[bytes]
    joined: re.Pattern[bytes]
    words: tuple[bytes, ...]
    ending: bytes | None = None

    def spans(self, text: "Text", at: int) -> Iterator[tuple[int, int]]:
        """Where it stands around a place."""
        reach = len(self.core.pattern) + LONGEST_LOCAL
        for found in self.core.finditer(text.lowered, max(0, at - reach), at + reach):
            if self._begins(text, found.start()):
                yield found.span()

    def _begins(self, text: "Text", start: int) -> bool:
        """Whether no sign right before it makes it the end of something longer."""
        at = slice(max(0, start - LOOK_BACK), start)
        if not self.joined.search(text.lowered[at]):
            return True
        is_within_escape = (
            text.plain[start] != text.lowered[start]
            and text.lowered[start] not in ESCAPE_SIGNS
        )
        return not is_within_escape and not self.joined.search(text.plain[at])


class Text:
    """A text in lower case, and the same without escapes, sign by sign in its place."""

    def __init__(self, lowered: bytes) -> None:
        """Keep the text; its escapes are read once somebody asks."""
        self.lowered = lowered

    @cached_property
    def plain(self) -> bytes:
        """The text without escapes."""
        is_escaped = b"%" in self.lowered or b"\\" in self.lowered
        return ESCAPE.sub(_read, self.lowered) if is_escaped else self.lowered

    def words(self) -> Iterator[list[bytes]]:
        """Its words, part by part: those of a large one would need much room."""
        for variant in self.variants:
            start = 0
            while start < len(variant):
                gap = GAP.search(variant, start + PART)
                end = gap.start() if gap else len(variant)
                yield WORD.findall(variant, start, end)
                start = end

    @property
    def variants(self) -> tuple[bytes, ...]:
        """Both; a sign of a percentage begins no escape."""
        return (
            (self.lowered,)
            if self.plain is self.lowered
            else (self.lowered, self.plain)
        )


def _read(escape: re.Match[bytes]) -> bytes:
    told = escape[0]
    is_byte = told.startswith((b"%", b"\\u00"))
    meant = MEANT.get(told[-2:]) if is_byte else None
    return meant + FILLER * (len(told) - 1) if meant else b" " * len(told)


@dataclass(frozen=True)
class Needles:
    """All that is looked for of some people; its text would be personal."""

    needles: tuple[Needle, ...] = field(repr=False)
    phones: frozenset[bytes] = field(repr=False, default=frozenset())

    @cached_property
    def _by_word(self) -> dict[bytes, list[Needle]]:
        """By the longest word, as texts have those least, unless many share it."""
        counts = Counter(word for one in self.needles for word in set(one.words))
        found: dict[bytes, list[Needle]] = {}
        for one in self.needles:
            if one.words and one.ending is None:
                best = min(
                    one.words,
                    key=lambda word: (counts[word] > SHARED, -len(word), counts[word]),
                )
                found.setdefault(best, []).append(one)
        return found

    @cached_property
    def _by_ending(self) -> dict[bytes, list[Needle]]:
        found: dict[bytes, list[Needle]] = {}
        for one in self.needles:
            if one.ending is not None:
                found.setdefault(one.ending, []).append(one)
        return found

    @cached_property
    def _wordless(self) -> list[Needle]:
        return [one for one in self.needles if not one.words and one.ending is None]

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted({len(one) for one in self.phones}))

    def may_be_in(self, lowered: bytes) -> bool:
        """Whether it is worth looking; fast, and never wrong where it says no."""
        return self._may_be_in(Text(lowered))

    def _may_be_in(self, text: Text) -> bool:
        return (
            self._has_word(text)
            or any(True for _ in self._mailboxes(text))
            or any(True for _ in self._numbers(text))
            or any(one.core.search(text.lowered) for one in self._wordless)
        )

    def _has_word(self, text: Text) -> bool:
        words = self._by_word.keys()
        if len(words) > FEW:
            return any(not words.isdisjoint(part) for part in text.words())
        return any(
            _has(variant, word)
            for word in words
            if word in text.lowered
            for variant in text.variants
        )

    def _mailboxes(self, text: Text) -> Iterator[tuple[Needle, int]]:
        """Those of providers that ignore signs, and where they may stand."""
        if not self._by_ending:
            return
        for found in _ignoring().finditer(text.plain):
            start = found.start()
            before = text.plain[max(0, start - LONGEST_LOCAL) : start]
            for part in before.replace(FILLER, b"").split(b"+"):
                for one in self._by_ending.get(ending(part), ()):
                    yield one, start

    def _numbers(self, text: Text) -> Iterator[tuple[bytes, int]]:
        """Phones whose digits stand there, and where they end."""
        if not self.may_dial(text.plain):
            return
        for run in RUN.finditer(text.plain):
            digits = b""
            for group in DIGITS.finditer(run[0]):
                digits = (digits + group[0])[-LONGEST_PHONE:]
                for length in self._lengths:
                    if len(digits) >= length and digits[-length:] in self.phones:
                        yield digits[-length:], run.start() + group.end()

    def may_dial(self, text: bytes) -> bool:
        """Whether the digits of a phone stand there, whatever stands between them."""
        digits = text.translate(None, NO_DIGITS) if self.phones else b""
        return any(one in digits for one in self.phones)

    def _phones(self, text: Text) -> Iterator[tuple[int, int]]:
        """Where a phone stands with what is dialled before it."""
        for digits, end in self._numbers(text):
            start, left = end, len(digits)
            while left:
                start -= 1
                left -= text.plain[start : start + 1].isdigit()
            if _dialled().search(text.plain[max(0, start - LOOK_BACK) : start]):
                yield start, end

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Where any of them stands, from the first on."""
        text = Text(data.lower())
        if not self._may_be_in(text):
            return []
        places = {
            (one, found.start())
            for variant in text.variants
            for found in WORD.finditer(variant)
            for one in self._by_word.get(found[0], ())
        }
        places.update(self._mailboxes(text))
        places.update(
            (one, found.start())
            for one in self._wordless
            for found in one.core.finditer(text.lowered)
        )
        spans = {span for one, at in places for span in one.spans(text, at)}
        return sorted({*spans, *self._phones(text)})

    def are_in(self, data: bytes) -> bool:
        """Whether any of them stands there."""
        return bool(self.spans(data))

    def are_in_name(self, name: str) -> bool:
        """Whether the name of a file or folder has any, before its endings."""
        stem = name
        while stem:
            if self.are_in(stem.encode("utf-8", "surrogateescape")):
                return True
            stem = stem.rpartition(".")[0]
        return False

    def scrubbed(self, data: bytes) -> bytes:
        """The same text with a word in the place of each of them."""
        parts, end = [], 0
        for start, stop in self.spans(data):
            if stop > end:
                parts += [data[end : max(start, end)], ERASED]
                end = stop
        return b"".join([*parts, data[end:]])


def _has(text: bytes, word: bytes) -> bool:
    """Whether it stands there as a whole word, and not within another."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not WORD.match(text, end) and not WORD.match(text, max(0, start - 1), start):
            return True
        start = text.find(word, start + 1)
    return False


def ending(local: bytes) -> bytes:
    """The last word before the at sign, without signs that some provider ignores."""
    found = LOCAL_END.search(local)
    return found[0].translate(None, IGNORED) if found else b""


@cache
def _ignoring() -> re.Pattern[bytes]:
    """The domains of those who ignore signs."""
    domains = [one for one, provider in providers().items() if provider.ignored]
    return re.compile(rb"@\0*(?:" + "|".join(map(re.escape, domains)).encode() + rb")")


@cache
def _dialled() -> re.Pattern[bytes]:
    """What is dialled before a number, right before it: a country, or a trunk's zero.

    A number that goes on from another one, or from a decimal point, is none.
    """
    told = calling()
    codes = "|".join(sorted(told.codes)).encode()
    abroad = rb"(?:\+\0*|(?<![\w.,])00)" + BETWEEN + rb"(?:" + codes + rb")" + BETWEEN
    alone = rb"(?<!\w)(?<!\d[.,])"
    own = [
        rb"\(?0(?:\) ?)?",
        re.escape(told.own_code.encode()) + BETWEEN + rb"(?:\(0\) ?)?",
    ]
    # Where nothing is dialled before a number, it stands alone.
    own.append(re.escape(told.own_trunk.encode()) if told.own_trunk else b"")
    return re.compile(
        rb"(?:" + abroad + rb"(?:0" + BETWEEN + rb")?|" + alone
        + rb"(?:" + b"|".join(own) + rb"))\Z"
    )  # fmt: skip
