"""Recommendations beside every usual baseline, on 22 years of ratings of films.

MovieLens latest-small, any rating a 1; what a person has rated is never shown again.
Two splits by time: the last fifth of each person's ratings, and the last fifth of all
(only people known before count: few). The baselines learn from the same past in the
same run, their settings fixed beforehand; ours chooses its blend inside that past, on
a fifth of it split off in the same way. Equal moments fall by the film's id.
Intervals resample people (a paired bootstrap, 95 %). About three minutes:
`python -m benchmarks.ml_movielens`, with TESSERA_SHARED_DATA naming a folder that holds
recsys_ml_latest_small.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse
from threadpoolctl import threadpool_limits

from benchmarks.figures import Figure, tell, tell_skipped
from ml.recommending import Adviser, Rules, fit
from ml.recommending.ease import ease
from ml.recommending.fitting import Holdout

SHARED_DATA = "TESSERA_SHARED_DATA"
FOLDER = "recsys_ml_latest_small"
SPLITS: tuple[Holdout, ...] = ("by_person", "by_time")
LATER = 0.2
NDCG_AT, RECALL_AT = 10, 20
NEIGHBORS = 100
RECENT = 0.1
# The best of twelve on the latest fifth within the past of `by_person`.
ALS: dict[str, Any] = {"factors": 64, "alpha": 1.0, "regularization": 10.0}
SEED = 1
ROUNDS = 2_000
Floats: TypeAlias = npt.NDArray[np.float64]


def main() -> None:
    """Print the figures of both splits; without the data say so, and no more."""
    folder = Path(os.environ.get(SHARED_DATA, "")) / FOLDER
    if not os.environ.get(SHARED_DATA) or not folder.is_dir():
        tell_skipped("ml.movielens", f"{SHARED_DATA} holds no {FOLDER}")
        return
    ratings, shelf = _ratings(folder), _shelf(folder)
    for how in SPLITS:
        with threadpool_limits(limits=1):
            tell(*_figures(how, ratings, shelf))


def _figures(
    how: Holdout, ratings: pd.DataFrame, shelf: pd.DataFrame
) -> Iterator[Figure]:
    is_later = _later(ratings, how)
    past, later = ratings[~is_later], ratings[is_later]
    people = np.intersect1d(past["customer_id"], later["customer_id"])
    yield Figure(f"movielens.{how}.people", len(people))
    films = pd.Index(np.sort(shelf["product_id"].to_numpy("str")))
    wanted = _matrix(later, people, films)
    found: dict[str, Floats] = {}
    for name, shown in _shown(how, past, shelf, people, films):
        found[name] = _ndcg(shown, wanted)
        yield from _told(f"movielens.{how}.{name}", found[name], _recall(shown, wanted))
    ours = found.pop("ours")
    best = max(found, key=lambda name: float(found[name].mean()))
    if how == "by_person":
        low, high = _interval(ours - found[best])
        yield Figure(f"movielens.{how}.ours_minus_{best}", (ours - found[best]).mean())
        yield Figure(f"movielens.{how}.ours_minus_{best}_low", low)
        yield Figure(f"movielens.{how}.ours_minus_{best}_high", high, at_least=0)
    else:
        gain = ours - found["recent"]
        low, high = _interval(gain)
        yield Figure(f"movielens.{how}.ours_minus_recent", gain.mean(), at_least=0)
        yield Figure(f"movielens.{how}.ours_minus_recent_low", low)
        yield Figure(f"movielens.{how}.ours_minus_recent_high", high)


def _told(name: str, ndcg: Floats, recall: Floats) -> Iterator[Figure]:
    low, high = _interval(ndcg)
    yield Figure(f"{name}.ndcg_at_10", ndcg.mean())
    yield Figure(f"{name}.ndcg_at_10_low", low)
    yield Figure(f"{name}.ndcg_at_10_high", high)
    yield Figure(f"{name}.recall_at_20", recall.mean())


def _shown(
    how: Holdout,
    past: pd.DataFrame,
    shelf: pd.DataFrame,
    people: npt.NDArray[Any],
    films: pd.Index,
) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    """Each way's best films of each person: people by places among `films`, or -1."""
    everybody = np.unique(past["customer_id"].to_numpy("str"))
    known, seen = _matrix(past, everybody, films), _matrix(past, people, films)
    since = past["occurred_at"].quantile(1 - RECENT)
    lately = _matrix(past[past["occurred_at"] > since], everybody, films)
    yield "popularity", _top(np.tile(_sums(known), (len(people), 1)), seen)
    yield "recent", _top(np.tile(_sums(lately), (len(people), 1)), seen)
    knn = CosineRecommender(K=NEIGHBORS)
    knn.fit(known, show_progress=False)
    yield "itemknn", _top((seen @ knn.similarity.tocsr()).toarray(), seen)
    yield "ease", _top(seen @ ease(known), seen)
    als = AlternatingLeastSquares(**ALS, random_state=SEED)
    als.fit(known, show_progress=False)
    at = np.searchsorted(everybody, people)
    yield "als", _top(als.user_factors[at] @ als.item_factors.T, seen)
    yield "ours", _ours(how, past, shelf, people, films)


