"""Clusters: groups of customers who behave alike, found by K-means and named in words.

K-means sees scaled logarithms: on raw counts a few heavy buyers would decide it all.
Each training starts from the clusters before it, so that who is the same stays called
the same, and what did change is told.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.common.cluster_card import for_people, on_record
from ml.common.cluster_contest import (
    CONTEST_ROWS,
    cluster_contest,
    without_judges,
)
from ml.common.cluster_plots import elbow_png, profile_png
from ml.common.clusters import Clusters, clusters_of
from ml.common.elbow import (
    ELBOW,
    K_RANGE,
    SWEEP_ROWS,
    count_distinct,
    elbow,
    lasting_elbow,
    silhouette,
    sweep,
)
from ml.common.features import columns_read
from ml.common.frames import canonical, empty, typed
from ml.common.groups import (
    FIT_ROWS,
    RESTARTS,
    SEASON,
    WORTH_IT,
    Crowd,
    Labels,
    Ruler,
    crowd,
    fresh_centres,
    kept_centres,
    nearest_centre,
    ruler_of,
)
from ml.common.lasting import SAME
from ml.common.naming import Phrase
from ml.common.overrides import chosen_names, given_count
from ml.common.profiles import Tally
from ml.common.remembered import given_before, history
from ml.common.season import CLEARER, DOUBT, SCATTER, TIMES
from ml.common.season import READS as SEASON_READS
from ml.common.succession import Found, former_labels, succeed
from ml.spec import (
    Card,
    Estimator,
    Frames,
    Inputs,
    ModelSpec,
    Trained,
    Verdict,
    refused,
)

LEAST_ACTIVE = 200

# The behaviour compared, and what to say of a cluster with much and with little of it.
BEHAVIOUR = {
    "days_since_last_activity": Phrase(
        "quiet lately", "recently active", "recency", adjectives=("quiet", "active")
    ),
    "product_view_count": Phrase("many views", "few views", "browsing", "browsers"),
    "cart_add_count": Phrase("many carts", "few carts", "carts", "cart fillers"),
    "order_count": Phrase("many orders", "few orders", "buying", "buyers"),
    "net_revenue_amount": Phrase("high revenue", "low revenue", "buying", "spenders"),
    "email_click_count": Phrase(
        "many email clicks", "few email clicks", "email", "email readers"
    ),
    SEASON: Phrase(
        "in season", "off season", "season", adjectives=("seasonal", "off-season")
    ),
}
COLUMNS = tuple(BEHAVIOUR)
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
CHANGES = {
    "changed_at": "datetime64[us]",
    "kind": "str",
    **{f"former_{name}": kind for name, kind in _NAMED.items()},
    **_NAMED,
    "customer_count": "int64",
    "former_share": "float64",
    "cluster_share": "float64",
    "former_model_version": "str",
    "model_version": "str",
}


def train(inputs: Inputs, champion: Estimator | None, seed: int) -> Trained:
    """Find groups among the customers of `training`, customer_features of now.

    K-means learns from a sample of customers with activity, from the champion's groups
    on. Their number is the elbow within 2 to 15, or the var `cluster_count` (2 to 50).
    Fewer than 200 active customers is the state `not_enough_data`, with a reason.
    Raises TesseraError for a number out of range, missing columns or repeated
    customers.
    """
    count = given_count(inputs.variables)
    with threadpool_limits(limits=1):  # one order of summation on every machine
        rows = _canonical(inputs["training"], "training")
        if rows.empty:
            return _not_enough("There is no customer.")
        former = clusters_of(champion) if champion else None
        ruler = ruler_of(rows, COLUMNS, former.ruler.season if former else None)
        people = crowd(rows, COLUMNS, ruler)
        reason = _lacking(people, count, seed)
        if reason:
            return _not_enough(reason)
        data = _learned(_learned_from(people, count), former)
        if inputs.is_refused(data):
            return refused(data)
        return _trained(rows, people, ruler, former, inputs, seed)


def score(
    estimator: Estimator, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    """Return everybody's nearest cluster, profiles, the elbow, and all changes so far.

    Who never was active counts as if long gone. `distance` is Euclidean in scaled
    logarithms; a profile's `mean_value` is plain, its `z_score` in standard deviations
    of the logarithms of those who were active when the clusters were found. Raises
    TesseraError for a name in the var `cluster_names` that no cluster can have.
    """
    known = clusters_of(estimator)
    names = chosen_names(known, inputs.variables).assign(model_version=version)
    tally = Tally(known.k, COLUMNS)
    with threadpool_limits(limits=1):
        parts = [_assigned(known, batch, tally) for batch in batches if len(batch)]
    told = history(inputs, on_record(known), version, known.changes)
    changes = pd.DataFrame(told, columns=list(CHANGES))
    if not parts:
        none = {name: empty(schema) for name, schema in MODEL.outputs.items()}
        return none | {"changes": typed(changes, CHANGES)}
    members = canonical(
        pd.concat(parts), ("place", "distance"), "ml/clustering", ("customer_id",)
    )
    profiles = tally.profiles(known.ids, members["as_of_at"].max())
    members = members.join(names, on="place")
    return {
        "assignments": typed(members, ASSIGNMENTS),
        "profiles": typed(profiles.merge(names, on="cluster_id"), PROFILES),
        "elbow": typed(pd.DataFrame(known.elbow), ELBOW),
        "changes": typed(changes, CHANGES),
    }


def contest(
    champion: Estimator, challenger: Estimator, inputs: Inputs, seed: int
) -> Verdict:
    """Return whether new clusters fit the active customers of now better.

    Raises TesseraError, KeyError or ValueError for a champion that cannot be asked.
    """
    with threadpool_limits(limits=1):
        rows = _canonical(inputs["training"], "training")
        new = clusters_of(challenger)
        active = rows[new.crowd(rows).is_active].reset_index(drop=True)
        return cluster_contest(
            clusters_of(champion),
            new,
            active,
            floor=MODEL.quality_floor["silhouette"],
            asked=given_count(inputs.variables),
            seed=seed,
        )


def _assigned(known: Clusters, batch: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    people = known.crowd(_canonical(batch, "scoring"))
    places, gaps = nearest_centre(people.points, known.centres)
    tally.add(people, places)
    return people.keys.assign(place=places, distance=gaps)


def _canonical(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    where = f"ml/clustering, {name}"
    return canonical(frame, READS, where, unique=("customer_id",))


def _lacking(people: Crowd, count: int | None, seed: int) -> str:
    active = int(people.is_active.sum())
    if active < LEAST_ACTIVE:
        return f"{active} customers were active; at least {LEAST_ACTIVE} are needed."
    distinct = count_distinct(people.active_points, seed)
    least = count or min(K_RANGE)
    if distinct <= least:
        return (
            f"The active customers show only {distinct} different behaviours; "
            f"{least} clusters need more than {least}."
        )
    return ""


def _not_enough(reason: str) -> Trained:
    card = {"state": "not_enough_data", "reason": reason}
    return Trained("not_enough_data", reason, card)


def _trained(
    rows: pd.DataFrame,
    people: Crowd,
    ruler: Ruler,
    former: Clusters | None,
    inputs: Inputs,
    seed: int,
) -> Trained:
    count = given_count(inputs.variables)
    as_of = people.keys["as_of_at"].max()
    learned_from = _learned_from(people, count)
    table = sweep(people.active_points, seed)
    if former and former.learned_from == learned_from:
        known = former  # the same customers once more: the same clusters
    else:
        active = rows[people.is_active].reset_index(drop=True)
        before = _before(former, active)
        k = count or lasting_elbow(table, former.k if former else None)
        found = _found(people, ruler, k, former, before, seed)
        data = _learned(learned_from, former)
        draft = _draft(ruler, found, table, data, learned_from, seed)
        stood = {one.version for one in inputs.places}
        others = given_before(inputs.cards, stood, draft.version)
        changed_at = as_of.isoformat()
        known = succeed(draft, found, BEHAVIOUR, former, before, changed_at, others)
    return Trained(
        state="trained",
        reason="",
        card=_card(people, known, table, count, seed),
        estimator=known.plain(),
        judged=without_judges(known, people, seed).plain(),
        data=known.data,
        window=(as_of, as_of),
        plots={"elbow": elbow_png(table, known.k), "profiles": _profile_png(known)},
    )


def _learned_from(people: Crowd, count: int | None) -> str:
    """Which customers, and how many clusters were asked for."""
    return f"{people.fingerprint()} k={count}"


def _learned(learned_from: str, former: Clusters | None) -> str:
    """All that was learned from: the former clusters too, where it started there."""
    return f"{learned_from} after {former.version if former else 'nothing'}"


def _before(former: Clusters | None, active: pd.DataFrame) -> Labels | None:
    """Whose the customers were, if the former clusters speak of the same behaviour."""
    if former is None or former.columns != list(COLUMNS):
        return None
    return former_labels(former, active)


def _found(
    people: Crowd,
    ruler: Ruler,
    k: int,
    former: Clusters | None,
    before: Labels | None,
    seed: int,
) -> Found:
    points = people.active_points
    if former is None or before is None or former.k != k:
        centres = fresh_centres(points, k, seed)
    else:
        centres = kept_centres(points, before, k, seed)
    labels = nearest_centre(points, centres)[0]
    leans = centres[:, COLUMNS.index(SEASON)] > 0
    return Found(centres, labels, np.where(leans, ruler.season.words, "").tolist())


def _draft(
    ruler: Ruler,
    found: Found,
    table: pd.DataFrame,
    data: str,
    learned_from: str,
    seed: int,
) -> Clusters:
    """The clusters before they have ids and names."""
    return Clusters(
        columns=list(COLUMNS),
        ruler=ruler,
        centres=found.centres,
        born=found.centres,
        reach=np.zeros(found.k),
        ids=[],
        names=[],
        retired_ids=[],
        retired_names=[],
        changes=[],
        elbow={name: table[name].to_list() for name in ELBOW},
        version=MODEL.version(seed, data),
        data=data,
        learned_from=learned_from,
    )


def _profile_png(known: Clusters) -> bytes:
    heads = [one.label.partition(":")[0] for one in known.names]
    index = [f"{one} {head}" for one, head in zip(known.ids, heads, strict=True)]
    return profile_png(pd.DataFrame(known.centres, index, known.columns))


def _card(
    people: Crowd, known: Clusters, table: pd.DataFrame, count: int | None, seed: int
) -> Card:
    floor = dict(MODEL.quality_floor)
    places = nearest_centre(people.points, known.centres)[0]
    metrics = {"silhouette": silhouette(people.points, places, seed)}
    active = int(people.is_active.sum())
    return {
        "state": "trained",
        "reason": "",
        "k": known.k,
        "chosen_by": _chosen_by(known, table, count),
        "season": known.ruler.season.words,
        "customer_count": len(people.points),
        "active_count": active,
        "fitted_count": min(active, FIT_ROWS),
        "metrics": metrics,
        "elbow": table.to_dict(orient="records"),
        **on_record(known),
        **for_people(known, places[people.is_active]),
        "quality_floor": floor,
        "is_above_floor": all(metrics[name] >= least for name, least in floor.items()),
    }


def _chosen_by(known: Clusters, table: pd.DataFrame, count: int | None) -> str:
    if count is not None:
        return "override"
    if elbow(table) == known.k:
        return "the elbow"
    return "the former number, more stable than the elbow's"


FEATURES = (*(one for one in COLUMNS if one != SEASON), "seasonality_strength")
TOLD = columns_read((*FEATURES, "activity_count"))
READS = tuple(sorted({*TOLD, *SEASON_READS}))
MODEL = ModelSpec(
    name="clustering",
    target=None,
    features=FEATURES,
    reads={
        "training": "features.customer_years",
        "scoring": "features.customer_years",
    },
    outputs={
        "assignments": ASSIGNMENTS,
        "profiles": PROFILES,
        "elbow": ELBOW,
        "changes": CHANGES,
    },
    quality_floor={"silhouette": 0.1},
    settings={
        "sweep_rows": SWEEP_ROWS,
        "fit_rows": FIT_ROWS,
        "restarts": RESTARTS,
        "same": SAME,
        "season": [TIMES, SCATTER, DOUBT, CLEARER],
        "worth_it": WORTH_IT,
        "contest_rows": CONTEST_ROWS,
    },
    train=train,
    score=score,
    contest=contest,
)
