"""Customers as points, and K-means groups of them: members, centres and profiles."""

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

FIT_ROWS = 50_000
RESTARTS = 10


@dataclass(frozen=True)
class Scale:
    """How plain values become points: capped, as logarithms, centred and spread."""

    cap: Floats
    mean: Floats
    spread: Floats

    def points(self, values: Floats) -> Floats:
        """Return the points of plain values."""
        logs = signed_log1p(np.minimum(values, self.cap))
        return np.asarray((logs - self.mean) / self.spread)


def scale_of(values: Floats) -> Scale:
    """Return the scale by which these values, of active customers, are compared."""
    logs = signed_log1p(values)
    spread = logs.std(axis=0)
    # A column that never varies says nothing, rather than dividing by zero.
    spread = np.where(spread > 0, spread, 1.0)
    return Scale(values.max(axis=0), logs.mean(axis=0), spread)


@dataclass(frozen=True)
class Crowd:
    """Customers in canonical order: plain values, and scaled logarithms as points.

    Who never was active counts as gone for as long as the longest-gone active one.
    """

    keys: pd.DataFrame
    features: tuple[str, ...]
    values: Floats
    points: Floats
    is_active: npt.NDArray[np.bool_]
    scale: Scale

    def fingerprint(self) -> str:
        """Return a hash of everything the groups are made from."""
        return fingerprint(self.keys, self.points)


def crowd(
    rows: pd.DataFrame, features: tuple[str, ...], scale: Scale | None = None
) -> Crowd:
    """Return the customers of canonical `rows`, by the scale of those with activity.

    Without any of them everybody sets the scale. A given `scale` is kept to.
    """
    values = encode(rows, features).plain()
    is_active = filled(rows["activity_count"]) > 0
    if scale is None:
        scale = scale_of(values[is_active] if is_active.any() else values)
    values = np.minimum(values, scale.cap)
    keys = rows[["customer_id", "as_of_at"]]
    return Crowd(keys, features, values, scale.points(values), is_active, scale)


@dataclass(frozen=True)
class Groups:
    """Members and profiles of groups c1, c2 ..., numbered as their centres are."""

    members: pd.DataFrame
    profiles: pd.DataFrame
    labels: npt.NDArray[np.intp]

    def z_scores(self) -> pd.DataFrame:
        """Return clusters by features, in the clusters' order."""
        wide = self.profiles.pivot(
            index="cluster_id", columns="feature", values="z_score"
        )
        return wide.loc[list(dict.fromkeys(self.profiles["cluster_id"]))]


def centres(people: Crowd, k: int, seed: int) -> Floats:
    """Fit K-means with `k` centres on active customers; the largest group is first."""
    fitted = sample(people.points[people.is_active], FIT_ROWS, seed)
    model = KMeans(k, n_init=RESTARTS, random_state=seed).fit(fitted)
    sizes = np.bincount(model.predict(people.points), minlength=k)
    found: Floats = model.cluster_centers_
    # Equal sizes fall by the centre, so that no start of K-means decides.
    return found[np.lexsort([*found.T[::-1], -sizes])]


def group(people: Crowd, around: Floats) -> Groups:
    """Give everybody to the nearest centre."""
    labels, gaps = pairwise_distances_argmin_min(people.points, around)
    members = people.keys.assign(cluster_id=_ids(labels), distance=gaps)
    return Groups(members, _profiles(people, labels), labels)


def _ids(labels: npt.NDArray[np.intp]) -> list[str]:
    return [f"c{label + 1}" for label in labels]


def _profiles(people: Crowd, labels: npt.NDArray[np.intp]) -> pd.DataFrame:
    blocks = [_profile(people, labels == one, one) for one in np.unique(labels)]
    return pd.concat(blocks, ignore_index=True)


def _profile(people: Crowd, inside: npt.NDArray[np.bool_], number: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cluster_id": f"c{number + 1}",
            "as_of_at": people.keys["as_of_at"].max(),
            "customer_count": int(inside.sum()),
            "customer_share": float(inside.mean()),
            "feature": people.features,
            "mean_value": people.values[inside].mean(axis=0),
            "z_score": people.points[inside].mean(axis=0),
        }
    )
