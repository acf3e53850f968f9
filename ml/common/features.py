"""What models may read of customer_features, and how each feature becomes numbers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.common.encoding import Columns, Floats, age, days_since, filled, numbers
from ml.common.rhythm import (
    ORDER_DUE_READS,
    SEASON_ALIGNMENT_READS,
    order_due_ratio,
    per_month,
    season_alignment,
)

Encoder = Callable[[pd.DataFrame], Columns]
Rule = Callable[[pd.DataFrame], Floats]

AGES = (
    "tenure_days",
    "days_since_last_activity",
    "days_since_last_product_view",
    "days_since_last_cart_add",
    "days_since_last_order",
    "days_since_first_order",
)
# Moments that customer_features gives without an age.
AGES_OF_MOMENTS = {
    "days_since_last_checkout": "last_checkout_at",
    "days_since_last_email_open": "last_email_open_at",
    "days_since_last_email_click": "last_email_click_at",
    "days_since_last_high_value_click": "last_high_value_click_at",
}
COUNTS = (
    *("page_view_count", "product_view_count", "cart_add_count", "checkout_count"),
    *("order_count", "activity_count", "email_delivered_count", "email_open_count"),
    *("email_click_count", "email_reply_count", "email_unsubscribe_count"),
    *("activity_7d_count", "activity_30d_count", "activity_prior_30d_count"),
    *("activity_90d_count", "product_view_7d_count", "product_view_30d_count"),
    *("cart_add_7d_count", "cart_add_30d_count", "order_30d_count"),
    *("order_90d_count", "order_365d_count", "email_delivered_30d_count"),
    *("email_open_30d_count", "email_click_30d_count", "product_view_15m_count"),
    *("product_view_48h_count", "cart_add_48h_count", "activity_24h_count"),
    "high_value_click_7d_count",
)
# Money, shares and flags: null only where there was nothing to add up, so zero.
AMOUNTS = ("net_revenue_amount", "net_revenue_365d_amount", "average_order_amount")
# Lifetime totals that propensity reads as a pace; see rhythm.per_month.
PACED = (
    *("page_view_count", "product_view_count", "cart_add_count", "checkout_count"),
    *("activity_count", "email_delivered_count", "email_open_count"),
    *("email_click_count", "email_reply_count", "net_revenue_amount"),
)
SHARES = ("email_click_30d_share", "seasonality_strength", "is_identified")


@dataclass(frozen=True)
class Feature:
    """One thing a model may use: the columns it reads, and its encoding."""

    name: str
    reads: tuple[str, ...]
    encode: Encoder


@dataclass(frozen=True)
class Encoded:
    """Rows by columns without NaN or inf; `sources` names the feature of a column."""

    values: Floats
    columns: tuple[str, ...]
    sources: tuple[str, ...]

    def plain(self) -> Floats:
        """Return one column a feature: its value, without the flag of "never"."""
        first = [self.sources.index(name) for name in dict.fromkeys(self.sources)]
        return self.values[:, first]


def _aged(name: str) -> Feature:
    return Feature(name, (name,), lambda frame: age(name, numbers(frame[name])))


def _aged_moment(name: str, moment: str) -> Feature:
    reads = ("as_of_at", moment)
    return Feature(name, reads, lambda frame: age(name, days_since(frame, moment)))


def _plain(name: str) -> Feature:
    return Feature(name, (name,), lambda frame: {name: filled(frame[name])})


def _paced(total: str) -> Feature:
    reads = (total, "tenure_days")
    return _derived(f"{total}_per_month", reads, lambda frame: per_month(frame, total))


def _derived(name: str, reads: tuple[str, ...], rule: Rule) -> Feature:
    return Feature(name, reads, lambda frame: {name: rule(frame)})


def _all() -> Iterable[Feature]:
    yield from map(_aged, AGES)
    yield from (_aged_moment(name, moment) for name, moment in AGES_OF_MOMENTS.items())
    yield from map(_plain, (*COUNTS, *AMOUNTS, *SHARES))
    yield from map(_paced, (*PACED, "order_count"))
    yield _derived("season_alignment", SEASON_ALIGNMENT_READS, season_alignment)
    yield _derived("order_due_ratio", ORDER_DUE_READS, order_due_ratio)


FEATURES = {feature.name: feature for feature in _all()}


def columns_read(names: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of customer_features that these features need, sorted."""
    return tuple(sorted({column for name in names for column in FEATURES[name].reads}))


def encode(frame: pd.DataFrame, names: Iterable[str]) -> Encoded:
    """Encode the named features, in their order; raises KeyError for unknown ones."""
    blocks = {name: FEATURES[name].encode(frame) for name in names}
    columns = {column: v for block in blocks.values() for column, v in block.items()}
    sources = tuple(name for name, block in blocks.items() for _ in block)
    # A column's values lie together: most of what reads them takes one column at once.
    values = np.empty((len(frame), len(columns)), order="F")
    for place, column in enumerate(columns.values()):
        values[:, place] = column
    return Encoded(values, tuple(columns), sources)
