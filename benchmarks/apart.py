"""Does a piece of work in a process of its own, and tells what it took."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from benchmarks.watching import peak_mb

T = TypeVar("T")


@dataclass(frozen=True)
class Took(Generic[T]):
    """What came of the work, and its cost; the process' own start is left out.

    On a busy machine the clock says less than the work of all cores (`cpu_seconds`).
    """

    result: T
    seconds: float
    cpu_seconds: float
    peak_mb: float


def apart(work: Callable[..., T], *given: object) -> Took[T]:
    """Do the work in a fresh process: nothing is warm, and the memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(timed, work, *given).result()


def timed(work: Callable[..., T], *given: object) -> Took[T]:
    """Do the work here; the memory is the highest that this process ever had."""
    began, worked = time.perf_counter(), time.process_time()
    result = work(*given)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    return Took(result, seconds, cpu, peak_mb())
