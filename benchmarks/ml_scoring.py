"""What it costs to score a million customers, beside plain scikit-learn's predict.

`scored` is the pipeline's way, in a process of its own: the wide table streams from
the build database in Arrow batches, is encoded, gets probabilities, deciles and
reasons, and the scores are written back. `plain` is one call of `predict_proba` of the
same fitted model on the same matrix, already in memory, with scikit-learn's own
threads; it reads nothing, encodes nothing, explains nothing and writes nothing. Its
matrix lies by rows, as numpy makes one; ours lies by columns, which is quicker for the
boosting, so `plain_by_column` is told beside it. They take turns, and of each the
quickest counts. On a busy machine the work of all cores (`cpu_seconds`) says more than
the clock. The parts of ours are told apart, as work; deciles are the rest.

The goal is on the whole way. Beside plain are told: `predict_cpu_ratio`, matrix to
answer; `matrix_cpu_ratio`, frame to answer, encoded and predicted; and
`io_cpu_ratio`, what it costs only to read the table in order and to write it the
scores: less than that no whole way can take.

It takes some four minutes for both kinds of model.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.apart import Took, apart, timed
from benchmarks.figures import Figure, tell
from benchmarks.segments_load import OWN, VALUES, columns
from ml.common.classifiers import KINDS, probabilities
from ml.common.features import FEATURES, columns_read
from ml.common.foretelling import encoded, fit_kind
from ml.common.frames import KEY
from ml.common.labelled import labelled
from ml.common.reasons import reasons
from ml.propensity import MODEL, QUESTION
from ml.spec import SCORING, Inputs
from warehouse.connection import connect
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.tables import read_batches, write_frames

CUSTOMERS = 1_000_000
TAUGHT_BY = 20_000
TURNS = 2
RATIO = 1.3
# Goals are for a million customers; fewer weigh what starting costs.
MEMORY_MB = 2_000
TABLE = MODEL.reads[SCORING]
WRITTEN = "ml.propensity_scores"
SEED = 1
NO_MOMENT = pd.Timestamp(0)
HORIZON = QUESTION.wanted.horizon


def main() -> None:
    """Write the customers, teach each kind on some of them, and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=CUSTOMERS)
    customers = asked.parse_args().customers
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(PROJECT_DIR, Path(folder))
        write_customers(settings, customers)
        for kind in KINDS:
            tell(*figures(settings, kind))


def write_customers(settings: Settings, customers: int) -> None:
    """Write the table that is scored: every column that a model may read."""
    read = {*columns_read(FEATURES), *KEY}
    values = [
        f"{_value(name, kind, place)} as {name}"
        for place, (name, kind) in enumerate(columns().items())
        if name in read
    ]
    settings.build_dir.mkdir(parents=True)
    with connect(settings.build_path) as connection:
        connection.execute(f"create schema {TABLE.split('.')[0]}")
        connection.execute(
            f"create table {TABLE} as select {', '.join(values)}"
            f" from range({customers}) as rows(i)"
        )


def _value(name: str, kind: str, place: int) -> str:
    if name in OWN:
        return OWN[name]
    return VALUES[kind].format(hash=f"(hash(i, {place}) % 1000003)")


def taught(settings: Settings, kind: str) -> dict[str, Any]:
    """An estimator of this kind, taught by some customers whose answers are drawn."""
    with read_batches(settings, TABLE, TAUGHT_BY) as batches:
        frame = next(batches)
    moment = frame["as_of_at"].max()
    pull = (frame["order_count"] - frame["days_since_last_order"]) / 20
    drawn = np.random.default_rng(SEED).random(len(frame))
    answers = drawn < 1 / (1 + np.exp(-pull.to_numpy("float64")))
    frame = frame.assign(**{QUESTION.wanted.target: answers, "as_of_at": moment})
    rows = labelled(
        frame, QUESTION.wanted, MODEL.features, moment + HORIZON, "benchmark"
    )
    with threadpool_limits(1):  # as the pipeline trains
        estimator: dict[str, Any] = fit_kind(QUESTION, kind, rows, SEED)
    return estimator


