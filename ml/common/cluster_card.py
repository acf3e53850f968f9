"""What the card of clusters says: to people, and to the trainings that come after."""

from typing import Any

import numpy as np

from ml.common.clusters import Clusters
from ml.common.groups import Labels
from ml.spec import Card

SIZES_COUNT = (
    "Customers with activity, who alone make the clusters. `cluster_profiles` and "
    "`customer_clusters` count everybody: who never was active is in one too."
)
CANNOT_TELL = [
    "That the groups are real: K-means cuts any cloud of customers into parts, and the "
    "silhouette compares the parts with each other, not with a truth.",
    "Who is between two groups: each customer is in one, however far from its centre.",
    "Who is a seasonal customer: a cluster in season has many who come then anyway, "
    "and misses those who came too seldom to show a season.",
    "What a message or a discount would change, or what anybody will do.",
]


def on_record(known: Clusters) -> Card:
    """What later trainings, and other versions, have to know of these clusters."""
    return {
        "clusters": {
            one: name.label for one, name in zip(known.ids, known.names, strict=True)
        },
        "names": {
            one: name.name for one, name in zip(known.ids, known.names, strict=True)
        },
        "history": _latest(known),
    }


def for_people(known: Clusters, places: Labels) -> Card:
    """What a reader of the card asks: sizes, changes, and what to make of clusters.

    `places` are the clusters of the customers with activity.
    """
    sizes = np.bincount(places, minlength=known.k).tolist()
    return {
        "sizes": dict(zip(known.ids, sizes, strict=True)),
        "sizes_count": SIZES_COUNT,
        "changes": [_read(one) for one in _latest(known)],
        "cannot_tell": CANNOT_TELL,
    }


def _latest(known: Clusters) -> list[dict[str, Any]]:
    """What the training of this version found to be another."""
    return [one for one in known.changes if one["model_version"] == known.version]


def _read(change: dict[str, Any]) -> dict[str, Any]:
    """A change as the card shows it."""
    former, current = (
        f"{change[f'{who}cluster_id']} {change[f'{who}cluster_label']}".strip()
        for who in ("former_", "")
    )
    return {
        "what": change["kind"],
        "former": former,
        "cluster": current,
        "active customers": change["customer_count"],
        "of the former": change["former_share"],
        "of the cluster": change["cluster_share"],
    }
