"""What the systems know of people: records, their twins, typos and junk."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from simulator.calendar import Ints
from simulator.difficulty import DUPLICATE_SHARE, HARD_SHARE, JUNK_SHARE
from simulator.people import People, Words
from simulator.text import Text
from simulator.typing_errors import (
    misspell,
    nickname,
    retype_email,
    retype_phone,
    style_phone,
)
from simulator.vocabulary import JUNK_EMAILS, JUNK_PHONES


@dataclass(frozen=True)
class Records:
    """One row a record of one system. `person` is a row of the people."""

    person: Ints
    twin: Ints
    """Row of the person's first record here; -1 for the first record itself."""
    first: Words
    last: Words
    email: Words
    phone: Words
    """Empty where unknown."""

    @property
    def count(self) -> int:
        """Return the number of records."""
        return len(self.person)

    @property
    def emails(self) -> Text:
        """Return the addresses as they were typed."""
        return pa.array(self.email, pa.string())


@dataclass(frozen=True)
class Habits:
    """How a system takes people down."""

    phone_share: float
    typo_share: float
    email_is_key: bool = False
    """A list of addresses: a twin always has another one, and nobody types junk."""


def take_down(
    people: People, known: Ints, habits: Habits, rng: np.random.Generator
) -> Records:
    """Return the records of known people: one each, then twins of some.

    A third of the twins share neither email nor phone with the first record. The
    others share the email, or the phone with another email.
    """
    twins = round(len(known) * DUPLICATE_SHARE / (1 - DUPLICATE_SHARE))
    twin = rng.permutation(len(known))[:twins]
    person = np.concatenate([known, known[twin]])
    has_phone = rng.random(len(person)) < habits.phone_share
    hard = round(twins * HARD_SHARE)
    by_phone = twins if habits.email_is_key else hard + (twins - hard) // 3
    has_phone[len(known) + hard : len(known) + by_phone] = True
    has_phone[twin[hard:by_phone]] = True
    records = Records(
        person=person,
        twin=np.concatenate([np.full(len(known), -1), twin]),
        first=people.first[person],
        last=people.last[person],
        email=people.email[person],
        phone=np.where(has_phone, people.phone[person], ""),
    )
    other = len(known) + np.arange(hard, by_phone)
    records.email[other] = people.other_email[person[other]]
    _part(records, people, len(known) + np.arange(hard), rng)
    return _type(records, people, habits, rng)


def _part(
    records: Records, people: People, rows: Ints, rng: np.random.Generator
) -> None:
    """Give some twins another email, and another phone or none."""
    email, phone = records.email, records.phone
    for row in rows:
        kind = rng.integers(2)
        other = people.other_email[records.person[row]]
        email[row] = other if kind else retype_email(email[row], rng)
        is_typed = phone[row] != "" and rng.random() < 0.4
        phone[row] = retype_phone(phone[row], rng) if is_typed else ""


def _type(
    records: Records, people: People, habits: Habits, rng: np.random.Generator
) -> Records:
    """Write the records as humans do: nicknames, typos, capitals, styles, junk."""
    first, last = records.first.copy(), records.last.copy()
    email, phone = records.email.copy(), records.phone.copy()
    chance, style = rng.random((5, records.count)), rng.integers(0, 5, records.count)
    nicknamed = chance[0] < np.where(records.twin >= 0, 0.4, habits.typo_share)
    for row in np.flatnonzero(nicknamed):
        first[row] = nickname(first[row], rng)
    for row in np.flatnonzero(chance[1] < habits.typo_share):
        last[row] = misspell(last[row], rng)
    for row in np.flatnonzero(chance[2] < habits.typo_share):
        email[row] = email[row].title() if row % 2 else f" {email[row]} "
    for row in np.flatnonzero(phone != ""):
        country = people.country[records.person[row]]
        phone[row] = style_phone(phone[row], country, int(style[row]))
    if not habits.email_is_key:
        _spoil(email, chance[3] < JUNK_SHARE, JUNK_EMAILS, rng)
    _spoil(phone, (chance[4] < JUNK_SHARE) & (phone != ""), JUNK_PHONES, rng)
    return replace(records, first=first, last=last, email=email, phone=phone)


def _spoil(
    words: Words,
    rows: npt.NDArray[np.bool_],
    junk: tuple[str, ...],
    rng: np.random.Generator,
) -> None:
    words[rows] = rng.choice(np.array(junk, object), int(rows.sum()))
