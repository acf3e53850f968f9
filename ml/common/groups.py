"""Customers as points of one ruler, and K-means groups of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin_min

from ml.common.elbow import sample
from ml.common.encoding import Floats, filled, signed_log1p
from ml.common.features import encode
from ml.common.frames import fingerprint
from ml.common.season import Season, season_of

Labels = npt.NDArray[np.intp]

FIT_ROWS = 50_000
RESTARTS = 10
SEASON = "season_lean"
# Groups made from scratch must be tighter by this share to be worth the upheaval.
WORTH_IT = 0.02


@dataclass(frozen=True)
class Ruler:
    """How plain values become points: capped, as logarithms, centred and spread.

    The last column is the season, which is no amount and has no logarithm.
    """

    cap: Floats
    mean: Floats
    spread: Floats
    season: Season

    def points(self, values: Floats) -> Floats:
        """Return the points of plain values."""
        logs = _logs(np.minimum(values, self.cap))
        return np.asarray((logs - self.mean) / self.spread)


@dataclass(frozen=True)
class Crowd:
    """Customers in canonical order: plain values, and scaled logarithms as points.

    Who never was active counts as gone for as long as the longest-gone active one.
    """

    keys: pd.DataFrame
    values: Floats
    points: Floats
    is_active: npt.NDArray[np.bool_]

    @property
    def active_points(self) -> Floats:
        """Return the points of those with activity, who alone make the groups."""
        return self.points[self.is_active]

    def fingerprint(self) -> str:
        """Return a hash of everything the groups are made from."""
        return fingerprint(self.keys, self.points)


def ruler_of(
    rows: pd.DataFrame, columns: tuple[str, ...], former: Season | None = None
) -> Ruler:
    """Return the ruler of canonical `rows`: by those with activity, else by all.

    `columns` are names of features, and SEASON at the end, which is `former` where that
    still holds.
    """
    is_active = _is_active(rows)
    active = rows[is_active] if is_active.any() else rows
    season = season_of(active, former)
    values = _values(active, columns, season)
    logs = _logs(values)
    spread = logs.std(axis=0)
    # A column that never varies says nothing, rather than dividing by zero.
    spread = np.where(spread > 1e-12, spread, 1.0)
    return Ruler(values.max(axis=0), logs.mean(axis=0), spread, season)


def crowd(rows: pd.DataFrame, columns: tuple[str, ...], ruler: Ruler) -> Crowd:
    """Return the customers of canonical `rows` as points of a ruler."""
    values = np.minimum(_values(rows, columns, ruler.season), ruler.cap)
    keys = rows[["customer_id", "as_of_at"]]
    return Crowd(keys, values, ruler.points(values), _is_active(rows))


def _values(rows: pd.DataFrame, columns: tuple[str, ...], season: Season) -> Floats:
    plain = encode(rows, columns[:-1]).plain()
    return np.column_stack([plain, season.lean(rows)])


def _logs(values: Floats) -> Floats:
    return np.column_stack([signed_log1p(values[:, :-1]), values[:, -1]])


def _is_active(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return np.asarray(filled(rows["activity_count"]) > 0)


def fresh_centres(points: Floats, k: int, seed: int) -> Floats:
    """Fit K-means with `k` centres on points; the largest group is first."""
    fitted = sample(points, FIT_ROWS, seed)
    model = KMeans(k, n_init=RESTARTS, random_state=seed).fit(fitted)
    sizes = np.bincount(model.predict(points), minlength=k)
    found: Floats = model.cluster_centers_
    # Equal sizes fall by the centre, so that no start of K-means decides.
    return found[np.lexsort([*found.T[::-1], -sizes])]


def kept_centres(points: Floats, former: Labels, k: int, seed: int) -> Floats:
    """Fit K-means from the groups `former` on; anew where that is worth it.

    `former` tells each point's group, 0 to k - 1. Centres keep the groups' order.
    """
    fresh = fresh_centres(points, k, seed)
    if len(np.unique(former)) < k:
        return fresh
    start = np.stack([points[former == one].mean(axis=0) for one in range(k)])
    fitted = sample(points, FIT_ROWS, seed)
    model = KMeans(k, init=start, n_init=1, random_state=seed).fit(fitted)
    found: Floats = model.cluster_centers_
    is_worth_it = _width(fitted, fresh) < (1 - WORTH_IT) * _width(fitted, found)
    return fresh if is_worth_it else found


def _width(points: Floats, centres: Floats) -> float:
    """Mean squared distance to the nearest centre."""
    return float((nearest_centre(points, centres)[1] ** 2).mean())


def nearest_centre(points: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """Return each point's nearest centre, by number, and the distance to it."""
    labels, gaps = pairwise_distances_argmin_min(points, centres)
    return labels, gaps
