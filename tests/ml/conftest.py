"""A made-up shop for the models: daily habits with known rates, seen at any moment."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from tests.ml.shelves import advice_tables

START = pd.Timestamp("2025-01-01")
DAYS = 400

# The contract of customer_features, as DuckDB hands it to pandas.
MOMENTS = (
    *("first_seen_at", "last_activity_at", "last_product_view_at", "last_cart_add_at"),
    *("last_checkout_at", "first_order_at", "last_order_at", "last_email_open_at"),
    *("last_email_click_at", "last_high_value_click_at"),
)
COUNTS = (
    *("page_view_count", "product_view_count", "cart_add_count", "checkout_count"),
    *("order_count", "email_delivered_count", "email_open_count"),
    *("email_click_count", "email_reply_count", "email_unsubscribe_count"),
    *("activity_count", "activity_7d_count", "activity_30d_count"),
    *("activity_prior_30d_count", "activity_90d_count", "product_view_7d_count"),
    *("product_view_30d_count", "cart_add_7d_count", "cart_add_30d_count"),
    *("order_30d_count", "order_90d_count", "order_365d_count"),
    *("email_delivered_30d_count", "email_open_30d_count", "email_click_30d_count"),
    *("product_view_15m_count", "product_view_48h_count", "cart_add_48h_count"),
    *("activity_24h_count", "high_value_click_7d_count"),
)


@dataclass(frozen=True)
class Shop:
    """Customers by days: what they did, and the true daily rate of orders."""

    orders: np.ndarray
    views: np.ndarray
    carts: np.ndarray
    clicks: np.ndarray
    rate: np.ndarray

    def features(self, day: int) -> pd.DataFrame:
        """Return customer_features as of the midnight before `day`."""
        size = len(self.rate)
        as_of = START + pd.Timedelta(days=day)
        frame = pd.DataFrame({name: np.zeros(size, "int64") for name in COUNTS})
        frame["customer_id"] = [f"c{number:06d}" for number in range(size)]
        frame["as_of_at"] = as_of
        frame["is_identified"] = np.arange(size) % 3 > 0
        active = self.views + self.orders + self.clicks
        known = {
            "order": self.orders,
            "product_view": self.views,
            "cart_add": self.carts,
            "activity": active,
            "email_click": self.clicks,
        }
        for name, daily in known.items():
            frame[f"{name}_count"] = daily[:, :day].sum(1)
            last = _last(daily[:, :day])
            frame[f"last_{name}_at"] = as_of - pd.to_timedelta(last, unit="D")
            frame[f"days_since_last_{name}"] = _nullable(last)
            for window in (7, 30, 90, 365):
                column = f"{name}_{window}d_count"
                if column in COUNTS:
                    frame[column] = daily[:, max(day - window, 0) : day].sum(1)
        prior = active[:, max(day - 60, 0) : max(day - 30, 0)]
        frame["activity_prior_30d_count"] = prior.sum(1)
        first = _first(active[:, :day], day)
        frame["tenure_days"] = _nullable(first)
        frame["first_seen_at"] = as_of - pd.to_timedelta(first, unit="D")
        first_order = _first(self.orders[:, :day], day)
        frame["days_since_first_order"] = _nullable(first_order)
        frame["net_revenue_amount"] = frame["order_count"] * 40.0
        frame["net_revenue_365d_amount"] = frame["order_365d_count"] * 40.0
        bought = frame["order_count"] > 0
        frame["average_order_amount"] = np.where(bought, 40.0, np.nan)
        frame["email_click_30d_share"] = np.nan
        for kind, daily in (("active", active), ("order", self.orders)):
            for month, count in enumerate(_by_month(daily[:, :day] > 0).T, start=1):
                frame[f"{kind}_days_month_{month}_count"] = count
        strength, peak = _season(active[:, :day])
        frame["seasonality_strength"] = strength
        frame["peak_month"] = _nullable(peak.astype("float64")).astype("Int32")
        for name in MOMENTS:
            if name not in frame:
                frame[name] = pd.Series(pd.NaT, frame.index, dtype="datetime64[us]")
        return frame.drop(columns="days_since_last_email_click")

    def training(self, days: list[int]) -> pd.DataFrame:
        """Return the labelled rows of several midnights."""
        parts = [self.features(day).assign(**self.labels(day)) for day in days]
        return pd.concat(parts, ignore_index=True)

    def labels(self, day: int) -> dict[str, np.ndarray]:
        """Return what happened from a day on, by the label's name."""
        bought = {n: self.orders[:, day : day + n].any(1) for n in (7, 30, 60, 90)}
        active = (self.views + self.orders + self.clicks)[:, day : day + 60].any(1)
        is_buyer = self.orders[:, :day].any(1)
        return {
            **{f"purchased_within_{n}d": bought[n] for n in (7, 30, 90)},
            "lapsed_within_60d": ~np.where(is_buyer, bought[60], active),
            "next_order_amount": np.where(bought[90], 40.0, np.nan),
        }

    def truth(self) -> np.ndarray:
        """Return the true probability of an order within 30 days."""
        return 1 - (1 - self.rate) ** 30