def figures(settings: Settings, kind: str) -> Iterator[Figure]:
    """Both ways in turns, each in fresh processes; then the parts of ours."""
    estimator, name = taught(settings, kind), f"ml.scoring.{kind}"
    ours: list[Took[int]] = []
    bounds: list[tuple[float, float]] = []
    by_column: list[tuple[float, float]] = []
    for _ in range(TURNS):
        ours.append(apart(scored, settings, estimator))
        bounds.append(apart(plain, settings, estimator, "C").result)
        by_column.append(apart(plain, settings, estimator, "F").result)
    least, seconds = min(ours, key=lambda took: took.seconds), min(bounds)[0]
    work = min(took.cpu_seconds for took in ours), min(cpu for _, cpu in bounds)
    yield Figure(f"{name}.customers", least.result)
    yield Figure(f"{name}.peak_mb", max(o.peak_mb for o in ours), at_most=MEMORY_MB)
    yield Figure(f"{name}.seconds", least.seconds)
    yield Figure(f"{name}.plain.seconds", seconds)
    yield Figure(f"{name}.ratio", least.seconds / seconds, at_most=RATIO)
    yield Figure(f"{name}.cpu_seconds", work[0])
    yield Figure(f"{name}.plain.cpu_seconds", work[1])
    yield Figure(f"{name}.cpu_ratio", work[0] / work[1])
    other = min(by_column)[0], min(cpu for _, cpu in by_column)
    yield Figure(f"{name}.plain_by_column.seconds", other[0])
    yield Figure(f"{name}.plain_by_column.cpu_seconds", other[1])
    yield Figure(f"{name}.ratio_by_column", least.seconds / other[0])
    yield Figure(f"{name}.cpu_ratio_by_column", work[0] / other[1])
    told = apart(parts, settings, estimator).result
    predicted = told["probabilities"]
    for part, taken in {
        "predict": predicted,
        "matrix": told["encode"] + predicted,
        "io": told["read"] + told["write"],
    }.items():
        yield Figure(f"{name}.{part}_cpu_ratio", taken / work[1])
    for part, taken in told.items():
        yield Figure(f"{name}.part.{part}.cpu_seconds", taken)


def scored(settings: Settings, estimator: dict[str, Any]) -> int:
    """Score every customer as the pipeline does; how many there were."""
    with read_batches(settings, TABLE, key=KEY[-1]) as batches:
        said = MODEL.score(estimator, Inputs({}, NO_MOMENT), batches, "version")
    write_frames(settings, {WRITTEN: said["scores"]})
    return len(said["scores"])


def plain(
    settings: Settings, estimator: dict[str, Any], order: Literal["C", "F"]
) -> tuple[float, float]:
    """The seconds of one `predict_proba` on the whole matrix, and of all cores.

    The matrix lies by rows (`C`) or by columns (`F`).
    """
    with read_batches(settings, TABLE, key=KEY[-1]) as batches:
        parts = [encoded(estimator, batch)[0] for batch in batches]
    values = np.asarray(np.concatenate(parts), order=order)
    took = timed(estimator["classifier"].predict_proba, values)
    return took.seconds, took.cpu_seconds


def parts(settings: Settings, estimator: dict[str, Any]) -> dict[str, float]:
    """The work of each part of ours, one after the other."""
    model, weights = estimator["classifier"], estimator["reasons"]
    with threadpool_limits(1):
        frames = timed(_read, settings)
        rows = timed(lambda: [encoded(estimator, one) for one in frames.result])
        said = timed(lambda: [probabilities(model, one) for one, _ in rows.result])
        why = timed(lambda: [reasons(weights, *one) for one in rows.result])
        scores = MODEL.score(estimator, Inputs({}, NO_MOMENT), frames.result, "v")
    written = timed(write_frames, settings, {WRITTEN: scores["scores"]})
    return {
        "read": frames.cpu_seconds,
        "encode": rows.cpu_seconds,
        "probabilities": said.cpu_seconds,
        "reasons": why.cpu_seconds,
        "write": written.cpu_seconds,
    }


def _read(settings: Settings) -> list[pd.DataFrame]:
    with read_batches(settings, TABLE, key=KEY[-1]) as batches:
        return list(batches)


if __name__ == "__main__":
    main()
