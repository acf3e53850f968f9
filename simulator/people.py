"""Who people are on paper: names, addresses, phones and households."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calendar import Ints
from simulator.difficulty import HOUSEHOLD_PHONE_SHARE, SWISS_SHARE
from simulator.vocabulary import (
    FIRST_NAMES,
    LAST_NAMES,
    MAIL_DOMAINS,
    PLACES,
    STREETS,
    SWISS_PLACES,
)

Words = npt.NDArray[np.object_]
_MAIN = ("{0}.{1}{2}", "{0[0]}.{1}{2}", "{0}{2}")
_OTHER = ("{1}-{0[0]}{2}", "{1}{2}", "info-{1}{2}")
_ASCII = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)


@dataclass(frozen=True)
class People:
    """One row a person; `number` is unique in the shop and stands in the truth."""

    number: Ints
    household: Ints
    first: Words
    last: Words
    email: Words
    other_email: Words
    """A second address, of the kind that people forget that they have."""
    phone: Words
    """National digits after the country code."""
    country: Words
    street: Words
    city: Words
    postcode: Words
    born: Ints
    """Days since 1970."""
    is_swiss: npt.NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Return the number of people."""
        return len(self.number)


def settle(numbers: Ints, rng: np.random.Generator) -> People:
    """Give people names and homes; some pairs share a household and a phone."""
    count = len(numbers)
    home = _homes(count, rng)
    first = rng.choice(np.array(list(FIRST_NAMES), object), count)
    last = rng.choice(np.array(LAST_NAMES, object), count)[home]
    swiss = (rng.random(count) < SWISS_SHARE)[home]
    place = _places(swiss, rng.random(count)[home])
    return People(
        number=numbers,
        household=numbers[home],
        first=first,
        last=last,
        email=_emails(_MAIN, first, last, numbers, rng),
        other_email=_emails(_OTHER, first, last, numbers, rng),
        phone=_phones(numbers[home]),
        country=place[:, 2],
        street=_streets(home, rng),
        city=place[:, 0],
        postcode=place[:, 1],
        born=rng.integers(-12_000, 13_500, count),
        is_swiss=swiss,
    )


def _homes(count: int, rng: np.random.Generator) -> Ints:
    """Return each person's home: the row of the first person who lives there.

    Of the phones, one a home, HOUSEHOLD_PHONE_SHARE are shared by two people.
    """
    pairs = round(count * HOUSEHOLD_PHONE_SHARE / (1 + HOUSEHOLD_PHONE_SHARE))
    chosen = rng.permutation(count)[: 2 * pairs]
    home = np.arange(count)
    home[chosen[:pairs]] = chosen[pairs:]
    return home


def _places(swiss: npt.NDArray[np.bool_], chance: npt.NDArray[np.float64]) -> Words:
    at_home, abroad = np.array(PLACES, object), np.array(SWISS_PLACES, object)
    near = at_home[(chance * len(at_home)).astype(int)]
    far = abroad[(chance * len(abroad)).astype(int)]
    places: Words = np.where(swiss[:, None], far, near)
    return places


def _emails(
    patterns: tuple[str, ...],
    first: Words,
    last: Words,
    numbers: Ints,
    rng: np.random.Generator,
) -> Words:
    """Return addresses that no two people share: the number makes them so."""
    domains = rng.choice(np.array(MAIL_DOMAINS, object), len(numbers))
    shapes = rng.integers(0, len(patterns), len(numbers))
    local = [
        patterns[shape].format(a.lower(), b.lower(), n).translate(_ASCII)
        for shape, a, b, n in zip(shapes, first, last, numbers, strict=True)
    ]
    addresses: Words = np.array(local, object) + "@" + domains
    return addresses


def _phones(homes: Ints) -> Words:
    """Return a phone a home; the step is coprime with the range, so none repeats."""
    return np.array([f"154{n * 61_803_399 % 100_000_000:08d}" for n in homes], object)


def _streets(home: Ints, rng: np.random.Generator) -> Words:
    names = rng.choice(np.array(STREETS, object), len(home))
    houses = rng.integers(1, 120, len(home)).astype(str).astype(object)
    streets: Words = (names + " " + houses)[home]
    return streets
