"""How far to trust taste beside popularity, judged on what came later.

Popularity stands unless a blend is better by more than chance: two standard errors of
the paired difference. So what is chosen never ranks below popularity where it counted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.common.encoding import Floats
from ml.recommending.histories import Histories, Ints
from ml.recommending.model import Blend
from ml.recommending.ranking import CELLS, best, blended, leave_out
from ml.recommending.tastes import Tastes

HALF_LIVES = (np.inf, 365.0, 90.0, 30.0, 7.0)
FADES = (np.inf, 20.0)
POPULARITIES = (0.03, 0.1, 0.3, 1.0, 3.0)
AT = 10
JUDGES = 2_000
FEWEST_JUDGES = 10


@dataclass(frozen=True)
class Choice:
    """The blend, and in `card` what it and popularity reached (NDCG@10)."""

    blend: Blend
    card: dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """Some people's histories, and as a row of 0 and 1 what they came to only later."""

    past: Histories
    later: Any

    def ndcg(self, scores: Callable[[Histories], Any]) -> Floats:
        """Return each person's NDCG@10 of what they had not touched before."""
        return np.asarray(self.each_ndcg(lambda past: [scores(past)])[0])

    def each_ndcg(self, scores: Callable[[Histories], Iterable[Any]]) -> Floats:
        """Return what `ndcg` does of several scores at once, a row for each."""
        step = max(CELLS // max(self.past.size, 1), 1)
        everybody = np.arange(len(self.past.people))
        parts = [everybody[at : at + step] for at in range(0, len(everybody), step)]
        return np.concatenate([self._part(one, scores) for one in parts], axis=1)

    def _part(
        self, people: Ints, scores: Callable[[Histories], Iterable[Any]]
    ) -> Floats:
        past, later = self.past.rows(people), self.later[people]
        return np.array([_reached(past, later, said) for said in scores(past)])


def _reached(past: Histories, later: Any, said: Any) -> Floats:
    leave_out(said, past)
    row, column = best(said, AT)
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    hit = np.asarray(later[row, column]).ravel()
    gained = np.bincount(row, hit / np.log2(rank + 2), len(past.people))
    ideal = np.cumsum(1 / np.log2(np.arange(AT) + 2))
    return np.asarray(gained / ideal[np.minimum(later.getnnz(axis=1), AT) - 1])


def trial(past: Histories, future: Histories, seed: int) -> Trial:
    """Return at most JUDGES people with a past who later came to something new.

    Both histories number people alike.
    """
    after, before = future.matrix(), past.matrix()
    after.data[:], before.data[:] = 1.0, 1.0
    new = (after - after.multiply(before)).tocsr()
    new.eliminate_zeros()
    able = np.flatnonzero((new.getnnz(axis=1) > 0) & (before.getnnz(axis=1) > 0))
    if len(able) > JUDGES:
        chance = np.random.default_rng(seed)
        able = np.sort(chance.choice(able, JUDGES, replace=False))
    return Trial(past.rows(able), new[able])


def choose(
    judges: Trial, popularity: Callable[[float], Floats], taste: Tastes
) -> Choice:
    """Return the blend that `judges` bear out.

    `popularity` gives products' popularity, at the moment that parts past and later,
    for a half-life in days.
    """
    size = len(judges.past.people)
    if size < FEWEST_JUDGES:
        said = f"popularity: {size} people came to something new, {FEWEST_JUDGES} judge"
        return Choice(Blend(), {"judges": size, "rule": said})
    sold = {one: judges.ndcg(_by(popularity(one))) for one in HALF_LIVES}
    half_life = max(sold, key=lambda one: float(sold[one].mean()))
    plain, standing = Blend(half_life), sold[half_life]
    tried = dict(_blends(judges, popularity(half_life), half_life, taste))
    chosen = max(tried, key=lambda one: float(tried[one].mean()))
    gain = tried[chosen] - standing
    error = float(gain.std() / np.sqrt(size))
    is_better = float(gain.mean()) > 2 * error
    card = {
        "judges": size,
        "rule": "popularity, unless better by over two standard errors",
        "popularity_ndcg": float(standing.mean()),
        "best_blend_ndcg": float(tried[chosen].mean()),
        "best_blend": chosen.told(),
        "gain": float(gain.mean()),
        "gain_standard_error": error,
        "is_popularity_beaten": is_better,
    }
    return Choice(chosen if is_better else plain, card)


def _by(popularity: Floats) -> Callable[[Histories], Any]:
    said = popularity.astype("float32")
    return lambda past: np.tile(said, (len(past.people), 1))


def _blends(
    judges: Trial, popularity: Floats, half_life: float, taste: Tastes
) -> Iterator[tuple[Blend, Floats]]:
    for fade in FADES:
        blends = [Blend(half_life, fade, weight) for weight in POPULARITIES]

        def scores(past: Histories, blends: list[Blend] = blends) -> Iterator[Any]:
            said = taste.scores(past.matrix(blends[0].fade))
            # Shares of shares are the same shares: taste is asked once a fade.
            return (blended(said, popularity, blend) for blend in blends)

        yield from zip(blends, judges.each_ndcg(scores), strict=True)
