"""Children that die: work that gets SIGKILL as it reaches a place, or soon after."""

import multiprocessing
import os
import pkgutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import pytest

# A child of a warm process has everything imported, and the project parsed.
FORK = multiprocessing.get_context("fork")
TIMEOUT_SECONDS = 1800


def killed(work: Callable[..., Any], *arguments: Any, told: object = "") -> None:
    """Do this in a child, which has to be killed by itself."""
    child = FORK.Process(target=work, args=arguments)
    child.start()
    child.join(TIMEOUT_SECONDS)
    assert child.exitcode == -signal.SIGKILL, f"{told}: ended with {child.exitcode}"


def killed_at(
    place: str, work: Callable[..., Any], *given: Any, after: int = 0
) -> None:
    """Do this in a child, which is killed at the place after so many calls of it."""
    killed(_until, place, after, work, *given, told=place)


def _until(place: str, after: int, work: Callable[..., Any], *given: Any) -> None:
    seen = 0

    def pass_by() -> None:
        nonlocal seen
        if seen == after:
            die()
        seen += 1

    with pytest.MonkeyPatch.context() as patch:
        watch(patch, place, pass_by)
        work(*given)


def die(seconds: float = 0) -> None:
    """End this process as a failing machine would, at once or so much later."""
    kill = partial(os.kill, os.getpid(), signal.SIGKILL)
    threading.Timer(seconds, kill).start() if seconds else kill()


def watch(patch: pytest.MonkeyPatch, place: str, pass_by: Callable[[], None]) -> None:
    """Call this before each call of a function, or before each entry of a list."""
    watched = pkgutil.resolve_name(place)

    def called(*arguments: Any, **named: Any) -> Any:
        pass_by()
        return watched(*arguments, **named)

    patch.setattr(place, called if callable(watched) else _Entries(watched, pass_by))


class _Entries:
    def __init__(self, entries: Iterable[Any], pass_by: Callable[[], None]) -> None:
        self.entries, self.pass_by = entries, pass_by

    def __iter__(self) -> Iterator[Any]:
        for entry in self.entries:
            self.pass_by()
            yield entry
