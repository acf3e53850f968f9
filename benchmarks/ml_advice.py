"""Whether recommendations find what people of the simulated shop turn to next.

The last 30 days are held back: ties and histories are of before, and what counts is
which products a person first touched then. Popularity, of all time and recent, is
judged in the same run on the same people; the interval is of the paired difference, by
resampling people. Building the shop takes some two minutes, judging half a minute.
"""

import argparse
import os
import tempfile
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.apart import apart
from benchmarks.figures import Figure, tell
from ml.recommendations import MODEL
from ml.recommending import Adviser, Recommender, Rules, fit
from ml.recommending.model import Blend

AT, HELD_BACK = 10, pd.Timedelta(days=30)
HALF_LIVES = {"popularity": float("inf"), "recent_popularity": 7.0}
STAGES = ("staging", "identity", "behavior", "lifecycle", "features")
Floats: TypeAlias = npt.NDArray[np.float64]


def main() -> None:
    """Measure, and tell the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ml_advice", description=__doc__
    )
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA"] = folder
        apart(built, given.customers, given.days, given.seed)
        tell(*apart(measured).result)


def built(customers: int, days: int, seed: int) -> None:
    """Simulate the shop and build what recommendations read."""
    from simulator import simulate
    from warehouse.dbt import dbt_build
    from warehouse.settings import load_settings

    settings = load_settings()
    simulate(settings.raw_dir, customers=customers, days=days, seed=seed)
    chosen = [f"{one},resource_type:model" for one in STAGES]
    dbt_build(settings, select=["resource_type:seed", *chosen])


def measured() -> list[Figure]:
    """Learn at a moment 30 days ago, advise then, and compare with what followed."""
    from warehouse.settings import load_settings
    from warehouse.tables import TableFrames, as_of

    settings = load_settings()
    frames = TableFrames(settings, MODEL.reads)
    then = pd.Timestamp(as_of(settings)) - HELD_BACK
    acts, products = frames["interactions"], frames["products"]
    past, later = acts[acts["occurred_at"] <= then], acts[acts["occurred_at"] > then]
    fitted = fit(past, products, as_of_at=then)
    assert fitted.model, fitted.reason
    new = _first_touched(past, later)
    models = {
        name: replace(fitted.model, blend=Blend(half_life))
        for name, half_life in HALF_LIVES.items()
    }
    models["recommendations"] = fitted.model
    reached = {
        name: _ndcg(model, past, products, then, new) for name, model in models.items()
    }
    return _figures(reached)


def _first_touched(past: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Who has a past, and the products that they had not touched before."""
    key = ["customer_id", "product_id"]
    known = later[later["customer_id"].isin(past["customer_id"])]
    pairs = known[key].drop_duplicates()
    before = past[key].drop_duplicates().assign(was=True)
    joined = pairs.merge(before, on=key, how="left")
    return joined.loc[joined["was"].isna(), key]


def _ndcg(
    model: Recommender,
    past: pd.DataFrame,
    products: pd.DataFrame,
    then: pd.Timestamp,
    new: pd.DataFrame,
) -> "pd.Series[float]":
    """NDCG@10 of each person who came to something new."""
    rules = Rules(per_customer=AT, seen_too=True)
    adviser = Adviser(
        model, past, products, as_of_at=then, model_version="then", rules=rules
    )
    people = pd.DataFrame({"customer_id": new["customer_id"].unique()})
    hits = adviser.recommend(people).merge(new, on=["customer_id", "product_id"])
    gained = (1 / np.log2(hits["rank"] + 1)).groupby(hits["customer_id"]).sum()
    ideal = np.cumsum(1 / np.log2(np.arange(AT) + 2))
    wanted = new.groupby("customer_id").size()
    best = pd.Series(ideal[np.minimum(wanted, AT) - 1], wanted.index)
    reached: pd.Series[float] = gained.reindex(wanted.index).fillna(0.0) / best
    return reached


def _figures(reached: dict[str, "pd.Series[float]"]) -> list[Figure]:
    means = {name: float(one.mean()) for name, one in reached.items()}
    rival = max(HALF_LIVES, key=lambda name: means[name])
    gain = np.asarray(reached["recommendations"] - reached[rival], dtype="float64")
    return [
        *(Figure(f"ml.advice.{name}.ndcg", one) for name, one in means.items()),
        Figure("ml.advice.gain_low.ndcg", _low(gain), at_least=0.0),
        Figure("ml.advice.judged.people", len(gain)),
    ]


def _low(gain: Floats, rounds: int = 1_000) -> float:
    """The lower end of the 95 % interval of the mean, resampling people."""
    chance = np.random.default_rng(1)
    size = len(gain)
    means = [gain[chance.integers(0, size, size)].mean() for _ in range(rounds)]
    return float(np.quantile(means, 0.025))


if __name__ == "__main__":
    main()
