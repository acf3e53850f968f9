"""What became of each cluster after a training: who is the same, and who is not.

Both clusterings speak of the same customers, each in its own scaling. A cluster is the
same where former and new members are mostly the same people and its centre still lies
where it was named. Everything else is a change, and told.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from ml.common.encoding import Floats

Labels = npt.NDArray[np.intp]
Counts = npt.NDArray[np.int64]

# Common members among all members of both: above a half there is one partner at most.
SAME = 0.5
MOST = 0.5


@dataclass(frozen=True)
class Change:
    """One thing that became of a cluster; numbers are places in the two clusterings.

    `kind` is split, merged, moved, new or gone; `former` is None for a new cluster,
    `current` for one that is gone. `former_share` is the share of the former cluster's
    members who are in the current one, `current_share` the other way round.
    """

    kind: str
    former: int | None
    current: int | None
    customer_count: int
    former_share: float
    current_share: float


def overlap(former: Labels, current: Labels, former_k: int, current_k: int) -> Counts:
    """Return how many customers each pair of clusters shares, former by current."""
    pairs = np.bincount(former * current_k + current, minlength=former_k * current_k)
    return pairs.reshape(former_k, current_k).astype("int64")


def same_clusters(shared: Counts) -> dict[int, int]:
    """Return which current cluster is which former one: {current: former}."""
    either = shared.sum(axis=1)[:, None] + shared.sum(axis=0) - shared
    alike = shared / np.maximum(either, 1)
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    return {int(c): int(f) for f, c in pairs if alike[f, c] >= SAME}


def reaches(centres: Floats) -> Floats:
    """Return how far each centre may move and be the same: half way to the nearest."""
    gaps = np.linalg.norm(centres[:, None] - centres, axis=2)
    np.fill_diagonal(gaps, np.inf)
    return np.asarray(gaps.min(axis=1) / 2)


def changes(shared: Counts, same: dict[int, int], sizes: Counts) -> list[Change]:
    """Return what became of the clusters that are not the same, in a fixed order.

    `sizes` counts the members of each current cluster, whatever is known of before.
    """
    told = list(_of_current(shared, same, sizes))
    return [*told, *_of_former(shared, same, told)]


def _of_current(
    shared: Counts, same: dict[int, int], sizes: Counts
) -> Iterator[Change]:
    """Where the clusters that were not there come from."""
    lasting = set(same.values())
    for current in range(shared.shape[1]):
        if current in same:
            continue
        source = int(shared[:, current].argmax()) if len(shared) else 0
        one = _change("split", shared, source, current) if len(shared) else None
        if one is None or one.current_share < MOST:
            yield Change("new", None, current, int(sizes[current]), 0.0, 0.0)
        elif source not in lasting and one.former_share >= MOST:
            yield _change("moved", shared, source, current)
        else:
            yield one


def _of_former(
    shared: Counts, same: dict[int, int], told: list[Change]
) -> Iterator[Change]:
    """Where the clusters that are no more went."""
    said = {one.former: one.kind for one in told}
    for former in range(shared.shape[0]):
        if former in same.values() or said.get(former) == "moved":
            continue
        one = _change("merged", shared, former, int(shared[former].argmax()))
        if one.former_share >= MOST:
            yield one
        elif former not in said:
            total = int(shared[former].sum())
            yield Change("gone", former, None, total, 0.0, 0.0)


def _change(kind: str, shared: Counts, former: int, current: int) -> Change:
    count = int(shared[former, current])
    return Change(
        kind=kind,
        former=former,
        current=current,
        customer_count=count,
        former_share=count / max(int(shared[former].sum()), 1),
        current_share=count / max(int(shared[:, current].sum()), 1),
    )
