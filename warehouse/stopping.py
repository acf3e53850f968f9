"""Whether somebody asked this process to stop, whoever swallowed the interruption.

A run is stopped in the midst of Dagster, dbt and DuckDB, each with handlers of its own,
and what they raise then may look like a fault of the program. So the signal itself is
heard: the system writes its number down before any handler is called.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
# As shells tell of a process that a signal ended: 130 for Ctrl-C, 143 for a plain kill.
CODE = 128


class Stopped(BaseException):
    """The process was asked to stop, which is no fault."""


_heard: list[signal.Signals] = []
_pipe: list[int] = []


@contextmanager
def listening_to_signals() -> Iterator[None]:
    """Hear SIGINT and SIGTERM while the block lasts; each raises Stopped.

    For the main thread of a program, which alone may do so.
    """
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    former = {one: signal.signal(one, _stop) for one in SIGNALS}
    former_writer = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    _pipe[:], _heard[:] = [reader], []
    try:
        yield
    finally:
        signal.set_wakeup_fd(former_writer)
        for one, handler in former.items():
            signal.signal(one, handler)
        _pipe.clear()
        _heard.clear()
        os.close(reader)
        os.close(writer)


def stopped_by() -> signal.Signals | None:
    """The first signal that asked to stop, if any did."""
    for reader in _pipe:
        with suppress(BlockingIOError):
            found = os.read(reader, 4096)
            _heard.extend(one for one in SIGNALS if one in found)
    return _heard[0] if _heard else None


def _stop(number: int, _: FrameType | None) -> None:
    raise Stopped(number)
