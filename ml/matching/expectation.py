"""Fellegi and Sunter's model by expectation maximisation, where nothing may be zero.

Splink's own ends in an error where a level dies out in a round, so this one is ours. It
is the plain algorithm, over the patterns of agreement and how often each occurs.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]

# Each lets the model learn of the comparisons that it does not name, on the pairs that
# agree in full in those that it does.
LEARNT_ON: Final = (
    ("email",),
    ("phone",),
    ("birth_on",),
    ("first_name", "last_name"),
)
ROUNDS: Final = 50
CLOSE_ENOUGH: Final = 1e-6
# As if a level had been seen this often before: chance decides no weight alone.
SEEN_BEFORE: Final = 1.0
COUNT: Final = "pair_count"


def expect(patterns: pd.DataFrame, chance: dict[str, Floats]) -> dict[str, Floats]:
    """Return how often the records of one person agree at each level of a comparison.

    `patterns` has a column for each comparison (the level, from 0; -1 where something
    is unknown) and their `pair_count`; `chance` is how often strangers agree. What the
    parts of LEARNT_ON say of a comparison is weighed by the pairs it is said of.
    """
    seen = {name: np.zeros(len(of)) for name, of in chance.items()}
    for agreed in LEARNT_ON:
        full = np.all([patterns[one] == len(chance[one]) - 1 for one in agreed], axis=0)
        others = [name for name in chance if name not in agreed]
        for name, counted in _session(patterns[full], chance, others).items():
            seen[name] += counted
    return {name: _shares(counted) for name, counted in seen.items()}


def _session(
    patterns: pd.DataFrame, chance: dict[str, Floats], names: list[str]
) -> dict[str, Floats]:
    """How many pairs of one person are expected at each level."""
    count = patterns[COUNT].to_numpy(np.float64)
    level = {name: patterns[name].to_numpy(np.int64) for name in names}
    agreed = {name: _first_guess(len(chance[name])) for name in names}
    share, seen = 0.5, {name: np.zeros(len(chance[name])) for name in names}
    for _ in range(ROUNDS):
        weight = np.zeros(len(patterns))
        for name in names:
            said = np.log(agreed[name]) - np.log(chance[name])
            weight += np.where(level[name] >= 0, said[level[name]], 0.0)
        one = count / (1 + np.exp(-weight) * (1 - share) / share)
        for name in names:
            known = level[name] >= 0
            size = len(chance[name])
            weighed = np.bincount(level[name][known], one[known], minlength=size)
            seen[name] = weighed.astype(np.float64)
            agreed[name] = _shares(seen[name])
        before, share = share, (one.sum() + 1) / (count.sum() + 2)
        if abs(share - before) < CLOSE_ENOUGH:
            break
    return seen


def _first_guess(size: int) -> Floats:
    """Mostly in full agreement; the lower levels share the rest."""
    guess = np.full(size, 0.1 / max(size - 1, 1))
    guess[-1] = 0.9
    return guess


def _shares(seen: Floats) -> Floats:
    shares: Floats = (seen + SEEN_BEFORE) / (seen.sum() + SEEN_BEFORE * len(seen))
    return shares
