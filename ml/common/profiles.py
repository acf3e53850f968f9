"""What sets each cluster apart, added up batch by batch: sizes, means and z-scores."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ml.common.encoding import Floats
from ml.common.groups import Crowd, Labels


@dataclass
class Tally:
    """Sums by cluster over all batches seen so far; at most `k` rows by columns."""

    k: int
    columns: tuple[str, ...]
    counts: Floats = field(init=False)
    values: Floats = field(init=False)
    points: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Begin at nothing."""
        self.counts = np.zeros(self.k)
        self.values = np.zeros((self.k, len(self.columns)))
        self.points = np.zeros((self.k, len(self.columns)))

    def add(self, people: Crowd, labels: Labels) -> None:
        """Add the customers of a batch."""
        self.counts += np.bincount(labels, minlength=self.k)
        for sums, rows in ((self.values, people.values), (self.points, people.points)):
            for column in range(rows.shape[1]):
                sums[:, column] += np.bincount(labels, rows[:, column], self.k)

    def profiles(self, ids: list[str], as_of_at: pd.Timestamp) -> pd.DataFrame:
        """Return a row per cluster that has members and column, in their order."""
        total = self.counts.sum()
        blocks = [
            pd.DataFrame(
                {
                    "cluster_id": ids[one],
                    "as_of_at": as_of_at,
                    "customer_count": int(self.counts[one]),
                    "customer_share": self.counts[one] / total,
                    "feature": self.columns,
                    # The last digits of a sum are those of its order.
                    "mean_value": (self.values[one] / self.counts[one]).round(9),
                    "z_score": (self.points[one] / self.counts[one]).round(9),
                }
            )
            for one in np.flatnonzero(self.counts)
        ]
        return pd.concat(blocks, ignore_index=True)
