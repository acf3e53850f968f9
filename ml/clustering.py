"""Clusters: groups of customers who behave alike, found by K-means and named in words.

K-means sees scaled logarithms: on raw counts a few heavy buyers would decide it all.
"""

from collections.abc import Iterable

import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.elbow import (
    ELBOW,
    K_RANGE,
    SWEEP_ROWS,
    count_distinct,
    elbow,
    elbow_png,
    silhouette,
    sweep,
)
from ml.common.features import columns_read
from ml.common.frames import canonical, empty, typed
from ml.common.groups import (
    FIT_ROWS,
    RESTARTS,
    Crowd,
    Groups,
    Scale,
    centres,
    crowd,
    group,
)
from ml.common.naming import Phrase, name_clusters
from ml.spec import Card, Estimator, Frames, Inputs, ModelSpec, Trained
from warehouse.errors import TesseraError

LEAST_ACTIVE = 200
MOST_CLUSTERS = 50

# What the estimator keeps of the scale of its points.
SCALE = ("cap", "mean", "spread")
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


def train(
    inputs: Inputs, champion: Estimator | None, seed: int, *, k: int | None = None
) -> Trained:
    """Find groups among the customers of `training`, customer_features of now.

    K-means learns from a sample of customers with activity. `k` is the elbow within
    2 to 12 unless given (2 to 50). Clusters are called c1, c2 ... by falling size.
    Fewer than 200 active customers is the state `not_enough_data`, with a reason.
    Raises TesseraError for a k out of range, missing columns or repeated customers.
    """
    _require_k(k)
    with threadpool_limits(limits=1):  # one order of summation on every machine
        rows = _canonical(inputs["training"], "training")
        people = crowd(rows, MODEL.features) if len(rows) else None
        reason = _lacking(people, k, seed) if people else "There is no customer."
        if people is None or reason:
            card = {"state": "not_enough_data", "reason": reason}
            return Trained("not_enough_data", reason, card)
        return _trained(people, k, seed)


def score(
    estimator: Estimator, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    """Return `assignments`, `profiles` and `elbow`: everybody by the nearest centre.

    Who never was active counts as if long gone. `distance` is Euclidean in scaled
    logarithms; a profile's `mean_value` is plain, its `z_score` in standard deviations
    of the logarithms of those who were active when the clusters were found.
    """
    rows = [batch for batch in batches if len(batch)]
    if not rows:
        return {name: empty(schema) for name, schema in MODEL.outputs.items()}
    with threadpool_limits(limits=1):
        frame = _canonical(pd.concat(rows, ignore_index=True), "scoring")
        people = crowd(frame, tuple(estimator["features"]), _scale(estimator))
        groups = group(people, estimator["centres"])
    names = pd.DataFrame(estimator["names"]).assign(model_version=version)
    return {
        "assignments": typed(groups.members.merge(names, on="cluster_id"), ASSIGNMENTS),
        "profiles": typed(groups.profiles.merge(names, on="cluster_id"), PROFILES),
        "elbow": typed(pd.DataFrame(estimator["elbow"]), ELBOW),
    }


def _canonical(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    where = f"ml/clustering, {name}"
    return canonical(frame, READS, where, unique=("customer_id",))


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


def _trained(people: Crowd, k: int | None, seed: int) -> Trained:
    table = sweep(people.points[people.is_active], seed)
    chosen = k or elbow(table)
    around = centres(people, chosen, seed)
    groups = group(people, around)
    as_of = people.keys["as_of_at"].max()
    estimator = {
        "features": list(people.features),
        **{name: getattr(people.scale, name) for name in SCALE},
        "centres": around,
        "names": _names(groups).to_dict(orient="list"),
        "elbow": table.to_dict(orient="list"),
    }
    return Trained(
        state="trained",
        reason="",
        card=_card(people, groups, table, chosen, k is not None, seed),
        estimator=estimator,
        data=f"{people.fingerprint()} k={chosen}",
        window=(as_of, as_of),
        plots={"elbow": elbow_png(table, chosen)},
    )


def _scale(estimator: Estimator) -> Scale:
    return Scale(*(estimator[name] for name in SCALE))


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


def _card(
    people: Crowd,
    groups: Groups,
    table: pd.DataFrame,
    k: int,
    is_given: bool,
    seed: int,
) -> Card:
    floor = dict(MODEL.quality_floor)
    metrics = {"silhouette": silhouette(people.points, groups.labels, seed)}
    active = int(people.is_active.sum())
    return {
        "state": "trained",
        "reason": "",
        "k": k,
        "chosen_by": "override" if is_given else "the elbow",
        "customer_count": len(people.points),
        "active_count": active,
        "fitted_count": min(active, FIT_ROWS),
        "metrics": metrics,
        "elbow": table.to_dict(orient="records"),
        "quality_floor": floor,
        "is_above_floor": all(metrics[name] >= least for name, least in floor.items()),
    }


MODEL = ModelSpec(
    name="clustering",
    target=None,
    features=tuple(BEHAVIOUR),
    reads={
        "training": "features.customers_now",
        "scoring": "features.customers_now",
    },
    outputs={"assignments": ASSIGNMENTS, "profiles": PROFILES, "elbow": ELBOW},
    quality_floor={"silhouette": 0.1},
    settings={"sweep_rows": SWEEP_ROWS, "fit_rows": FIT_ROWS, "restarts": RESTARTS},
    train=train,
    score=score,
)
READS = columns_read((*MODEL.features, "activity_count"))
