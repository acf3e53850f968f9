"""Whether new clusters fit the customers of now better than the standing ones do.

Both are judged by the same customers, on the ruler of now: a half by hash, of which the
challenger that enters has seen nothing. With as many clusters the tighter ones fit
better; with more of them any are tighter, so then silhouettes decide.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples

from ml.common.clusters import Clusters
from ml.common.elbow import JUDGED_ROWS, sample
from ml.common.encoding import Floats
from ml.common.groups import FIT_ROWS, Crowd, Labels, nearest_centre
from ml.spec import Verdict

ROUNDS = 500
LOW, HIGH = 0.025, 0.975
CONTEST_ROWS = 20_000


def is_kept_back(people: Crowd) -> npt.NDArray[np.bool_]:
    """Return which customers judge: half of them, by a hash of the customer."""
    ids = people.keys["customer_id"].to_numpy(dtype=object)
    return np.asarray(pd.util.hash_array(ids) % 2 == 1)


def without_judges(known: Clusters, people: Crowd, seed: int) -> Clusters:
    """Return clusters as the customers who do not judge have them, from `known` on."""
    taught = people.points[people.is_active & ~is_kept_back(people)]
    if len(taught) < known.k:
        return known
    fitted = sample(taught, FIT_ROWS, seed)
    model = KMeans(known.k, init=known.centres, n_init=1, random_state=seed).fit(fitted)
    return replace(known, centres=model.cluster_centers_)


def cluster_contest(
    champion: Clusters,
    challenger: Clusters,
    active: pd.DataFrame,
    *,
    floor: float,
    asked: int | None,
    seed: int,
) -> Verdict:
    """Return the verdict of the customers with activity, in canonical order.

    The challenger is better if the lower bound (2.5 %) of its gain is above 0, by the
    paired bootstrap; if the champion's silhouette is below the `floor` now and its own
    is not; or if it has the number that was `asked` for, and the champion has not.
    """
    people = challenger.crowd(active)
    old, new = (_groups(one, active) for one in (champion, challenger))
    judges = np.random.default_rng(seed).permutation(
        np.flatnonzero(is_kept_back(people))
    )
    some = judges[:JUDGED_ROWS]
    silhouettes = [_silhouettes(people.points[some], one[some]) for one in (old, new)]
    measure, gains = "silhouette", silhouettes[1] - silhouettes[0]
    is_alike = champion.k == challenger.k
    if is_alike:
        rows = judges[:CONTEST_ROWS]
        gaps = [_gaps(people.points, one, judges)[rows] for one in (old, new)]
        measure = "share of the spread explained"
        gains = (gaps[0] - gaps[1]) / people.points[judges].var(axis=0).sum()
    low, high = _interval(gains, seed)
    fits = [float(one.mean()) for one in silhouettes]
    is_off = fits[0] < floor <= fits[1]
    is_asked = asked is not None and challenger.k == asked != champion.k
    figures = {
        "measure": measure,
        "gain": float(gains.mean()),
        "gain_low": low,
        "gain_high": high,
        "champion_silhouette": fits[0],
        "challenger_silhouette": fits[1],
        "champion_k": champion.k,
        "challenger_k": challenger.k,
        "row_count": len(gains),
    }
    words = (
        f"{challenger.k} clusters against {champion.k}: {measure}"
        f" {gains.mean():+.4f} (95 % interval {low:+.4f} to {high:+.4f}, wanted above"
        f" 0), by {len(gains):,} customers kept back."
    )
    if is_off:
        words += f" The champion's silhouette, {fits[0]:.3f}, is below the floor now."
    if is_asked:
        words += " The var `cluster_count` asks for that number."
    return Verdict(low > 0 or is_off or is_asked, words, figures)


def _groups(known: Clusters, active: pd.DataFrame) -> Labels:
    """Whose the customers are, in the clusters' own scaling."""
    return nearest_centre(known.crowd(active).points, known.centres)[0]


def _silhouettes(points: Floats, labels: Labels) -> Floats:
    met = len(np.unique(labels))
    # In one group, or each in one of their own, nobody is nearer to another.
    if not 1 < met < len(points):
        return np.zeros(len(points))
    return np.asarray(silhouette_samples(points, labels))


def _gaps(points: Floats, labels: Labels, judges: npt.NDArray[np.intp]) -> Floats:
    """Squared distances to the mean of the group, as those who do not judge have it."""
    taught = np.ones(len(points), dtype=bool)
    taught[judges] = False
    centres = np.zeros((labels.max() + 1, points.shape[1]))
    for one in np.unique(labels[taught]):
        centres[one] = points[taught & (labels == one)].mean(axis=0)
    return np.asarray(((points - centres[labels]) ** 2).sum(axis=1))


def _interval(gains: Floats, seed: int) -> tuple[float, float]:
    dice = np.random.default_rng(seed)
    means = [
        gains[dice.integers(len(gains), size=len(gains))].mean() for _ in range(ROUNDS)
    ]
    low, high = np.quantile(means, [LOW, HIGH])
    return float(low), float(high)
