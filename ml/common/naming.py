"""Names in words for clusters: who they are, and what sets them apart from the others.

A name says who first, "seasonal browsers", then why: "November and December, many
views, few orders". No name that is or ever was another group's is given again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

# Closer to everybody's mean than this (in standard deviations) sets nothing apart.
LEAST_Z = 0.25
# So far out it makes an adjective; another cluster that much farther, only a "fairly".
FAR_Z = 0.5
DETAILS = 2
ANYBODY = "visitors"


class Phrase(NamedTuple):
    """What to say of a cluster far above and far below the mean, and on what theme.

    `noun` is what those above are called, `adjectives` what both kinds are like.
    """

    above: str
    below: str
    theme: str
    noun: str = ""
    adjectives: tuple[str, str] = ("", "")


Phrases = Mapping[str, Phrase]


@dataclass(frozen=True)
class Name:
    """What tables call a cluster, in snake_case, and a label for people."""

    name: str
    label: str


class _Words(NamedTuple):
    head: str
    details: list[str]


def name_clusters(
    z_scores: pd.DataFrame,
    phrases: Phrases,
    months: Sequence[str],
    taken: Iterable[Name] = (),
    places: Iterable[int] | None = None,
) -> list[Name]:
    """Return a name for each row of `z_scores` (clusters by features), none twice.

    With `places` only those rows get one, set apart from all the same.
    `months` tells each cluster's season in words, empty if it has none; it is said of
    those who are called after the feature that has the theme "season". `taken` are the
    names of other groups, also of those that are gone.
    """
    given = list(taken)
    known = len(given)
    for place in range(len(z_scores)) if places is None else places:
        words = _words(z_scores.iloc[place], z_scores, phrases, months[place])
        given.append(_free(words, given))
    return given[known:]


def snake(label: str) -> str:
    """Return a label as tables write it."""
    words = "".join(c if c.isalnum() else " " for c in label.lower())
    return "_".join(words.split())


def _free(words: _Words, given: Sequence[Name]) -> Name:
    """The shortest name that nobody has, and a label with the usual details."""
    names, labels = {one.name for one in given}, {one.label for one in given}
    name = next(one for one in map(snake, _ever_longer(words, 0)) if one not in names)
    label = next(one for one in _ever_longer(words, DETAILS) if one not in labels)
    return Name(name, label)


def _ever_longer(words: _Words, least: int) -> Iterator[str]:
    head = words.head[0].upper() + words.head[1:]
    longest = len(words.details)
    for count in range(min(least, longest), longest + 1):
        yield f"{head}: {', '.join(words.details[:count])}" if count else head
    text = f"{head}: {', '.join(words.details)}" if longest else head
    number = 2
    while True:
        yield f"{text} ({number})"
        number += 1


def _words(
    row: "pd.Series[float]", z_scores: pd.DataFrame, phrases: Phrases, months: str
) -> _Words:
    told = sorted(row.index, key=lambda name: (-abs(row[name]), name))
    told = [name for name in told if abs(row[name]) >= LEAST_Z]
    like = next((one for one in told if _adjective(row[one], phrases[one])), "")
    adjective = _adjective(row[like], phrases[like]) if like else ""
    noun = next((phrases[n].noun for n in told if phrases[n].noun and row[n] > 0), "")
    details = [
        _said(row[name], z_scores[name], phrases[name])
        for name in _freshest_first(told, phrases)
        if name != like
    ]
    is_seasonal = bool(like) and phrases[like].theme == "season"
    when = [months] if months and is_seasonal else []
    return _Words(f"{adjective} {noun or ANYBODY}".strip(), [*when, *details])


def _adjective(z_score: float, phrase: Phrase) -> str:
    above, below = phrase.adjectives
    if abs(z_score) < FAR_Z:
        return ""
    return above if z_score > 0 else below


def _freshest_first(told: list[str], phrases: Phrases) -> list[str]:
    """What opens a theme, then the rest."""
    themes = [phrases[name].theme for name in told]
    fresh = [name for at, name in enumerate(told) if themes[at] not in themes[:at]]
    return [*fresh, *(name for name in told if name not in fresh)]


def _said(own: float, everywhere: "pd.Series[float]", phrase: Phrase) -> str:
    above = own > 0
    farthest = everywhere.max() - own if above else own - everywhere.min()
    word = phrase.above if above else phrase.below
    return f"fairly {word}" if farthest > FAR_Z else word
