"""Names in words for clusters: what sets each apart, and never one name twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

# Closer to everybody's mean than this (in standard deviations) sets nothing apart.
LEAST_Z = 0.25
# Another cluster farther out by this much leaves only a "fairly" to this one.
FAR_Z = 0.5
THEMES_AT_FIRST = 2


class Phrase(NamedTuple):
    """What to say of a cluster far above and far below the mean, and on what theme."""

    above: str
    below: str
    theme: str


Phrases = Mapping[str, Phrase]


@dataclass(frozen=True)
class Name:
    """A label for people, and the same as snake_case for tables."""

    label: str

    @property
    def name(self) -> str:
        """The label in snake_case."""
        words = "".join(c if c.isalnum() else " " for c in self.label.lower())
        return "_".join(words.split())


class _Said(NamedTuple):
    """Phrases in the order of their use; the first `themes` each open a theme."""

    parts: list[str]
    themes: int


def name_clusters(z_scores: pd.DataFrame, phrases: Phrases) -> list[Name]:
    """Return one name per row of `z_scores` (clusters by features), all different.

    A name takes the two themes that stand out most, and further phrases only where
    they are needed to tell the cluster from every other one.
    """
    said = [_said(z_scores.loc[one], z_scores, phrases) for one in z_scores.index]
    return [Name(_label(place, said)) for place in range(len(said))]


def _said(row: "pd.Series[float]", z_scores: pd.DataFrame, phrases: Phrases) -> _Said:
    strongest = sorted(row.index, key=lambda name: (-abs(row[name]), name))
    told = [name for name in strongest if abs(row[name]) >= LEAST_Z]
    themes = [phrases[name].theme for name in told]
    fresh = [name for at, name in enumerate(told) if themes[at] not in themes[:at]]
    ordered = [*fresh, *(name for name in told if name not in fresh)]
    words = [_words(row[name], z_scores[name], phrases[name]) for name in ordered]
    return _Said(words, len(fresh))


def _words(own: float, everywhere: "pd.Series[float]", phrase: Phrase) -> str:
    above = own > 0
    farthest = everywhere.max() - own if above else own - everywhere.min()
    word = phrase.above if above else phrase.below
    return f"fairly {word}" if farthest > FAR_Z else word


def _label(place: int, said: Sequence[_Said]) -> str:
    own, themes = said[place]
    others = [one.parts for at, one in enumerate(said) if at != place]
    for count in range(min(THEMES_AT_FIRST, themes), len(own) + 1):
        if all(set(own[:count]) != set(other[:count]) for other in others):
            return _sentence(own[:count])
    twins = [at for at, one in enumerate(said) if set(one.parts) == set(own)]
    number = f" ({twins.index(place) + 1})" if len(twins) > 1 else ""
    return _sentence(own) + number


def _sentence(parts: list[str]) -> str:
    text = ", ".join(parts) or "like the average"
    return text[0].upper() + text[1:]
