"""Clusters: their pace, how long they last, and whom they find where truth is known.

`sweep`: k = 2 to 15 on a million points of 20 columns, beside MiniBatchKMeans in the
same run, as scikit-learn has it by default, and with batches of 10,000; the goals are
the time of the faster and the agreement of the better. `lasting`: who keeps the cluster
where 3 % of the rows are replaced and noise is added, and from one day of a simulated
shop to the next.

`seedNNN`: whether the seasonal cluster, told by its name alone, has the people who are
seasonal: a person is the customer with most of their records. Beside it stands what a
classifier reaches that is shown the truth (cross-validated, at its best threshold).
`observer`: what the simulator's own Bayes filter reaches at its best threshold, which
knows every law of the shop and sees days, not months: but for luck no method does
better; and `counts`, what a classifier reaches that is shown the truth, knows whose
record is whose, and sees each month's days of activity and orders. It tells of shops
alone, whatever our models do, so that it runs only where `--parts` asks for it.
"""

import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import cross_val_predict

from benchmarks.apart import apart
from benchmarks.figures import Figure, tell
from benchmarks.ml_shops import shop_features
from ml.clustering import MODEL
from ml.common.elbow import K_RANGE, elbow, sweep
from ml.common.encoding import Floats
from ml.common.groups import Labels, fresh_centres, kept_centres, nearest_centre
from ml.common.season import READS as SEASON_READS
from ml.spec import Frames, Inputs, Trained
from simulator.seasons import SEASONAL
from simulator.story import tell as tell_story
from simulator.truth import sight_of
from simulator.watching import beliefs
from simulator.world import Dice, World, create

Flags = npt.NDArray[np.bool_]

POINTS, COLUMNS = 1_000_000, 20
SHARES = np.array([0.30, 0.22, 0.16, 0.12, 0.09, 0.07, 0.04])
TIMES, CONTINUITY, JACCARD = 0.8, 0.96, 0.6
SEEDS = (101, 102, 103)
# By default batches of 1,024 and one start; and the larger ones that suit a million.
RIVALS: dict[str, dict[str, int]] = {
    "minibatch_default": {},
    "minibatch_10000": {"batch_size": 10_000, "n_init": 3},
}
PARTS = ("sweep", "lasting", "observer", "shops")
DEFAULT = ("sweep", "lasting", "shops")
# The demo's shop by size and days; and two years, in which a season comes round.
SHOPS = ((10_000, 180), (3_000, 730))
# Who did less than this shows little of a season.
LEAST_ACTIVITY = 20
# Days with views or orders.
LEAST_DAYS = 10
# What a classifier is told of each customer: all that the clusters are made of.
TOLD = sorted({*MODEL.features, "activity_count", *SEASON_READS})


