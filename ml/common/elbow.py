"""How many clusters: the elbow of the inertia, shown beside what else may be asked."""

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    silhouette_score,
)

from ml.common.encoding import Floats

Labels = npt.NDArray[np.integer]

K_RANGE = range(2, 16)
SWEEP_ROWS = 10_000
JUDGED_ROWS = 2_000
RESTARTS = 4
RESAMPLES = 4

ELBOW = {
    "k": "int64",
    "inertia": "float64",
    "silhouette": "float64",
    "calinski_harabasz": "float64",
    "stability": "float64",
}


def sweep(points: Floats, seed: int) -> pd.DataFrame:
    """Return inertia (mean squared distance) and judgements for every k that fits.

    `points` is rows by scaled columns; only a sample of them is used. A k needs more
    distinct points than clusters. Schema ELBOW, ordered by k.
    """
    some = sample(points, SWEEP_ROWS, seed)
    distinct = count_distinct(points, seed)
    rows = [_row(some, k, seed) for k in K_RANGE if k < distinct]
    return pd.DataFrame(rows, columns=list(ELBOW)).astype(ELBOW)


def count_distinct(points: Floats, seed: int) -> int:
    """Return how many different points the sweep's sample holds."""
    return len(np.unique(sample(points, SWEEP_ROWS, seed), axis=0))


def _row(some: Floats, k: int, seed: int) -> tuple[int, float, float, float, float]:
    model = KMeans(k, n_init=RESTARTS, random_state=seed).fit(some)
    labels = model.labels_
    separation = calinski_harabasz_score(some, labels)
    judged = (silhouette(some, labels, seed), separation, stability(some, labels, seed))
    return k, model.inertia_ / len(some), *judged


def silhouette(points: Floats, labels: Labels, seed: int) -> float:
    """Return the mean silhouette of a sample of the points, in [-1, 1]."""
    rows = np.random.default_rng(seed).permutation(len(points))[:JUDGED_ROWS]
    met = len(np.unique(labels[rows]))
    # A sample that misses all clusters but one has no silhouette to speak of.
    return float(silhouette_score(points[rows], labels[rows])) if met > 1 else 0.0


def stability(points: Floats, labels: Labels, seed: int) -> float:
    """Return how alike refits on resamples group the points: the mean ARI to `labels`.

    Points are resampled with replacement. Stable is not valid: one cloud cut in two
    may be cut alike each time.
    """
    dice = np.random.default_rng(seed)
    k, found = len(np.unique(labels)), []
    for _ in range(RESAMPLES):
        drawn = points[dice.integers(len(points), size=min(len(points), JUDGED_ROWS))]
        again = KMeans(k, n_init=1, random_state=seed).fit(drawn).predict(points)
        found.append(adjusted_rand_score(labels, again))
    return float(np.mean(found))


def sample(points: Floats, size: int, seed: int) -> Floats:
    """Return at most `size` of the points, drawn without replacement."""
    if len(points) <= size:
        return points
    return points[np.random.default_rng(seed).permutation(len(points))[:size]]


def lasting_elbow(table: pd.DataFrame, former_k: int | None) -> int:
    """Return the elbow, or `former_k` where the elbow's groups are less stable.

    So chance does not move the number to and fro from training to training.
    """
    found = elbow(table)
    stable = table.set_index("k")["stability"]
    if former_k is None or former_k not in stable.index:
        return found
    return former_k if stable[found] < stable[former_k] else found


def elbow(table: pd.DataFrame) -> int:
    """Return the k where more clusters stop paying (kneed); else the best silhouette.

    Kneedle: Satopaa et al., "Finding a Kneedle in a Haystack" (2011).
    """
    from kneed import KneeLocator  # pulls in matplotlib where that is installed

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # says by warning what `knee is None` says
        knee = KneeLocator(
            table["k"], table["inertia"], curve="convex", direction="decreasing"
        ).knee
    if knee is not None:
        return int(knee)
    return int(table["k"].iloc[int(table["silhouette"].to_numpy().argmax())])