def _nullable(days: np.ndarray) -> pd.Series:
    return pd.Series(days).astype("Int64")


def _last(daily: np.ndarray) -> np.ndarray:
    seen = daily[:, ::-1] > 0
    return np.where(seen.any(1), seen.argmax(1) + 1.0, np.nan)


def _first(daily: np.ndarray, day: int) -> np.ndarray:
    seen = daily > 0
    return np.where(seen.any(1), day - seen.argmax(1).astype("float64"), np.nan)


def _by_month(daily: np.ndarray) -> np.ndarray:
    month = (START + pd.to_timedelta(np.arange(daily.shape[1]), unit="D")).month
    return np.stack([daily[:, month == one].sum(1) for one in range(1, 13)], axis=1)


def _season(daily: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    monthly = _by_month(daily)
    total = monthly.sum(1)
    turns = monthly @ np.exp(2j * np.pi * np.arange(12) / 12)
    strength = np.where(total > 0, np.abs(turns) / np.maximum(total, 1), np.nan)
    return strength, np.where(total > 0, monthly.argmax(1) + 1.0, np.nan)


def open_shop(size: int, seed: int, rate_scale: float = 0.008) -> Shop:
    """Return a shop of independent customers with gamma-spread order rates."""
    random = np.random.default_rng(seed)
    rate = np.clip(random.gamma(0.6, rate_scale, size), 0, 0.2)
    interest = rate * random.gamma(4.0, 2.0, size) + 0.002
    spread = (size, DAYS)
    return Shop(
        orders=random.random(spread) < rate[:, None],
        views=random.poisson(interest[:, None], spread),
        carts=random.poisson(interest[:, None] / 4, spread),
        clicks=random.poisson(0.01, spread),
        rate=rate,
    )


@pytest.fixture(scope="session")
def shop() -> Shop:
    return open_shop(2_500, seed=7)


@pytest.fixture(scope="session")
def training(shop: Shop) -> pd.DataFrame:
    return shop.training([180, 210, 240, 270, 300, 330])


@pytest.fixture(scope="session")
def scoring(shop: Shop) -> pd.DataFrame:
    return shop.features(365)


@pytest.fixture(scope="session")
def small_shop() -> Shop:
    # Busy enough for a hundred buyers within a week.
    return open_shop(1_200, seed=11, rate_scale=0.03)


@pytest.fixture(scope="session")
def small_training(small_shop: Shop) -> pd.DataFrame:
    return small_shop.training([90, 180, 240, 270, 300, 330])


@pytest.fixture(scope="session")
def small_scoring(small_shop: Shop) -> pd.DataFrame:
    return small_shop.features(360)


@pytest.fixture(scope="session")
def tables(
    small_shop: Shop, small_training: pd.DataFrame, small_scoring: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what models read of the warehouse, by table."""
    return {
        "features.training_set": small_training,
        "features.customers_now": small_scoring,
        "features.customer_years": small_scoring,
        **advice_tables(small_shop, 360),
    }


@pytest.fixture(scope="session")
def contract_columns() -> set[str]:
    """Return every column that customer_features promises."""
    ages = ("activity", "product_view", "cart_add", "order")
    return {
        *("customer_id", "as_of_at", "is_identified", *MOMENTS, *COUNTS),
        *("tenure_days", "days_since_first_order"),
        *(f"days_since_last_{name}" for name in ages),
        *("net_revenue_amount", "net_revenue_365d_amount", "average_order_amount"),
        *("email_click_30d_share", "seasonality_strength", "peak_month"),
    }
