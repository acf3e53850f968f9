"""Ids and names handed on from the former clusters to those of a new training."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ml.common.clusters import Clusters
from ml.common.encoding import Floats
from ml.common.groups import Labels, nearest_centre
from ml.common.lasting import Change, Counts, changes, overlap, reaches, same_clusters
from ml.common.naming import Name, Phrases, name_clusters


@dataclass(frozen=True)
class Found:
    """Groups without names yet: centres, and whom of those with activity they have."""

    centres: Floats
    labels: Labels
    months: list[str]

    @property
    def k(self) -> int:
        """How many groups there are."""
        return len(self.centres)


def former_labels(former: Clusters, active: pd.DataFrame) -> Labels:
    """Return each customer's place among the former clusters, in their own scaling."""
    return nearest_centre(former.crowd(active).points, former.centres)[0]


def succeed(
    draft: Clusters,
    found: Found,
    phrases: Phrases,
    former: Clusters | None,
    before: Labels | None,
    changed_at: str,
    others: Mapping[str, Name] | None = None,
) -> Clusters:
    """Return `draft` with ids, names and changes, as they follow from `former`.

    `before` are the customers' former clusters; without them none is the same. A kept
    cluster keeps its id and name; others get new ones, which no cluster ever had, nor
    any of `others`: names by id that versions had which are no forebears.
    """
    former_k = former.k if former else 0
    if before is None:
        shared: Counts = np.zeros((former_k, found.k), dtype="int64")
    else:
        shared = overlap(before, found.labels, former_k, found.k)
    same = {
        current: place
        for current, place in same_clusters(shared).items()
        if former and _is_in_reach(found, former, current, place)
    }
    named = _named(draft, found, phrases, former, same, others or {})
    sizes = np.bincount(found.labels, minlength=found.k)
    rows = [
        {"changed_at": changed_at, **_told(one, named, former)}
        for one in changes(shared, same, sizes)
    ]
    return replace(named, changes=[*(former.changes if former else []), *rows])


def _is_in_reach(found: Found, former: Clusters, current: int, before: int) -> bool:
    """Whether the centre still lies where the cluster got its name."""
    moved = np.linalg.norm(found.centres[current] - former.born[before])
    return bool(moved <= former.reach[before])


def _named(
    draft: Clusters,
    found: Found,
    phrases: Phrases,
    former: Clusters | None,
    same: dict[int, int],
    others: Mapping[str, Name],
) -> Clusters:
    ever = [*(former.all_ids if former else []), *others]
    taken = [*(former.all_names if former else []), *others.values()]
    fresh = [one for one in range(found.k) if one not in same]
    z_scores = pd.DataFrame(found.centres, columns=draft.columns)
    names = name_clusters(z_scores, phrases, found.months, taken, fresh)
    last = max((int(one.removeprefix("c")) for one in ever), default=0)
    ids = {one: f"c{last + 1 + place}" for place, one in enumerate(fresh)}
    given = dict(zip(fresh, names, strict=True))
    born, reach = found.centres.copy(), reaches(found.centres)
    for current, before in same.items():
        assert former
        ids[current], given[current] = former.ids[before], former.names[before]
        born[current], reach[current] = former.born[before], former.reach[before]
    gone = [one for one in range(former.k if former else 0) if one not in same.values()]
    own = set(former.all_ids) if former else set()
    aside = {one: name for one, name in others.items() if one not in own}
    return replace(
        draft,
        born=born,
        reach=reach,
        ids=[ids[one] for one in range(found.k)],
        names=[given[one] for one in range(found.k)],
        retired_ids=[*_with(former, "retired_ids", "ids", gone), *aside],
        retired_names=[
            *_with(former, "retired_names", "names", gone),
            *aside.values(),
        ],
    )


def _with(former: Clusters | None, kept: str, added: str, gone: list[int]) -> list[Any]:
    if former is None:
        return []
    return [*getattr(former, kept), *(getattr(former, added)[one] for one in gone)]


def _told(one: Change, named: Clusters, former: Clusters | None) -> dict[str, Any]:
    """A row of `cluster_changes`, but for its moment."""
    return {
        "kind": one.kind,
        **_who("former_cluster", former, one.former),
        **_who("cluster", named, one.current),
        "customer_count": one.customer_count,
        "former_share": one.former_share,
        "cluster_share": one.current_share,
        "former_model_version": former.version if former else "",
        "model_version": named.version,
    }


def _who(what: str, clusters: Clusters | None, place: int | None) -> dict[str, str]:
    told = ("id", "name", "label")
    if clusters is None or place is None:
        return {f"{what}_{one}": "" for one in told}
    name = clusters.names[place]
    values = (clusters.ids[place], name.name, name.label)
    return {f"{what}_{one}": value for one, value in zip(told, values, strict=True)}
