"""The whole simulation: chunk by chunk, in bounded memory, on all cores."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator import truth as truths
from simulator.calendar import END, OUTLOOK_DAYS
from simulator.chunk import ChunkResult, write_chunk
from simulator.world import World, create
from simulator.writing import write_csv
from warehouse.errors import TesseraError

Progress = Callable[[str, float], None]
THREADS: Final = 2
MOST_DAYS: Final = 1_000
MOST_CUSTOMERS: Final = 20_000_000


@dataclass(frozen=True)
class SimulationReport:
    """What was written: lines by entity, such as `web/events`."""

    lines: dict[str, int]
    out: Path
    truth: Path


def simulate(
    out: Path,
    *,
    customers: int = 10_000,
    days: int = 180,
    seed: int = 1,
    end: dt.date = END,
    truth: Path | None = None,
    progress: Progress | None = None,
) -> SimulationReport:
    """Write the exports of a simulated shop below `out`, and the truth beside it.

    The window of `days` days ends at midnight UTC of `end`. The same customers, days,
    seed and end give the same bytes. `truth` is the folder of the truth (default:
    `truth` beside `out`); `progress` hears of each finished part and the share done.

    Raises TesseraError for numbers out of range, if `out` already has files, or if the
    files cannot be written.
    """
    truth = out.parent / "truth" if truth is None else truth
    _check(customers, days, seed)
    try:
        _refuse_files(out)
        lines = _write(create(customers, days, seed, end), out, truth, progress)
    except OSError as error:
        raise TesseraError(
            f"The simulated shop could not be written: {error.strerror}",
            where="simulate --out",
            given=str(error.filename or out),
            remedy="Choose a folder that you may write to, with room for the files.",
        ) from error
    return SimulationReport(dict(sorted(lines.items())), out, truth)


def _write(
    world: World, out: Path, truth: Path, progress: Progress | None
) -> Counter[str]:
    goods = out / "shop" / "products" / "products.csv"
    lines = Counter(
        {"shop/products": write_csv(goods, world.catalog.table(world.history))}
    )
    with truths.keep(truth) as add:
        for done, result in enumerate(_chunks(world, out), 1):
            lines.update(result.lines)
            add(result.truth)
            if progress:
                progress("simulate", done / world.chunks)
    return lines


def _chunks(world: World, out: Path) -> Iterator[ChunkResult]:
    """Return the results in order, with no more chunks begun than threads and one."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: list[Future[ChunkResult]] = []
        for chunk in range(world.chunks):
            waiting.append(pool.submit(write_chunk, world, chunk, out))
            if len(waiting) > THREADS:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _check(customers: int, days: int, seed: int) -> None:
    limits = {
        "customers": (customers, 1, MOST_CUSTOMERS),
        "days": (days, 2 * OUTLOOK_DAYS, MOST_DAYS),
        "seed": (seed, 0, 2**32 - 1),
    }
    for name, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise TesseraError(
                f"{name} is out of range",
                where=f"simulate --{name}",
                given=str(value),
                allowed=f"{low} to {high}",
            )


def _refuse_files(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        raise TesseraError(
            "The folder already has files, and two shops must not mix",
            where="simulate --out",
            given=str(out),
            remedy="Choose an empty folder, or remove the old one.",
        )
