"""Customers as points, and K-means groups of them: members, centres and profiles."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans

from ml.common.elbow import sample, silhouette
from ml.common.encoding import Floats, filled, signed_log1p
from ml.common.features import encode
from ml.common.frames import fingerprint

FIT_ROWS = 50_000
RESTARTS = 10


@dataclass(frozen=True)
class Crowd:
    """Customers in canonical order: plain values, and scaled logarithms as points."""

    keys: pd.DataFrame
    features: tuple[str, ...]
    values: Floats
    points: Floats
    is_active: npt.NDArray[np.bool_]

    def fingerprint(self) -> str:
        """Return a hash of everything the groups are made from."""
        return fingerprint(self.keys, self.points)


def crowd(rows: pd.DataFrame, features: tuple[str, ...]) -> Crowd:
    """Return the customers of canonical `rows`, scaled by those with activity.

    Who never was active counts as gone for as long as the longest-gone active one.
    """
    values = encode(rows, features).plain()
    is_active = filled(rows["activity_count"]) > 0
    if is_active.any():
        values = np.minimum(values, values[is_active].max(axis=0))
    points = _scaled(signed_log1p(values), is_active)
    return Crowd(rows[["customer_id", "as_of_at"]], features, values, points, is_active)


def _scaled(logs: Floats, reference: npt.NDArray[np.bool_]) -> Floats:
    if not reference.any():
        return logs
    spread = logs[reference].std(axis=0)
    # A column that never varies says nothing, rather than dividing by zero.
    scale = np.where(spread > 0, spread, 1.0)
    return np.asarray((logs - logs[reference].mean(axis=0)) / scale)


@dataclass(frozen=True)
class Groups:
    """Members and profiles of K-means groups c1, c2 ..., the largest first."""

    k: int
    fitted_count: int
    silhouette: float
    members: pd.DataFrame
    profiles: pd.DataFrame

    def z_scores(self) -> pd.DataFrame:
        """Return clusters by features, in the clusters' order."""
        wide = self.profiles.pivot(
            index="cluster_id", columns="feature", values="z_score"
        )
        return wide.loc[list(dict.fromkeys(self.profiles["cluster_id"]))]


def group(people: Crowd, k: int, seed: int) -> Groups:
    """Fit K-means with `k` centres on active customers, and assign everybody."""
    fitted = sample(people.points[people.is_active], FIT_ROWS, seed)
    model = KMeans(k, n_init=RESTARTS, random_state=seed).fit(fitted)
    labels = _by_size(model.predict(people.points), model.cluster_centers_)
    gaps = model.transform(people.points).min(axis=1)
    members = people.keys.assign(cluster_id=_ids(labels), distance=gaps)
    return Groups(
        k=k,
        fitted_count=len(fitted),
        silhouette=silhouette(people.points, labels, seed),
        members=members,
        profiles=_profiles(people, labels),
    )


def _by_size(labels: npt.NDArray[np.int32], centres: Floats) -> npt.NDArray[np.intp]:
    sizes = np.bincount(labels, minlength=len(centres))
    # Equal sizes fall by the centre, so that no start of K-means decides.
    order = np.lexsort([*centres.T[::-1], -sizes])
    return np.argsort(order)[labels]


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
