"""Watches a process at work: seconds and highest memory of each step of a run."""

import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from warehouse.memory import MEGABYTE, forget_peak
from warehouse.memory import peak_mb as told_peak_mb
from warehouse.progress import Progress, listening

KILOBYTES_PER_MB = MEGABYTE / 1024


@dataclass(frozen=True)
class Cost:
    """What one step took; the memory is that of the whole process at its highest."""

    seconds: float
    peak_mb: float


@dataclass
class Watch:
    """Listens to the steps of this process while the block lasts.

    `steps` holds the steps that ended, in their order. Where the system cannot forget
    a former peak (anything but Linux), a step's memory is the highest until its end.
    """

    steps: dict[str, Cost] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Forget what the process needed before, and listen."""
        forget_peak()
        self._began: dict[str, float] = {}
        self._listening = listening(self._hear)
        self._listening.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        self._listening.__exit__(kind, error, trace)

    def _hear(self, told: Progress) -> None:
        if told.part is not None:
            return
        if told.state == "started":
            self._began[told.step] = time.perf_counter()
            forget_peak()
        elif told.step in self._began:
            seconds = time.perf_counter() - self._began[told.step]
            self.steps[told.step] = Cost(seconds, peak_mb())


def peak_mb() -> float:
    """The highest resident memory since it was last forgotten, in MB."""
    told = told_peak_mb()
    if told is not None:
        return told
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MB


def megabytes(place: Path) -> float:
    """What a file, or all files below a folder, hold, in MB (10^6 bytes)."""
    files = [place] if place.is_file() else place.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file()) / 1_000_000
