"""The simulated shop: its pace, memory and disk by size, and the ceilings it sets.

Each shop is made in a process of its own, in a temporary folder. The ceilings are those
of the seeds that no development run uses: how well the true probabilities, and the best
guess from what the shop could see, rank who will buy within 30 days.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.figures import Figure, tell
from benchmarks.watching import Watch, megabytes, peak_mb
from simulator import simulate

SIZES = (10_000, 50_000)
SEED = 1
HELD_OUT = (101, 102, 103)
CEILING_SIZE = 10_000
EVENTS_PER_SECOND = 200_000
A_MILLION = 1_000_000
# A million customers must fit a laptop: DuckDB alone is given 8 GB.
MEMORY_MB = 4_000


def main() -> None:
    """Measure, and tell each figure as soon as it is known."""
    small, large = SIZES
    first, last = (_pace_told(size) for size in SIZES)
    slope = (last - first) / (large - small)
    expected = last + slope * (A_MILLION - large)
    tell(Figure("simulator.million.expected_peak_mb", expected, at_most=MEMORY_MB))
    for seed in HELD_OUT:
        tell(*_apart(ceilings, CEILING_SIZE, seed))


def pace(customers: int, seed: int) -> list[Figure]:
    """Time, memory and disk of one shop of 180 days."""
    with tempfile.TemporaryDirectory() as folder, Watch():
        began, worked = time.perf_counter(), time.process_time()
        lines = simulate(Path(folder) / "raw", customers=customers, seed=seed).lines
        seconds = time.perf_counter() - began
        work = time.process_time() - worked
        events = lines["web/events"] + lines["esp/events"]
        disk = megabytes(Path(folder)) / events * A_MILLION
        peak = peak_mb()
    name = f"simulator.{customers}"
    per_second = events / seconds
    return [
        Figure(f"{name}.peak_mb", peak, at_most=MEMORY_MB),
        Figure(f"{name}.events", events),
        Figure(f"{name}.seconds", seconds),
        Figure(f"{name}.events_per_second", per_second, at_least=EVENTS_PER_SECOND),
        Figure(f"{name}.events_per_cpu_second", events / work),
        Figure(f"{name}.mb_per_million_events", disk),
    ]


def ceilings(customers: int, seed: int) -> list[Figure]:
    """How well the truth and the best guess rank buyers, at each moment."""
    with tempfile.TemporaryDirectory() as folder:
        report = simulate(Path(folder) / "raw", customers=customers, seed=seed)
        table = pq.read_table(report.truth / "purchase_probability.parquet")
    moments = table["as_of_at"].cast("date32").to_numpy()
    bought = table["has_bought"].to_numpy()
    figures = []
    for moment in np.unique(moments):
        rows = moments == moment
        name = f"simulator.seed{seed}.{moment}"
        figures.append(Figure(f"{name}.buyer_share", bought[rows].mean()))
        for column in ("p_true", "p_observable"):
            scores = table[column].to_numpy()[rows]
            figures.append(Figure(f"{name}.{column}.auc", auc(scores, bought[rows])))
    return figures


def auc(scores: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often buyers outrank others, ties half."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    buyers, others = int(labels.sum()), int((~labels).sum())
    return float((ranks[labels].sum() - buyers * (buyers + 1) / 2) / (buyers * others))


def _pace_told(customers: int) -> float:
    figures = _apart(pace, customers, SEED)
    tell(*figures)
    return figures[0].value


def _apart(
    measure: Callable[[int, int], list[Figure]], customers: int, seed: int
) -> list[Figure]:
    """Measure in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(measure, customers, seed).result()


if __name__ == "__main__":
    main()
