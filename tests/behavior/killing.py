"""A build that dies: killed the moment a model begins, or a little later."""

from collections.abc import Sequence

from tests.behavior import shop
from tests.killing import die, killed
from warehouse.dbt import load_manifest
from warehouse.progress import Progress, listening
from warehouse.settings import Settings


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
    killed(_build_and_die, settings, model, after_seconds, select, told=model)


def _build_and_die(
    settings: Settings, model: str, after_seconds: float, select: Sequence[str]
) -> None:
    def die_at(told: Progress) -> None:
        if told.part == model:
            die(after_seconds)

    with listening(die_at):
        shop.build(settings, select)
