"""Labelled rows of past moments as matrices, and whether they suffice to learn from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.common.encoding import Floats, numbers
from ml.common.features import columns_read, encode
from ml.common.frames import canonical, fingerprint
from ml.common.moments import closed_by

LEAST_CASES = 100


@dataclass(frozen=True)
class Labelled:
    """Rows by moment and customer; `sources` names the feature of each column."""

    keys: pd.DataFrame
    values: Floats
    labels: Floats
    sources: tuple[str, ...]

    @property
    def moments(self) -> list[pd.Timestamp]:
        """The moments that occur, ascending."""
        return sorted(self.keys["as_of_at"].unique())

    @property
    def customers(self) -> npt.NDArray[Any]:
        """The customer of each row."""
        return self.keys["customer_id"].to_numpy(dtype=object)

    def at(self, moments: Iterable[pd.Timestamp]) -> "Labelled":
        """Return the rows of these moments."""
        return self._only(self.keys["as_of_at"].isin(list(moments)).to_numpy())

    def halves(self) -> tuple["Labelled", "Labelled"]:
        """Return the rows of two groups that share no customer, drawn by their ids."""
        is_first = pd.util.hash_array(self.customers) % 2 == 0
        return self._only(is_first), self._only(~is_first)

    def column(self, source: str) -> Floats:
        """Return the first encoded column of a feature: the plain value."""
        return self.values[:, self.sources.index(source)]

    def lacking(self, role: str, happens: str) -> str:
        """Return in words which class has too few rows to `role`; empty if none.

        `happens` names what the label says yes to, in the plural.
        """
        yes = int(self.labels.sum())
        no = len(self.labels) - yes
        if min(yes, no) >= LEAST_CASES:
            return ""
        return (
            f"The moments that {role} hold {yes} {happens} and {no} customers without; "
            f"at least {LEAST_CASES} of each are needed."
        )

    def _only(self, rows: npt.NDArray[np.bool_]) -> "Labelled":
        keys = self.keys[rows].reset_index(drop=True)
        return Labelled(keys, self.values[rows], self.labels[rows], self.sources)

    def fingerprint(self) -> str:
        """Return a hash of everything that was learned from."""
        return fingerprint(self.keys, self.values, self.labels)


@dataclass(frozen=True)
class Wanted:
    """Which rows teach: the label's column, how far it looks ahead, and for whom.

    `most_customers` bounds the cost: beyond it a sample is taken, always the same.
    `among` tells of each row whether it is one of those of whom the question is asked.
    """

    target: str
    horizon: pd.Timedelta
    most_customers: int | None = None
    among: Callable[[pd.DataFrame], npt.NDArray[np.bool_]] | None = None
    reads: tuple[str, ...] = ()


def labelled(
    training: pd.DataFrame,
    wanted: Wanted,
    features: tuple[str, ...],
    now: pd.Timestamp,
    where: str,
) -> Labelled:
    """Return the rows whose label is known by `now`, encoded, in canonical order.

    A row counts once its label is not null and its moment's label window has closed;
    a window that is still open would call later buyers non-buyers.
    """
    columns = [*columns_read(features), *wanted.reads, wanted.target]
    rows = canonical(training, columns, where)
    closed = closed_by(rows["as_of_at"].unique(), now, wanted.horizon)
    usable = rows[rows["as_of_at"].isin(closed) & rows[wanted.target].notna()]
    if wanted.among and len(usable):
        usable = usable[wanted.among(usable)]
    usable = _sample(usable, wanted.most_customers).reset_index(drop=True)
    encoded = encode(usable, features)
    labels = np.asarray(numbers(usable[wanted.target]), dtype="float64")
    return Labelled(
        usable[["customer_id", "as_of_at"]], encoded.values, labels, encoded.sources
    )


@dataclass(frozen=True)
class Now:
    """Customers of now, whose labels nobody knows: all, and of whom it is asked."""

    everybody: Labelled
    asked: Labelled


def some_now(
    frame: pd.DataFrame | None, wanted: Wanted, features: tuple[str, ...]
) -> Now | None:
    """Return the customers of a frame of now; None where there is none to ask."""
    if frame is None or frame.empty:
        return None
    rows = canonical(frame, [*columns_read(features), *wanted.reads], "ml, sample")
    asked = rows[wanted.among(rows)] if wanted.among else rows
    if asked.empty:
        return None
    return Now(_unlabelled(rows, features), _unlabelled(asked, features))


def _unlabelled(rows: pd.DataFrame, features: tuple[str, ...]) -> Labelled:
    encoded, keys = encode(rows, features), rows[["customer_id", "as_of_at"]]
    unknown = np.full(len(rows), np.nan)
    return Labelled(keys, encoded.values, unknown, encoded.sources)


def _sample(rows: pd.DataFrame, most: int | None) -> pd.DataFrame:
    """Return the rows of so many customers at most, chosen by a hash of the id."""
    ids = rows["customer_id"].unique()
    if most is None or len(ids) <= most:
        return rows
    order = np.argsort(pd.util.hash_array(np.asarray(ids, dtype=object)))
    return rows[rows["customer_id"].isin(ids[order[:most]])]
