"""How tired humans type: other names, slips of the hand, styles of a phone."""

import numpy as np

from simulator.vocabulary import FIRST_NAMES

_CODES = {"DE": "49", "AT": "43", "CH": "41"}


def nickname(first: str, rng: np.random.Generator) -> str:
    """Return another form of a first name."""
    forms = FIRST_NAMES[first]
    return forms[int(rng.integers(len(forms)))]


def misspell(word: str, rng: np.random.Generator) -> str:
    """Return a word with one letter dropped, doubled or swapped with the next."""
    place = int(rng.integers(1, max(2, len(word) - 1)))
    kind = int(rng.integers(3))
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    return word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]


def retype_email(email: str, rng: np.random.Generator) -> str:
    """Return another address that a slip made of this one: its digits stay."""
    local, _, domain = email.partition("@")
    letters = local.rstrip("0123456789")
    slipped = letters
    while slipped == letters:
        slipped = misspell(letters, rng)
    return f"{slipped}{local[len(letters) :]}@{domain}"


def retype_phone(national: str, rng: np.random.Generator) -> str:
    """Return a number with one wrong digit."""
    place = int(rng.integers(3, len(national)))
    digit = (int(national[place]) + int(rng.integers(1, 10))) % 10
    return f"{national[:place]}{digit}{national[place + 1 :]}"


def style_phone(national: str, country: str, style: int) -> str:
    """Return a phone as somebody might type it."""
    code, area, rest = _CODES[country], national[:3], national[3:]
    return (
        f"+{code}{national}",
        f"0{national}",
        f"00{code} {area} {rest}",
        f"0{area}/{rest[:4]} {rest[4:]}",
        f"+{code} (0) {area}-{rest}",
    )[style]
