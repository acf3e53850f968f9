"""Batches worked on side by side: a machine's cores share them, their order stays."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

Given = TypeVar("Given")
Made = TypeVar("Made")
# More threads would hold more batches, and scoring is to stay small.
MOST_THREADS = 4


def abreast(work: Callable[[Given], Made], batches: Iterable[Given]) -> Iterator[Made]:
    """Give what `work` makes of each batch, in order; few batches are held at a time.

    Each batch is one thread's alone: libraries start no threads of their own, so the
    result is the same on every machine. What `work` raises is raised here.
    """
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    # The limits of BLAS are the process', those of OpenMP each thread's own.
    with threadpool_limits(1), ThreadPoolExecutor(threads, initializer=_alone) as pool:
        waiting: deque[Future[Made]] = deque()
        for batch in batches:
            waiting.append(pool.submit(work, batch))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _alone() -> None:
    threadpool_limits(1)
