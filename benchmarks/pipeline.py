"""What a run costs: time and memory by step, the simulator's pace, and disk.

Each size is simulated and run in a process of its own, so that no run is warm from
another. The data lies in a temporary folder and is removed at the end.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.figures import Figure, tell
from benchmarks.watching import Watch, megabytes, peak_mb

SIZES = (1_000, 5_000)
SIMULATED = 10_000
DAYS = 180
SEED = 1
EVENTS = ("web/events", "esp/events")
EVENTS_PER_SECOND = 200_000
# The demo, 10,000 customers, is promised in under four minutes on two cores.
DEMO_SIZE, DEMO_SECONDS = 10_000, 240
PLACES = {
    "raw": "raw",
    "build": "build/tessera.duckdb",
    "published": "publications",
}


def main() -> None:
    """Measure, and tell each figure as soon as it is known."""
    given = _arguments()
    if given.simulated:
        tell(*_apart(simulator_figures, given.simulated, given.days))
    for customers in given.customers:
        tell(*_apart(run_figures, customers, given.days))


def simulator_figures(customers: int, days: int) -> list[Figure]:
    """The simulator alone: web and email events a second, and its memory."""
    with tempfile.TemporaryDirectory() as folder, Watch():
        began = time.perf_counter()
        events = _simulate(Path(folder), customers, days)
        seconds = time.perf_counter() - began
        memory = peak_mb()
    name = f"simulator.{customers}"
    return [
        Figure(f"{name}.events", events),
        Figure(f"{name}.seconds", seconds),
        Figure(f"{name}.peak_mb", memory),
        Figure(
            f"{name}.events_per_second", events / seconds, at_least=EVENTS_PER_SECOND
        ),
    ]


def run_figures(customers: int, days: int) -> list[Figure]:
    """The whole job on a simulated shop: its steps, its sum, and its disk."""
    name = f"pipeline.{customers}"
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        events = _simulate(data_dir, customers, days)
        return [
            Figure(f"{name}.events", events),
            *_run(name, data_dir, customers),
            *_disk(name, data_dir, events),
        ]


def _simulate(data_dir: Path, customers: int, days: int) -> int:
    """Write a shop; give back its web and email events, as lines that landed."""
    from simulator import simulate

    report = simulate(data_dir / "raw", customers=customers, days=days, seed=SEED)
    return sum(report.lines[entity] for entity in EVENTS)


def _run(name: str, data_dir: Path, customers: int) -> Iterator[Figure]:
    """Seconds and highest memory of each step; then of all, the loading included."""
    os.environ["TESSERA_DATA"] = str(data_dir)
    began, worked = time.perf_counter(), time.process_time()
    with Watch() as watch:
        from orchestration.definitions import pipeline
        from orchestration.execution import Options, execute
        from warehouse.settings import load_settings

        pipeline()
        loading = time.perf_counter() - began
        outcome = execute(load_settings(), Options())
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    yield Figure(f"{name}.loading.seconds", loading)
    for step, cost in watch.steps.items():
        yield Figure(f"{name}.{step}.seconds", cost.seconds)
        yield Figure(f"{name}.{step}.peak_mb", cost.peak_mb)
    goal = DEMO_SECONDS if customers == DEMO_SIZE else None
    yield Figure(f"{name}.run.seconds", seconds, at_most=goal)
    # On a busy machine the clock says less than the work that was done.
    yield Figure(f"{name}.run.cpu_seconds", work)
    yield Figure(f"{name}.run.published", outcome.succeeded, at_least=1)


def _disk(name: str, data_dir: Path, events: int) -> Iterator[Figure]:
    """Megabytes by million events; a publication is a database and Parquet files."""
    for label, place in PLACES.items():
        share = megabytes(data_dir / place) / events * 1_000_000
        yield Figure(f"{name}.{label}.mb_per_million_events", share)


def _apart(
    measure: Callable[[int, int], list[Figure]], customers: int, days: int
) -> list[Figure]:
    """Measure in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(measure, customers, days).result()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pipeline", description=__doc__
    )
    options: list[tuple[str, str | None, int | tuple[int, ...], str]] = [
        ("--customers", "*", SIZES, "sizes of shops to run the pipeline on"),
        ("--simulated", None, SIMULATED, "size of the shop only simulated; 0: none"),
        ("--days", None, DAYS, "days of history"),
    ]
    for name, count, default, told in options:
        parser.add_argument(
            name,
            nargs=count,
            type=int,
            default=default,
            metavar="N",
            help=f"{told} (default: {default})",
        )
    return parser.parse_args()


if __name__ == "__main__":
    main()
