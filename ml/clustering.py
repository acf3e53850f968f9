"""Clusters: groups of customers who behave alike, found by K-means and named in words.

K-means sees scaled logarithms: on raw counts a few heavy buyers would decide it all.
"""

from dataclasses import dataclass

import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.elbow import (
    ELBOW,
    K_RANGE,
    SWEEP_ROWS,
    count_distinct,
    elbow,
    elbow_png,
    sweep,
)
from ml.common.features import columns_read
from ml.common.frames import canonical, empty, typed
from ml.common.groups import FIT_ROWS, RESTARTS, Crowd, Groups, crowd, group
from ml.common.naming import Phrase, name_clusters
from ml.spec import Card, Inputs, ModelSpec, State
from warehouse.errors import TesseraError

LEAST_ACTIVE = 200
MOST_CLUSTERS = 50

# The behaviour compared, and what to say of a cluster with much and with little of it.
BEHAVIOUR = {
    "days_since_last_activity": Phrase("quiet lately", "recently active", "recency"),
    "product_view_count": Phrase("many views", "few views", "browsing"),
    "cart_add_count": Phrase("many carts", "few carts", "browsing"),
    "order_count": Phrase("many orders", "few orders", "buying"),
    "net_revenue_amount": Phrase("high revenue", "low revenue", "buying"),
    "email_click_count": Phrase("many email clicks", "few email clicks", "email"),
    "season_excess": Phrase("seasonal", "even through the year", "season"),
}
_NAMED = {"cluster_id": "str", "cluster_name": "str", "cluster_label": "str"}
ASSIGNMENTS = {
    "customer_id": "str",
    "as_of_at": "datetime64[us]",
    **_NAMED,
    "distance": "float64",
    "model_version": "str",
}
PROFILES = {
    **_NAMED,
    "as_of_at": "datetime64[us]",
    "customer_count": "int64",
    "customer_share": "float64",
    "feature": "str",
    "mean_value": "float64",
    "z_score": "float64",
    "model_version": "str",
}


@dataclass(frozen=True)
class ClusterResult:
    """Frames of the schemas ASSIGNMENTS, PROFILES and ELBOW; `k` 0 without clusters."""

    state: State
    reason: str
    model_version: str
    k: int
    assignments: pd.DataFrame
    profiles: pd.DataFrame
    elbow: pd.DataFrame
    card: Card

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the output frames by name."""
        return {
            "assignments": self.assignments,
            "profiles": self.profiles,
            "elbow": self.elbow,
        }

    def elbow_png(self) -> bytes | None:
        """Return the elbow plot as PNG; None if there was not enough data."""
        return elbow_png(self.elbow, self.k) if self.k else None


def cluster(
    features: pd.DataFrame, *, k: int | None = None, seed: int = 0
) -> ClusterResult:
    """Group the customers of `features`, one row a customer of customer_features.

    K-means learns from a sample of customers with activity; then every customer gets
    the nearest cluster, who never was active as if long gone. `k` is the elbow within
    2 to 12 unless given (2 to 50). Clusters are called c1, c2 ... by falling size.
    `distance` is Euclidean in scaled logarithms; a profile's `mean_value` is plain,
    its `z_score` in standard deviations of the active customers' logarithms. Fewer
    than 200 active customers is the state `not_enough_data`, with empty frames.
    Raises TesseraError for a k out of range, missing columns or repeated customers.
    """
    _require_k(k)
    with threadpool_limits(limits=1):  # one order of summation on every machine
        rows = canonical(
            features, READS, "ml/clustering, features", unique=("customer_id",)
        )
        people = crowd(rows, MODEL.features)
        reason = _lacking(people, k, seed)
        return _not_enough(reason) if reason else _clustered(people, k, seed)


def _require_k(k: int | None) -> None:
    if k is not None and not 2 <= k <= MOST_CLUSTERS:
        raise TesseraError(
            "the number of clusters is out of range",
            where="ml/clustering",
            given=f"k = {k}",
            allowed=f"2 to {MOST_CLUSTERS}, or none for the elbow",
            remedy="Choose another k.",
        )


def _lacking(people: Crowd, k: int | None, seed: int) -> str:
    active = int(people.is_active.sum())
    if active < LEAST_ACTIVE:
        return f"{active} customers were active; at least {LEAST_ACTIVE} are needed."
    distinct = count_distinct(people.points[people.is_active], seed)
    least = k or min(K_RANGE)
    if distinct <= least:
        return (
            f"The active customers show only {distinct} different behaviours; "
            f"{least} clusters need more than {least}."
        )
    return ""


def _not_enough(reason: str) -> ClusterResult:
    card = {"state": "not_enough_data", "reason": reason}
    none = (empty(ASSIGNMENTS), empty(PROFILES), empty(ELBOW))
    return ClusterResult("not_enough_data", reason, "", 0, *none, card)


def _clustered(people: Crowd, k: int | None, seed: int) -> ClusterResult:
    table = sweep(people.points[people.is_active], seed)
    chosen = k or elbow(table)
    version = MODEL.version(seed, f"{people.fingerprint()} k={chosen}")
    groups = group(people, chosen, seed)
    names = _names(groups).assign(model_version=version)
    assigned = typed(groups.members.merge(names, on="cluster_id"), ASSIGNMENTS)
    profiles = typed(groups.profiles.merge(names, on="cluster_id"), PROFILES)
    return ClusterResult(
        state="trained",
        reason="",
        model_version=version,
        k=chosen,
        assignments=assigned,
        profiles=profiles,
        elbow=table,
        card=_card(people, groups, table, "the elbow" if k is None else "override"),
    )


def _names(groups: Groups) -> pd.DataFrame:
    z_scores = groups.z_scores()
    named = name_clusters(z_scores, BEHAVIOUR)
    return pd.DataFrame(
        {
            "cluster_id": z_scores.index,
            "cluster_name": [one.name for one in named],
            "cluster_label": [one.label for one in named],
        }
    )


def _card(people: Crowd, groups: Groups, table: pd.DataFrame, rule: str) -> Card:
    floor = dict(MODEL.quality_floor)
    metrics = {"silhouette": groups.silhouette}
    return {
        "state": "trained",
        "reason": "",
        "k": groups.k,
        "chosen_by": rule,
        "customer_count": len(people.points),
        "active_count": int(people.is_active.sum()),
        "fitted_count": groups.fitted_count,
        "metrics": metrics,
        "elbow": table.to_dict(orient="records"),
        "quality_floor": floor,
        "is_above_floor": all(metrics[name] >= least for name, least in floor.items()),
    }


def _build(inputs: Inputs, seed: int) -> ClusterResult:
    return cluster(inputs.scoring, seed=seed)


MODEL = ModelSpec(
    name="clustering",
    target=None,
    features=tuple(BEHAVIOUR),
    outputs={"assignments": ASSIGNMENTS, "profiles": PROFILES, "elbow": ELBOW},
    quality_floor={"silhouette": 0.1},
    settings={"sweep_rows": SWEEP_ROWS, "fit_rows": FIT_ROWS, "restarts": RESTARTS},
    build=_build,
)
READS = columns_read((*MODEL.features, "activity_count"))