def main() -> None:
    """Measure, and tell each figure as soon as it is known."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--parts", nargs="*", default=DEFAULT, choices=PARTS)
    asked.add_argument("--days", type=int, nargs="*", default=[180, 730])
    asked.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    given = asked.parse_args()
    if "sweep" in given.parts:
        tell(*apart(_sweep).result)
    if "lasting" in given.parts:
        tell(*apart(_lasting).result)
    for part, work in (("observer", _observed), ("shops", _shop)):
        shops = [one for one in SHOPS if one[1] in given.days and part in given.parts]
        for customers, days in shops:
            for seed in given.seeds:
                tell(*apart(work, customers, days, seed).result)


def _sweep() -> list[Figure]:
    points, truth = _planted(POINTS, COLUMNS, seed=1)
    k = len(SHARES)
    began = time.perf_counter()
    table = sweep(points, 1)
    centres = fresh_centres(points, k, 1)
    ours = nearest_centre(points, centres)[0]
    took = time.perf_counter() - began
    alike = adjusted_rand_score(truth, ours)
    rivals = {name: _rival(points, truth, given) for name, given in RIVALS.items()}
    fastest = min(seconds for seconds, _ in rivals.values())
    best = max(ari for _, ari in rivals.values())
    return [
        Figure("clusters.sweep.seconds", took),
        *(
            Figure(f"clusters.sweep.{name}.{what}", value)
            for name, values in rivals.items()
            for what, value in zip(("seconds", "ari"), values, strict=True)
        ),
        Figure("clusters.sweep.ratio", took / fastest, at_most=TIMES),
        Figure("clusters.sweep.ari", alike, at_least=best),
        Figure("clusters.sweep.elbow_k", elbow(table)),
        Figure("clusters.sweep.true_k", k),
    ]


def _rival(points: Floats, truth: Labels, given: dict[str, int]) -> tuple[float, float]:
    """Seconds for all k, and the agreement with the truth at its k."""
    began = time.perf_counter()
    fits = {
        one: MiniBatchKMeans(one, random_state=1, **given).fit(points)
        for one in K_RANGE
    }
    took = time.perf_counter() - began
    return took, adjusted_rand_score(truth, fits[len(SHARES)].labels_)


def _planted(rows: int, columns: int, seed: int) -> tuple[Floats, Labels]:
    dice = np.random.default_rng(seed)
    centres = dice.normal(0, 1.2, (len(SHARES), columns))
    truth = dice.choice(len(SHARES), rows, p=SHARES)
    return centres[truth] + dice.normal(0, 1, (rows, columns)), truth


def _lasting() -> list[Figure]:
    """3 % of the rows replaced and noise of 0.12, k = 6, ten seeds."""
    kept, naive = [], []
    for seed in range(10):
        points = _shoppers(20_000, seed)
        dice = np.random.default_rng(1_000 + seed)
        later = points + dice.normal(0, 0.12, points.shape)
        gone = dice.random(len(points)) < 0.03
        later[gone] = _shoppers(20_000, 2_000 + seed)[gone]
        former = fresh_centres(points, 6, seed)
        before = nearest_centre(points, former)[0]
        placed = nearest_centre(later, former)[0]
        again = kept_centres(later, placed, 6, seed + 1)
        after = nearest_centre(later, again)[0]
        anew = KMeans(6, n_init=10, random_state=seed + 1).fit_predict(later)
        kept.append((before == after)[~gone].mean())
        naive.append((before == anew)[~gone].mean())
    return [
        Figure("clusters.lasting.naive", float(np.mean(naive))),
        Figure("clusters.lasting.least", float(np.min(kept)), at_least=CONTINUITY),
        Figure("clusters.lasting.mean", float(np.mean(kept)), at_least=CONTINUITY),
    ]


def _shoppers(rows: int, seed: int) -> Floats:
    """Six kinds of shoppers that overlap, as standardised logarithms of counts."""
    kinds = np.random.default_rng(99).normal(0, 1, (6, 7))
    dice = np.random.default_rng(seed)
    kind = dice.choice(6, rows, p=[0.1, 0.15, 0.15, 0.25, 0.25, 0.1])
    rates = np.exp(kinds[kind] + dice.normal(0, 0.35, (rows, 7)) + 1.5)
    logs = np.log1p(dice.poisson(rates))
    return np.asarray((logs - logs.mean(axis=0)) / logs.std(axis=0))


def _observed(customers: int, days: int, seed: int) -> list[Figure]:
    """How well the simulator's own Bayes filter tells who is seasonal, at the end."""
    world = create(customers, days, seed)
    chunks = [_beliefs(world, number) for number in range(world.chunks)]
    belief, truth, acts, counts = (
        np.concatenate(one) for one in zip(*chunks, strict=True)
    )
    name = f"clusters.seed{seed}.{days}_days"
    groups = {"all": 0, "active": 1, f"{LEAST_DAYS}_days": LEAST_DAYS}
    scores = {"observer": belief, "counts": _informed(pd.DataFrame(counts), truth)}
    return [
        Figure(
            f"{name}.{what}.{group}", _best_jaccard(score[acts >= n], truth[acts >= n])
        )
        for what, score in scores.items()
        for group, n in groups.items()
    ]


def _beliefs(world: World, number: int) -> tuple[Floats, Flags, Labels, Labels]:
    """Of a chunk's people: belief, truth, days with views or orders, months' counts."""
    story = tell_story(world, number, Dice(world.seed, number))
    sight = sight_of(world, story, 0)
    belief = next(beliefs(story.who, story.lives, world.chances, [sight]))
    ordered = story.lives.has_order[:, : sight.day]
    acts = (sight.views[:, : sight.day] > 0) | ordered
    belief = belief.sum(axis=(2, 3))[:, SEASONAL]
    month = np.array([one.month for one in world.history.dates[: sight.day]])
    counts = [
        part[:, month == n].sum(1) for n in range(1, 13) for part in (acts, ordered)
    ]
    counts.append(np.maximum(sight.day - story.who.arrival, 0))
    told = np.column_stack(counts)
    return belief, story.who.kind == SEASONAL, acts.sum(axis=1), told


