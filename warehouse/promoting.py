"""A person's word on who scores: a version promoted, or the former one again."""

from dataclasses import replace
from datetime import datetime

from warehouse.artifacts import require_whole
from warehouse.clashes import require_no_clash
from warehouse.errors import TesseraError
from warehouse.locking import run_lock
from warehouse.registry import (
    BY_HAND,
    Entry,
    Registry,
    now,
    read_registry,
    register,
    unknown,
)
from warehouse.settings import Settings
from warehouse.tables import as_of


def promote(settings: Settings, version: str) -> Entry:
    """Let a registered version score from the next run on; return the entry of it.

    It stays until a challenger beats it. Waits for no run: one at work is told.

    Raises:
        TesseraError: no such version, it is below its quality floor, others were given
            its clusters' ids since, its artifact is gone or another, or a run is at
            work.
    """
    with run_lock(settings):
        registry = read_registry(settings)
        training = registry.version(version)
        if training is None:
            known = {one.model_version for one in registry.trainings()} - {""}
            raise unknown(version, sorted(known), "version")
        _require_above_floor(training)
        require_no_clash(registry, training)
        return _promoted(settings, registry, training, "promoted by hand")


def roll_back_model(settings: Settings, model: str) -> Entry:
    """Let the version score again that did before the champion; return its entry.

    Raises:
        TesseraError: no such model, none stood before, its artifact is gone or another,
            or a run is at work.
    """
    with run_lock(settings):
        registry = read_registry(settings)
        if model not in registry.models():
            raise unknown(model, registry.models(), "model")
        former = registry.former(model)
        if former is None:
            raise TesseraError(
                "no other version of this model has scored before",
                where="tessera models rollback",
                given=f"`{model}`",
                remedy="`tessera models` lists what can be promoted",
            )
        return _promoted(settings, registry, former, "rolled back by hand")


def _require_above_floor(training: Entry) -> None:
    """A hand may choose between models, and not publish what no gate would take."""
    if training.decided_by == "floor":
        raise TesseraError(
            f"this version may not score: {training.decision}",
            where="tessera models promote",
            given=f"`{training.model_version}`",
            remedy="Train with more history, or allow more in the profile of the shop",
        )


def _promoted(
    settings: Settings, registry: Registry, training: Entry, how: str
) -> Entry:
    require_whole(settings, training)
    champion = registry.champion(training.model_name)
    former = champion.model_version if champion else ""
    entry = replace(
        training,
        as_of_at=_moment(settings, registry.of(training.model_name)),
        is_promoted=True,
        decided_by=BY_HAND,
        decision=f"{how.capitalize()}, in the place of {former or 'none'}.",
        former_version=former,
        figures={},
        card={},
        recorded_at=now(),
    )
    if former != training.model_version:
        register(settings, entry)
    return entry


def _moment(settings: Settings, registry: Registry) -> datetime:
    """The newest that was decided or built: a run of before goes by what held then."""
    newest = max(one.as_of_at for one in registry.entries)
    try:
        return max(newest, as_of(settings))
    except TesseraError:
        return newest
