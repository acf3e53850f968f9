"""How far to trust taste beside popularity, judged on what came later.

One half of the judges chooses a blend, the other half says whether it stands: only if
it is better than popularity there by more than chance, two standard errors of the
paired difference. So what is chosen does not rank below popularity where nothing was
chosen.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.common.abreast import abreast
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
FEWEST_JUDGES = 100
"""For a blend; any half-life is popularity, and fewer may choose among those."""
FEWEST_FOR_AGE = 10
"""In the half that chooses."""


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
        reached = abreast(lambda one: self._part(one, scores), parts)
        return np.concatenate(list(reached), axis=1)

    def halves(self, seed: int) -> tuple["Trial", "Trial"]:
        """Return the judges as two groups that share nobody, drawn by the seed."""
        drawn = np.random.default_rng(seed).permutation(len(self.past.people))
        half = len(drawn) // 2
        first, second = (np.sort(one) for one in (drawn[:half], drawn[half:]))
        return self._of(first), self._of(second)

    def _of(self, people: Ints) -> "Trial":
        return Trial(self.past.rows(people), self.later[people])

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
    judges: Trial, popularity: Callable[[float], Floats], taste: Tastes, seed: int = 0
) -> Choice:
    """Return the blend that `judges` bear out.

    `popularity` gives products' popularity, at the moment that parts past and later,
    for a half-life in days.
    """
    size = len(judges.past.people)
    if size < FEWEST_JUDGES:
        return _too_few(judges, popularity, seed)
    first, second = judges.halves(seed)
    half_life = _half_life(first, popularity)
    sold = popularity(half_life)
    tried = dict(_blends(first, sold, half_life, taste))
    chosen = max(tried, key=lambda one: float(tried[one].mean()))
    standing = second.ndcg(_by(sold))
    found = second.ndcg(
        lambda past: blended(taste.scores(past.matrix(chosen.fade)), sold, chosen)
    )
    gain, error = found - standing, _error(found - standing)
    is_better = float(gain.mean()) > 2 * error
    card = {
        "judges": size,
        "rule": "popularity, unless better by over two standard errors in the half of"
        " judges that did not choose",
        "popularity_ndcg": float(standing.mean()),
        "best_blend_ndcg": float(found.mean()),
        "best_blend": chosen.told(),
        "gain": float(gain.mean()),
        "gain_standard_error": error,
        "is_popularity_beaten": is_better,
        **_beside_chance(second, found if is_better else standing, seed),
    }
    return Choice(chosen if is_better else Blend(half_life), card)


def _too_few(judges: Trial, popularity: Callable[[float], Floats], seed: int) -> Choice:
    """Popularity alone; the half that judges in a contest does not choose its age."""
    size = len(judges.past.people)
    said = f"popularity: {size} people came to something new, {FEWEST_JUDGES} judge"
    first, _ = judges.halves(seed)
    enough = len(first.past.people) >= FEWEST_FOR_AGE
    blend = Blend(_half_life(first, popularity)) if enough else Blend()
    return Choice(blend, {"judges": size, "rule": said})


def _half_life(judges: Trial, popularity: Callable[[float], Floats]) -> float:
    sold = {one: judges.ndcg(_by(popularity(one))).mean() for one in HALF_LIVES}
    return max(sold, key=lambda one: float(sold[one]))


def _beside_chance(judges: Trial, reached: Floats, seed: int) -> dict[str, float]:
    """How far what was chosen is above products in any order, less two errors."""
    order = np.random.default_rng(seed).random(judges.past.size)
    above = reached - judges.ndcg(_by(order))
    least = float(above.mean()) - 2 * _error(above)
    return {"ndcg": float(reached.mean()), "ndcg_above_chance": least}


def _error(values: Floats) -> float:
    return float(values.std() / np.sqrt(len(values)))


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
