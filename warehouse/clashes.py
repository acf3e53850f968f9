"""Whether a version may stand whose clusters' ids others were given since.

A version that lost its contest named nobody, so what it would have called its new
clusters is free again. Once another that stood has used it, the two would share a name.
"""

from typing import NoReturn

from warehouse.errors import TesseraError
from warehouse.registry import Entry, Registry

CLUSTERS, NAMES = "clusters", "names"


def require_no_clash(registry: Registry, training: Entry) -> None:
    """Refuse a version that never stood, and calls clusters what another's are called.

    Raises:
        TesseraError: an id or a name of its new clusters is that of another cluster.
    """
    champions = registry.champions(training.model_name)
    if training.model_version in champions:
        return
    given = _new(registry, training)
    for version in champions:
        other = registry.version(version)
        taken = given & _called(other) if other else set()
        if taken:
            _refuse(training, version, taken)


def _new(registry: Registry, training: Entry) -> set[str]:
    """The ids and names that it did not take over from those it began with."""
    former = registry.version(training.former_version)
    return _called(training) - (_called(former) if former else set())


def _called(entry: Entry) -> set[str]:
    return {*entry.card.get(CLUSTERS, {}), *entry.card.get(NAMES, {}).values()}


def _refuse(training: Entry, version: str, taken: set[str]) -> NoReturn:
    raise TesseraError(
        f"another version, {version}, has given other clusters these names since",
        where="tessera models promote",
        given=f"`{training.model_version}`: {', '.join(sorted(taken))}",
        allowed="a version whose clusters are called as no others ever were",
        remedy="`tessera run --retrain` finds new ones, which get new names",
    )
