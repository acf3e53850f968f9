"""Ten products for each of 100,000 customers: our time and memory beside implicit's.

Two million interactions with 5,000 products, made up of tastes and of hits. Both start
from the same table of names and end with ten products a customer, the seen left out.
Ours also judges its blend out of time, folds fresh histories in and finds reasons.
implicit: its AlternatingLeastSquares as it comes (100 factors, 15 iterations), one
thread a core and BLAS held to one, as it asks for; ours works block by block, a thread
a core too, and inverts on one. The table and its reading are in both. On a busy machine
compare the work of all cores (`cpu_seconds`). About a minute:
`python -m benchmarks.ml_recommending`.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from benchmarks.apart import Took, apart
from benchmarks.figures import Figure, tell
from ml.recommending import Adviser, Rules, fit

CUSTOMERS, PRODUCTS, INTERACTIONS = 100_000, 5_000, 2_000_000
TASTES = 50
LOYAL = 0.6
DAYS = 365
SEED = 1
MOST = 1.2
BATCH = 10_000
NOW = pd.Timestamp("2026-01-01")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "interactions.parquet"
        history().to_parquet(file)
        theirs, own = apart(by_implicit, file), apart(by_us, file)
    tell(*_figures("implicit", theirs), *_figures("ours", own))
    tell(
        Figure("recommend.seconds_ratio", own.seconds / theirs.seconds, at_most=MOST),
        Figure("recommend.cpu_ratio", own.cpu_seconds / theirs.cpu_seconds),
        Figure("recommend.memory_ratio", own.peak_mb / theirs.peak_mb, at_most=MOST),
    )


def _figures(name: str, took: Took[int]) -> tuple[Figure, ...]:
    return (
        Figure(f"recommend.{name}_rows", took.result),
        Figure(f"recommend.{name}_seconds", took.seconds),
        Figure(f"recommend.{name}_cpu_seconds", took.cpu_seconds),
        Figure(f"recommend.{name}_peak_mb", took.peak_mb),
    )


def by_us(file: Path) -> int:
    """Fit and recommend; return the number of rows."""
    interactions, shelf = pd.read_parquet(file), products()
    model = fit(interactions, shelf, as_of_at=NOW, seed=SEED).model
    if model is None:
        raise ValueError("two million interactions are enough to learn from")
    rules = Rules(seen_too=True)
    adviser = Adviser(
        model, interactions, shelf, as_of_at=NOW, model_version="", rules=rules
    )
    people = pd.DataFrame({"customer_id": interactions["customer_id"].unique()})
    batches = (people[at : at + BATCH] for at in range(0, len(people), BATCH))
    return sum(len(adviser.recommend(batch)) for batch in batches)


def by_implicit(file: Path) -> int:
    """Fit and recommend by the library alone; return the number of rows."""
    interactions = pd.read_parquet(file)
    person, people = pd.factorize(interactions["customer_id"])
    product, shelf = pd.factorize(interactions["product_id"])
    ones = np.ones(len(person), "float32")
    size = len(people), len(shelf)
    touched = sparse.csr_matrix((ones, (person, product)), size)
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(random_state=SEED)
        model.fit(touched, show_progress=False)
        found, _ = model.recommend(np.arange(len(people)), touched, N=10)
    return int(found.size)


def products() -> pd.DataFrame:
    """Return the catalogue, all on offer."""
    number = np.arange(PRODUCTS)
    return pd.DataFrame(
        {
            "product_id": [f"product-{one:05d}" for one in number],
            "product_name": [f"Thing {one}" for one in number],
            "category": [f"taste {one % TASTES}" for one in number],
            "price": 10.0 + number % 90,
            "is_available": True,
            "is_suppressed": False,
        }
    )


def history() -> pd.DataFrame:
    """Return distinct interactions: most of a person's taste, the rest hits of all."""
    random = np.random.default_rng(SEED)
    fame = 1 / (1 + random.permutation(PRODUCTS) // TASTES) ** 0.8
    eager = random.gamma(0.8, 1, CUSTOMERS)
    size = INTERACTIONS * 2
    person = random.choice(CUSTOMERS, size, p=eager / eager.sum())
    product = random.choice(PRODUCTS, size, p=fame / fame.sum())
    loyal = random.random(size) < LOYAL
    # The same place among the products of one's own taste.
    product = np.where(loyal, product - product % TASTES + person % TASTES, product)
    tie = pd.unique(person * PRODUCTS + product)[:INTERACTIONS]
    minute = random.integers(1, DAYS * 1440, len(tie))
    return pd.DataFrame(
        {
            "customer_id": pd.Series(tie // PRODUCTS).map("customer-{:06d}".format),
            "product_id": pd.Series(tie % PRODUCTS).map("product-{:05d}".format),
            "kind": "viewed",
            "occurred_at": NOW - pd.to_timedelta(minute, unit="min"),
            "weight": 1.0,
        }
    )


if __name__ == "__main__":
    main()
