"""How many clusters: the elbow of the inertia, shown beside the silhouette."""

import io
import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from ml.common.encoding import Floats

K_RANGE = range(2, 13)
SWEEP_ROWS = 10_000
SILHOUETTE_ROWS = 2_000
RESTARTS = 4

ELBOW = {"k": "int64", "inertia": "float64", "silhouette": "float64"}


def sweep(points: Floats, seed: int) -> pd.DataFrame:
    """Return inertia (mean squared distance) and silhouette for every k that fits.

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


def _row(some: Floats, k: int, seed: int) -> tuple[int, float, float]:
    model = KMeans(k, n_init=RESTARTS, random_state=seed).fit(some)
    return k, model.inertia_ / len(some), silhouette(some, model.labels_, seed)


def silhouette(points: Floats, labels: npt.NDArray[np.integer], seed: int) -> float:
    """Return the mean silhouette of a sample of the points, in [-1, 1]."""
    rows = np.random.default_rng(seed).permutation(len(points))[:SILHOUETTE_ROWS]
    met = len(np.unique(labels[rows]))
    # A sample that misses all clusters but one has no silhouette to speak of.
    return float(silhouette_score(points[rows], labels[rows])) if met > 1 else 0.0


def sample(points: Floats, size: int, seed: int) -> Floats:
    """Return at most `size` of the points, drawn without replacement."""
    if len(points) <= size:
        return points
    return points[np.random.default_rng(seed).permutation(len(points))[:size]]


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


def elbow_png(table: pd.DataFrame, k: int) -> bytes:
    """Return a PNG of inertia and silhouette by k, with the chosen k marked."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    FigureCanvasAgg(figure)  # draws without a screen, whatever the user's default
    left = figure.add_subplot(xlabel="clusters (k)", ylabel="inertia per customer")
    left.plot(table["k"], table["inertia"], marker="o", label="inertia")
    left.axvline(k, linestyle="--", color="grey", label=f"chosen: {k}")
    right = left.twinx()
    right.set_ylabel("silhouette")
    right.plot(
        table["k"],
        table["silhouette"],
        marker="s",
        color="tab:orange",
        label="silhouette",
    )
    figure.legend(loc="outside upper center", ncols=3)
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()