def _shop(customers: int, days: int, seed: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        shop = shop_features(Path(folder), customers, days, seed)
    *_, yesterday, today = shop.moments.values()
    name = f"clusters.seed{seed}.{days}_days"
    first, then = _said(yesterday, None)
    _, now = _said(today, first.estimator)
    return [
        *_two_days(name, then, now),
        *_found(name, today, shop.people, *_said(today, None)),
    ]


def _said(frame: pd.DataFrame, champion: object) -> tuple[Trained, Frames]:
    inputs = Inputs({"training": frame}, frame["as_of_at"].iloc[0])
    trained = MODEL.train(inputs, champion, 1)
    return trained, MODEL.score(trained.estimator, inputs, [frame], "benchmark")


def _two_days(name: str, then: Frames, now: Frames) -> Iterator[Figure]:
    both = then["assignments"].merge(now["assignments"], on="customer_id")
    same = float((both["cluster_id_x"] == both["cluster_id_y"]).mean())
    announced = len(now["changes"]) - len(then["changes"])
    yield Figure(f"{name}.next_day.same", same, at_least=CONTINUITY)
    yield Figure(f"{name}.next_day.changes", announced)


def _found(
    name: str, frame: pd.DataFrame, people: pd.DataFrame, trained: Trained, said: Frames
) -> Iterator[Figure]:
    rows = frame.merge(said["assignments"], on="customer_id")
    truth = rows["is_seasonal"].to_numpy(dtype=bool)
    found = rows["cluster_name"].str.startswith("seasonal").to_numpy()
    shows = (rows["activity_count"] >= LEAST_ACTIVITY).to_numpy()
    told = rows[TOLD].astype("float64")
    ceiling = _best_jaccard(_informed(told[shows], truth[shows]), truth[shows])
    active = (rows["activity_count"] > 0).to_numpy() & rows["latent_type"].notna()
    alike = adjusted_rand_score(rows["latent_type"][active], rows["cluster_id"][active])
    yield Figure(f"{name}.k", trained.card["k"])
    yield Figure(f"{name}.ari_to_latent_type", alike)
    yield from _found_people(f"{name}.seasonal", rows.assign(found=found), people)
    yield Figure(f"{name}.seasonal.customers.all", _jaccard(found, truth))
    busy = f"{name}.seasonal.customers.{LEAST_ACTIVITY}_acts"
    yield Figure(busy, _jaccard(found[shows], truth[shows]))
    yield Figure(f"{busy}.ceiling", ceiling)


def _found_people(
    name: str, rows: pd.DataFrame, people: pd.DataFrame
) -> Iterator[Figure]:
    """Whom the clusters find of all people who have a name, as the observer's are."""
    largest = rows.sort_values(["record_count", "customer_id"], ascending=[False, True])
    main = largest.drop_duplicates("person_id")[["person_id", "found", *TOLD]]
    told = people.merge(main, on="person_id", how="left")
    truth = told["is_seasonal"].to_numpy(dtype=bool)
    found = told["found"].eq(True).to_numpy()
    active = told["activity_count"].gt(0).to_numpy()
    yield Figure(f"{name}.all", _jaccard(found, truth), at_least=JACCARD)
    yield Figure(f"{name}.active", _jaccard(found[active], truth[active]))
    informed = _informed(told[TOLD].astype("float64"), truth)
    yield Figure(f"{name}.all.ceiling", _best_jaccard(informed, truth))


def _jaccard(found: Flags, truth: Flags) -> float:
    return float((found & truth).sum() / max((found | truth).sum(), 1))


def _informed(told: pd.DataFrame, truth: Flags) -> Floats:
    """The scores of a classifier that learned from the truth about others."""
    model = HistGradientBoostingClassifier(
        max_leaf_nodes=8, learning_rate=0.05, max_iter=150, random_state=1
    )
    scores = cross_val_predict(model, told, truth, cv=4, method="predict_proba")
    return np.asarray(scores[:, 1])


def _best_jaccard(scores: Floats, truth: Flags) -> float:
    """The best Jaccard over all thresholds of a score."""
    hits = np.cumsum(truth[np.argsort(-scores, kind="stable")])
    chosen = np.arange(1, len(truth) + 1)
    return float((hits / (chosen + truth.sum() - hits)).max())


if __name__ == "__main__":
    main()
