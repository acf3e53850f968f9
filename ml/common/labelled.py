"""Labelled rows of past moments as matrices, and whether they suffice to learn from."""

from collections.abc import Iterable
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
        rows = self.keys["as_of_at"].isin(list(moments)).to_numpy()
        keys = self.keys[rows].reset_index(drop=True)
        return Labelled(keys, self.values[rows], self.labels[rows], self.sources)

    def column(self, source: str) -> Floats:
        """Return the first encoded column of a feature: the plain value."""
        return self.values[:, self.sources.index(source)]

    def lacking(self, role: str) -> str:
        """Return in words which class has too few rows to `role`; empty if none."""
        yes = int(self.labels.sum())
        no = len(self.labels) - yes
        if min(yes, no) >= LEAST_CASES:
            return ""
        return (
            f"The moments that {role} hold {yes} purchases and {no} customers without "
            f"one; at least {LEAST_CASES} of each are needed."
        )

    def fingerprint(self) -> str:
        """Return a hash of everything that was learned from."""
        return fingerprint(self.keys, self.values, self.labels)


def labelled(
    training: pd.DataFrame,
    target: str,
    features: tuple[str, ...],
    now: pd.Timestamp,
    where: str,
) -> Labelled:
    """Return the rows whose label is known by `now`, encoded, in canonical order.

    A row counts once its label is not null and its moment's label window has closed;
    a window that is still open would call later buyers non-buyers.
    """
    rows = canonical(training, [*columns_read(features), target], where)
    closed = closed_by(rows["as_of_at"].unique(), now)
    usable = rows[rows["as_of_at"].isin(closed) & rows[target].notna()]
    usable = usable.reset_index(drop=True)
    encoded = encode(usable, features)
    labels = np.asarray(numbers(usable[target]), dtype="float64")
    return Labelled(
        usable[["customer_id", "as_of_at"]], encoded.values, labels, encoded.sources
    )
