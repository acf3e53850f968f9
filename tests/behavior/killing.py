"""A build that dies: killed the moment a model begins, or a little later."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence

from tests.behavior import shop
from warehouse.dbt import load_manifest
from warehouse.progress import Progress, listening
from warehouse.settings import Settings

# A child that shares the parsed project starts at once; a new process would parse it.
FORK = multiprocessing.get_context("fork")


def killed_build(
    settings: Settings,
    model: str,
    after_seconds: float = 0.0,
    select: Sequence[str] = shop.MODELS,
) -> None:
    """Build in a child process that gets SIGKILL when this model begins, or later.

    At the beginning of a model all before it has been committed, and no more.
    """
    load_manifest(settings)
    child = FORK.Process(
        target=_build_and_die, args=(settings, model, after_seconds, select)
    )
    child.start()
    child.join(timeout=120)
    assert child.exitcode == -signal.SIGKILL, f"{model}: ended with {child.exitcode}"


def _build_and_die(
    settings: Settings, model: str, after_seconds: float, select: Sequence[str]
) -> None:
    def die_at(told: Progress) -> None:
        if told.part == model:
            threading.Timer(after_seconds, _die).start() if after_seconds else _die()

    with listening(die_at):
        shop.build(settings, select)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
