"""A made-up shop for recommendations: three tastes, and people loyal to them."""

import numpy as np
import pandas as pd

NOW = pd.Timestamp("2025-07-01")
TASTES = ("kitchen", "garden", "audio")
EACH = 12


def shelf() -> pd.DataFrame:
    """Return 36 products, 12 of each taste, all on offer."""
    names = [(taste, number) for taste in TASTES for number in range(EACH)]
    return pd.DataFrame(
        {
            "product_id": [f"{taste}-{number:02d}" for taste, number in names],
            "product_name": [f"{taste} thing {number}" for taste, number in names],
            "category": [taste for taste, _ in names],
            "price": 20.0,
            "is_available": True,
            "is_suppressed": False,
        }
    )


def shopping(people: int, seed: int, loyal: float = 0.9) -> pd.DataFrame:
    """Return half a year of acts; `loyal` is the share within one's own taste."""
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), random.integers(4, 14, people))
    size = len(person)
    taste = np.where(
        random.random(size) < loyal, person % 3, random.integers(0, 3, size)
    )
    number = np.minimum(random.geometric(0.15, size) - 1, EACH - 1)
    ago = random.integers(1, 180 * 1440, size)
    return pd.DataFrame(
        {
            "customer_id": [f"customer-{one:04d}" for one in person],
            "product_id": [
                f"{TASTES[kind]}-{which:02d}"
                for kind, which in zip(taste, number, strict=True)
            ],
            "kind": random.choice(
                ["viewed", "carted", "bought"], size, p=[0.7, 0.2, 0.1]
            ),
            "occurred_at": NOW - pd.to_timedelta(ago, unit="min"),
            "weight": random.integers(1, 4, size).astype("float64"),
        }
    )


def act(customer: str, product: str, kind: str = "viewed", days: float = 1.0) -> dict:
    """Return one row of what somebody did, so many days ago."""
    at = NOW - pd.Timedelta(days=days)
    names = ("customer_id", "product_id", "kind", "occurred_at", "weight")
    return dict(zip(names, (customer, product, kind, at, 1.0), strict=True))
