"""What people did, as numbers: one sorted row of products a person, in any order read.

Every array beside the matrix has one entry for each person and product.
"""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from ml.common.encoding import Floats
from ml.recommending.frames import KINDS

Ints: TypeAlias = npt.NDArray[np.int64]
Singles: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]
DAY_US = 86_400_000_000
NEVER = np.iinfo("int64").min
_PULL = np.array(list(KINDS.values()))


@dataclass(frozen=True)
class Histories:
    """Who touched what: how much it says, how lately, the strongest way it was done.

    `latest` and `bought` are moments in microseconds (`bought` NEVER if it was not);
    `newer` counts the person's products that were touched later; `kind` points into
    KINDS. `starts` says where each person's entries begin, and the last one's end.
    """

    people: pd.Index
    size: int
    starts: Ints
    product: Ints
    pull: Floats
    latest: Ints
    bought: Ints
    kind: Ints
    newer: Ints

    def person(self) -> Ints:
        """Return the number of each entry's person."""
        return np.repeat(np.arange(len(self.people)), np.diff(self.starts))

    def matrix(self, fade: float = np.inf) -> Any:
        """Return people by products (float32, CSR): what each entry says now.

        It halves with every `fade` products that the person touched later.
        """
        said = self.pull * 0.5 ** (self.newer / fade)
        shape = len(self.people), self.size
        return sparse.csr_matrix(
            (said.astype("float32"), self.product, self.starts), shape
        )

    def popularity(self, half_life_days: float, now_us: int) -> Floats:
        """Return products' share of the most popular one, lately counting more."""
        age = (now_us - self.latest) / DAY_US
        said = self.pull * 0.5 ** (age / half_life_days)
        total = np.bincount(self.product, said, self.size)
        return np.asarray(total / max(total.max(initial=0.0), 1e-300))

    def rows(self, people: Ints) -> "Histories":
        """Return the histories of some people by number; -1 is somebody without any."""
        begin, end = self.starts[people], self.starts[people + 1]
        length = np.where(people < 0, 0, end - begin)
        starts = np.concatenate([[0], np.cumsum(length)])
        at = np.repeat(begin - starts[:-1], length) + np.arange(starts[-1])
        return replace(self._entries(at), people=self.people[people], starts=starts)

    def only(self, kept: Mask) -> "Histories":
        """Return the same people with some of their entries."""
        size = np.bincount(self.person()[kept], minlength=len(self.people))
        starts = np.concatenate([[0], np.cumsum(size)])
        return replace(self._entries(np.flatnonzero(kept)), starts=starts)

    def _entries(self, at: Ints) -> "Histories":
        names = "product", "pull", "latest", "bought", "kind", "newer"
        return replace(self, **{name: getattr(self, name)[at] for name in names})


def histories(interactions: pd.DataFrame, product_ids: pd.Index) -> Histories:
    """Return the histories of all people of `interactions` with known products.

    What an entry says (`pull`) is the sum over kinds of its weight in KINDS times
    log2(1 + how often): the tenth view says less than the first.
    """
    product = product_ids.get_indexer(pd.Index(interactions["product_id"]))
    known = interactions[product >= 0]
    person, people = pd.factorize(known["customer_id"], sort=True)
    kind = pd.Index(list(KINDS)).get_indexer(pd.Index(known["kind"]))
    at = known["occurred_at"].to_numpy("datetime64[us]").astype("int64")
    often = known["weight"].to_numpy("float64")
    tie = person.astype("int64") * len(product_ids) + product[product >= 0]
    order = np.lexsort((often, at, tie * len(KINDS) + kind))
    return _gathered(
        tie[order],
        kind[order].astype("int64"),
        at[order],
        often[order],
        pd.Index(people),
        len(product_ids),
    )


def _gathered(
    tie: Ints, kind: Ints, at: Ints, often: Floats, people: pd.Index, size: int
) -> Histories:
    """One entry a tie, from rows in the order of tie, kind and moment."""
    deeds = _begin(tie * len(KINDS) + kind)
    said = _PULL[kind[deeds]] * np.log2(1 + _reduce(np.add, often, deeds))
    ties, done = _begin(tie), _begin(tie[deeds])
    person = tie[ties] // max(size, 1)
    latest = _reduce(np.maximum, at, ties)
    bought = np.where(kind == len(KINDS) - 1, at, NEVER)
    starts = np.searchsorted(person, np.arange(len(people) + 1))
    return Histories(
        people=people,
        size=size,
        starts=starts.astype("int64"),
        product=tie[ties] % max(size, 1),
        pull=_reduce(np.add, said, done),
        latest=latest,
        bought=_reduce(np.maximum, bought, ties),
        kind=_reduce(np.maximum, kind, ties),
        newer=_newer(person, latest),
    )


def _begin(sorted_keys: Ints) -> Ints:
    return np.flatnonzero(np.diff(sorted_keys, prepend=-1)).astype("int64")


def _reduce(how: np.ufunc, values: Any, starts: Ints) -> Any:
    return how.reduceat(values, starts) if len(starts) else values[:0]


def _newer(person: Ints, latest: Ints) -> Ints:
    """How many of the same person's entries are strictly later than each."""
    order = np.lexsort((-latest, person))
    person, latest = person[order], latest[order]
    place = np.arange(len(order))
    first = np.diff(person, prepend=-1) != 0
    fresh = first | (np.diff(latest, prepend=0) != 0)
    later = np.maximum.accumulate(np.where(fresh, place, 0))
    newer = np.empty(len(order), "int64")
    newer[order] = later - np.maximum.accumulate(np.where(first, place, 0))
    return newer
