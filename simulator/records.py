"""What the systems know of people: records, their twins, typos and junk."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from simulator.calendar import Ints
from simulator.difficulty import DUPLICATE_SHARE, HARD_SHARE, JUNK_SHARE
from simulator.people import People, Words
from simulator.text import Text
from simulator.typing_errors import misspell, nickname, retype_email, style_phone
from simulator.vocabulary import JUNK_EMAILS, JUNK_PHONES

Flags = npt.NDArray[np.bool_]


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
    """Return the records of known people: one each, and twins for some."""
    twins = round(len(known) * DUPLICATE_SHARE / (1 - DUPLICATE_SHARE))
    twin = rng.permutation(len(known))[:twins]
    person = np.concatenate([known, known[twin]])
    clean = Records(
        person=person,
        twin=np.concatenate([np.full(len(known), -1), twin]),
        first=people.first[person],
        last=people.last[person],
        email=people.email[person],
        phone=_phones(people, person, habits, twin, rng),
    )
    return _blur(_part(clean, people, habits, rng), habits, rng)


def _phones(
    people: People, person: Ints, habits: Habits, twin: Ints, rng: np.random.Generator
) -> Words:
    """Return phones in many styles; the twins of a list always leave one."""
    has = rng.random(len(person)) < habits.phone_share
    if habits.email_is_key:
        has[twin] = has[len(person) - len(twin) :] = True
    styled = [
        style_phone(people.phone[p], people.country[p], style) if h else ""
        for p, h, style in zip(person, has, rng.integers(0, 5, len(person)), strict=True)
    ]
    return np.array(styled, object)


def _part(
    records: Records, people: People, habits: Habits, rng: np.random.Generator
) -> Records:
    """Make a third of the twins share neither email nor phone with the first record."""
    twins = np.flatnonzero(records.twin >= 0)
    hard = twins[: round(len(twins) * HARD_SHARE)]
    first, email, phone = (
        records.first.copy(), records.email.copy(), records.phone.copy()
    )
    other = twins if habits.email_is_key else hard[::2]
    email[other] = people.other_email[records.person[other]]
    for row in hard if not habits.email_is_key else ():
        if row not in other:
            email[row] = retype_email(email[row], rng)
    phone[hard] = ""
    for row in twins:
        if rng.random() < 0.4:
            first[row] = nickname(first[row], rng)
    return replace(records, first=first, email=email, phone=phone)


def _blur(records: Records, habits: Habits, rng: np.random.Generator) -> Records:
    """Add typos in names, capitals and blanks in emails, and junk."""
    first, last = records.first.copy(), records.last.copy()
    email, phone = records.email.copy(), records.phone.copy()
    chance = rng.random((4, records.count))
    for row in np.flatnonzero(chance[0] < habits.typo_share):
        last[row] = misspell(last[row], rng)
    for row in np.flatnonzero(chance[1] < habits.typo_share):
        email[row] = email[row].title() if row % 2 else f" {email[row]} "
    if not habits.email_is_key:
        junk = chance[2] < JUNK_SHARE
        email[junk] = rng.choice(np.array(JUNK_EMAILS, object), int(junk.sum()))
    junk = (chance[3] < JUNK_SHARE) & (phone != "")
    phone[junk] = rng.choice(np.array(JUNK_PHONES, object), int(junk.sum()))
    return replace(records, first=first, last=last, email=email, phone=phone)
