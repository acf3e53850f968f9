"""What people did, as numbers: one sorted row of products a person, in any order read.

Every array beside the matrix has one entry for each person and product.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from ml.common.encoding import Floats
from ml.recommending.frames import KINDS

Ints: TypeAlias = npt.NDArray[np.integer[Any]]
Singles: TypeAlias = npt.NDArray[np.float32]
Mask: TypeAlias = npt.NDArray[np.bool_]
DAY_US = 86_400_000_000
NEVER = np.iinfo("int64").min
PART_ROWS = 50_000
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
    pull: Singles
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
        newer = self.newer.astype("float32")
        said = self.pull * np.float32(0.5) ** (newer / np.float32(fade))
        shape = len(self.people), self.size
        return sparse.csr_matrix((said, self.product, self.starts), shape)

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

    def _entries(self, at: Ints) -> "Histories":
        names = "product", "pull", "latest", "bought", "kind", "newer"
        return replace(self, **{name: getattr(self, name)[at] for name in names})


@dataclass(frozen=True)
class Acts:
    """Interactions as numbers, a row each: `people` and `size` products in all.

    They are in the order of their people.
    """

    people: pd.Index
    size: int
    person: Ints
    product: Ints
    kind: Ints
    at: Ints
    often: Singles

    def only(self, kept: slice | Ints) -> "Acts":
        """Return some of the rows; people keep their numbers."""
        names = "person", "product", "kind", "at", "often"
        return replace(self, **{name: getattr(self, name)[kept] for name in names})


def coded(interactions: pd.DataFrame, product_ids: pd.Index) -> Acts:
    """Return `interactions` with known products; people are numbered by their ids."""
    person, people = pd.factorize(interactions["customer_id"], sort=True)
    person = person.astype("int32")
    product = _places(interactions["product_id"], product_ids).astype("int32")
    order = np.argsort(person, kind="stable").astype("int32")
    order = order[product[order] >= 0]
    kind = _places(interactions["kind"], pd.Index(list(KINDS))).astype("int8")
    at = interactions["occurred_at"].to_numpy("datetime64[us]").view("int64")
    return Acts(
        people=pd.Index(people),
        size=len(product_ids),
        person=person[order],
        product=product[order],
        kind=kind[order],
        at=at[order],
        often=interactions["weight"].to_numpy("float32")[order],
    )


def _places(values: "pd.Series[Any]", known: pd.Index) -> Ints:
    """Each value's place in `known`, or -1; looked up once a different value."""
    code, different = pd.factorize(values)
    return np.append(known.get_indexer(pd.Index(different)), -1)[code]


def histories(acts: Acts, where: Mask | None = None) -> Histories:
    """Return everybody's histories, of the acts `where` says so (all without it).

    What an entry says (`pull`) is the sum over kinds of its weight in KINDS times
    log2(1 + how often): the tenth view says less than the first.
    """
    people, size = acts.people, acts.size
    parts = [_gathered(some) for some in _by_people(acts, where)]
    del acts  # nobody else may hold them, and their memory is worth more now
    # Popped, so that only one column is there twice.
    columns = {
        name: np.concatenate([one.pop(name) for one in parts]) for name in [*parts[0]]
    }
    starts = columns.pop("person").searchsorted(np.arange(len(people) + 1))
    return Histories(people=people, size=size, starts=starts, **columns)


def _by_people(acts: Acts, where: Mask | None) -> Iterator[Acts]:
    """What some people did at a time.

    The steps between need ten times the place of the result.
    """
    step = len(acts.people) * PART_ROWS // max(len(acts.person), 1) + 1
    firsts = np.arange(0, len(acts.people) + step, step)
    yield acts.only(slice(0))  # for nobody there are no rows, but columns
    for begin, end in pairwise(acts.person.searchsorted(firsts)):
        rows = slice(begin, end)
        kept = rows if where is None else begin + np.flatnonzero(where[rows])
        yield acts.only(kept)


def _gathered(acts: Acts) -> dict[str, Any]:
    """One entry a person and product."""
    size = acts.size
    key = acts.person.astype("int64") * size + acts.product
    key = key * len(KINDS) + acts.kind
    # How often is a whole number, so that no order of rows changes a sum or a maximum.
    order = np.argsort(key)
    key, at, often = key[order], acts.at[order], acts.often[order].astype("float64")
    deeds = _begin(key)
    kind = key[deeds] % len(KINDS)
    said = _PULL[kind] * np.log2(1 + _reduce(np.add, often, deeds))
    last = _reduce(np.maximum, at, deeds)
    tie = key[deeds] // len(KINDS)
    ties = _begin(tie)
    person, product = np.divmod(tie[ties], max(size, 1))
    latest = _reduce(np.maximum, last, ties)
    bought = np.where(kind == len(KINDS) - 1, last, NEVER)
    return {
        "person": person.astype("int32"),
        "product": product.astype("int32"),
        "pull": _reduce(np.add, said, ties).astype("float32"),
        "latest": latest,
        "bought": _reduce(np.maximum, bought, ties),
        "kind": _reduce(np.maximum, kind, ties).astype("int8"),
        "newer": _newer(person, latest).astype("int32"),
    }


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