def _ours(
    how: Holdout,
    past: pd.DataFrame,
    shelf: pd.DataFrame,
    people: npt.NDArray[Any],
    films: pd.Index,
) -> npt.NDArray[np.int64]:
    now = past["occurred_at"].max()
    model = fit(past, shelf, as_of_at=now, seed=SEED, holdout=how).model
    if model is None:
        raise ValueError("MovieLens is enough to learn from")
    rules = Rules(per_customer=RECALL_AT, just_bought_days=None)
    adviser = Adviser(model, past, shelf, as_of_at=now, model_version="", rules=rules)
    told = adviser.recommend(pd.DataFrame({"customer_id": people}))
    shown = np.full((len(people), RECALL_AT), -1)
    row = np.searchsorted(people, told["customer_id"].to_numpy("str"))
    shown[row, told["rank"] - 1] = films.get_indexer(pd.Index(told["product_id"]))
    return shown


def _top(scores: Any, seen: Any) -> npt.NDArray[np.int64]:
    scores = np.array(scores, "float64")
    scores[seen.nonzero()] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :RECALL_AT]


def _sums(matrix: Any) -> Floats:
    return np.asarray(matrix.sum(axis=0)).ravel()


def _hits(shown: npt.NDArray[np.int64], wanted: Any) -> Floats:
    row = np.arange(len(shown))[:, None]
    return np.asarray(wanted.toarray()[row, shown] * (shown >= 0), "float64")


def _ndcg(shown: npt.NDArray[np.int64], wanted: Any) -> Floats:
    worth = 1 / np.log2(np.arange(NDCG_AT) + 2)
    most = np.cumsum(worth)[np.minimum(wanted.getnnz(axis=1), NDCG_AT) - 1]
    return np.asarray(_hits(shown, wanted)[:, :NDCG_AT] @ worth / most)


def _recall(shown: npt.NDArray[np.int64], wanted: Any) -> Floats:
    return np.asarray(_hits(shown, wanted).sum(axis=1) / wanted.getnnz(axis=1))


def _interval(values: Floats) -> tuple[float, float]:
    drawn = np.random.default_rng(SEED).integers(0, len(values), (ROUNDS, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _later(ratings: pd.DataFrame, how: Holdout) -> npt.NDArray[np.bool_]:
    """`ratings` lie in the order of their moments."""
    if how == "by_time":
        at = ratings["occurred_at"]
        return (at > at.quantile(1 - LATER, interpolation="lower")).to_numpy()
    own = ratings.groupby("customer_id")["product_id"]
    return (own.cumcount() >= (1 - LATER) * own.transform("size")).to_numpy()


def _matrix(ratings: pd.DataFrame, people: npt.NDArray[Any], films: pd.Index) -> Any:
    kept = ratings[ratings["customer_id"].isin(people)]
    row = np.searchsorted(people, kept["customer_id"].to_numpy("str"))
    column = films.get_indexer(pd.Index(kept["product_id"]))
    ones = np.ones(len(kept), "float32")
    return sparse.csr_matrix((ones, (row, column)), (len(people), len(films)))


def _ratings(folder: Path) -> pd.DataFrame:
    ratings = pd.read_parquet(folder / "ratings.parquet")
    at = pd.to_datetime(ratings["timestamp"], unit="s").astype("datetime64[us]")
    frame = pd.DataFrame(
        {
            "customer_id": ratings["userId"].astype("str"),
            "product_id": ratings["movieId"].astype("str"),
            "kind": "bought",
            "occurred_at": at,
            "weight": 1.0,
        }
    )
    order = ["occurred_at", "customer_id", "product_id"]
    return frame.sort_values(order, ignore_index=True)


def _shelf(folder: Path) -> pd.DataFrame:
    films = pd.read_parquet(folder / "movies.parquet")
    return pd.DataFrame(
        {
            "product_id": films["movieId"].astype("str"),
            "product_name": films["title"],
            "category": films["genres"],
            "price": np.nan,
            "is_available": True,
            "is_suppressed": False,
        }
    )


if __name__ == "__main__":
    main()
