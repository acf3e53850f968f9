"""One circular feature: how far a customer's year leans to the season of the shop.

A year is a circle, and activity a mean direction on it: its length is the strength, its
angle the month. Everybody's direction is compared with that of customers who came in
the same month: who came in November cannot have been here in July.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.common.encoding import Floats, filled
from ml.common.rhythm import active_weeks

READS = (
    *("activity_count", "days_since_last_activity", "peak_month"),
    *("seasonality_strength", "tenure_days"),
)
MONTH_DAYS = 30.4
# Who is longer here than a year has seen every month.
COHORTS = 14
# Weight of the belief that a customer is like the others, in weeks with activity.
PRIOR = 8.0
TURNED = np.cos(np.pi / 4)


@dataclass(frozen=True)
class Season:
    """Mean direction by months since the first visit, and the axis of the shop's year.

    `means` is COHORTS by 2 (cosine and sine), `axis` the unit vector that points to the
    season: January is the angle 0.
    """

    means: Floats
    axis: Floats

    def lean(self, frame: pd.DataFrame) -> Floats:
        """Return each customer's lean to the season; 0 says nothing, below is against.

        It is squared, as in Rayleigh's test of a circle: a weak lean is mostly chance.
        """
        along = _apart(frame, self.means) @ self.axis
        return np.asarray(np.sign(along) * along**2)


def season_of(active: pd.DataFrame, former: Season | None = None) -> Season:
    """Return the season of customers with activity.

    The axis is the line along which directions differ most, long ones first; its season
    is the end with the longer tail. That of `former` stays until the line has turned by
    45 degrees: where there is no season, it turns by chance.
    """
    weights, cohorts = _weights(active), _cohorts(active)
    total = np.bincount(cohorts, weights, COHORTS)
    sums = [np.bincount(cohorts, weights * one, COHORTS) for one in directions(active)]
    means = np.column_stack(sums) / np.maximum(total, 1e-12)[:, None]
    apart = _apart(active, means)
    turned = apart @ np.array([1, 1j])
    half = np.angle((turned**2 * np.abs(turned)).sum()) / 2
    axis = np.array([np.cos(half), np.sin(half)])
    if former is not None and abs(axis @ former.axis) > TURNED:
        return Season(means, former.axis)
    is_far_end = ((apart @ axis) ** 3).sum() < 0
    return Season(means, -axis if is_far_end else axis)


def directions(frame: pd.DataFrame) -> Floats:
    """Return the mean direction of each customer's year, 2 by rows; 0 if unknown."""
    angle = 2 * np.pi * (filled(frame["peak_month"], 1.0) - 1) / 12
    strength = filled(frame["seasonality_strength"])
    return np.stack([strength * np.cos(angle), strength * np.sin(angle)])


def _apart(frame: pd.DataFrame, means: Floats) -> Floats:
    weights = np.where(filled(frame["activity_count"]) > 0, _weights(frame), 0.0)
    return (directions(frame).T - means[_cohorts(frame)]) * weights[:, None]


def _weights(frame: pd.DataFrame) -> Floats:
    weeks = active_weeks(frame)
    return weeks / (weeks + PRIOR)


def _cohorts(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    months = np.maximum(filled(frame["tenure_days"]), 0.0) // MONTH_DAYS
    return np.minimum(months, COHORTS - 1).astype("int64")
