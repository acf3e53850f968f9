"""Lets whoever started a run watch it: steps and dbt's nodes tell, listeners show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

State = Literal["started", "succeeded", "failed"]


@dataclass(frozen=True)
class Progress:
    """A step of the run, or one part of it (`index` of `total`) while it works."""

    step: str
    state: State
    part: str | None = None
    index: int = 0
    total: int = 0


Listener = Callable[[Progress], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hand every step and part of this process to the listener."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(progress: Progress) -> None:
    """Tell all listeners; with none it costs nothing."""
    for listener in _listeners:
        listener(progress)
