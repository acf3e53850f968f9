"""Features of rhythm: a customer's pace and season, and when an order is due."""

import numpy as np
import pandas as pd

from ml.common.encoding import NEVER_DAYS, Floats, filled, moments, numbers

SEASON_ALIGNMENT_READS = ("as_of_at", "peak_month", "seasonality_strength")
ORDER_DUE_READS = ("order_count", "days_since_last_order", "days_since_first_order")


def season_alignment(frame: pd.DataFrame) -> Floats:
    """Return how near the moment is to the customer's own season, in [-1, 1].

    The seasonality strength times the cosine of the angle between the month of
    `as_of_at` and the peak month; 0 where there is no season.
    """
    month = pd.DatetimeIndex(moments(frame["as_of_at"])).month.to_numpy()
    angle = 2 * np.pi * (month - filled(frame["peak_month"], 1.0)) / 12
    strength = filled(frame["seasonality_strength"])
    return np.asarray(strength * np.cos(angle), dtype="float64")


def per_month(frame: pd.DataFrame, total: str) -> Floats:
    """Return a lifetime total per 30 days since the customer was first seen.

    Totals grow with the age of the shop's records, so a model that learned them on
    earlier moments expects too much now; rates stay comparable. Younger customers than
    30 days count as 30 days old.
    """
    months = np.maximum(filled(frame["tenure_days"]) / 30, 1.0)
    return np.asarray(filled(frame[total]) / months, dtype="float64")


def order_due_ratio(frame: pd.DataFrame) -> Floats:
    """Return the days since the last order over the customer's usual days between.

    1 means an order is due about now; 0 where fewer than two orders show no rhythm.
    """
    orders = filled(frame["order_count"])
    last = numbers(frame["days_since_last_order"])
    usual = (numbers(frame["days_since_first_order"]) - last) / np.maximum(
        orders - 1, 1
    )
    ratio = np.nan_to_num(last / np.maximum(np.nan_to_num(usual, nan=1.0), 1.0))
    return np.where(orders >= 2, np.clip(ratio, 0.0, NEVER_DAYS), 0.0)
