"""The files of fitted models: one a version, whole or not there, swept when unknown."""

import hashlib
from pathlib import Path

from warehouse.erasure.removal import put_in_place, sync
from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.registry import Entry, Registry, read_registry
from warehouse.settings import Settings

SUFFIX = ".skops"
# Of each model; more of its past is told by the registry, and can score no more.
KEPT = 20


def keep_artifact(settings: Settings, version: str, content: bytes) -> str:
    """Write a version's artifact in one piece; return its SHA-256.

    Raises:
        TesseraError: the folder cannot be written.
    """
    path = _path(settings, version)
    fresh = path.with_name(f".{path.name}.unfinished")
    try:
        make_folder(path.parent)
        fresh.write_bytes(content)
        sync(fresh)
        put_in_place(fresh, path)
    except OSError as error:
        raise unwritable(path, error) from error
    return hashlib.sha256(content).hexdigest()


def read_artifact(settings: Settings, version: str) -> bytes:
    """Return the bytes of a version's artifact, unchecked.

    Raises:
        TesseraError: it is gone, or cannot be read.
    """
    path = _path(settings, version)
    try:
        return path.read_bytes()
    except OSError as error:
        raise TesseraError(
            "the artifact of this model cannot be read",
            where=str(path),
            given=error.strerror,
            remedy="Put it back; else the next run trains anew",
        ) from error


def require_whole(settings: Settings, entry: Entry) -> None:
    """Make sure that the artifact is the registered one.

    Raises:
        TesseraError: it is gone, or another.
    """
    content = read_artifact(settings, entry.model_version)
    if hashlib.sha256(content).hexdigest() != entry.artifact:
        raise TesseraError(
            "the artifact is not the one that was registered",
            where=str(_path(settings, entry.model_version)),
            remedy="Choose another version, or put the right file back",
        )


def sweep_artifacts(settings: Settings) -> int:
    """Remove what no run needs; how many files went.

    That is: what a killed run left before it was registered, and the oldest versions
    beyond the newest of each model; champions stay. The caller holds the run lock.
    """
    registry = read_registry(settings)
    kept = {_path(settings, version) for version in _kept(registry)}
    found = [path for path in settings.models_dir.glob("*") if path.is_file()]
    gone = [path for path in found if path not in kept]
    for path in gone:
        path.unlink()
    return len(gone)


def _kept(registry: Registry) -> set[str]:
    kept: set[str] = set()
    for model in registry.models():
        trained = [one.model_version for one in registry.of(model).trainings()]
        newest = list(dict.fromkeys(filter(None, reversed(trained))))
        # One may have taken the place twice in a row: the same, made anew.
        champions = list(dict.fromkeys(reversed(registry.champions(model))))
        kept |= {*newest[:KEPT], *champions[:2]}
    return kept


def _path(settings: Settings, version: str) -> Path:
    return settings.models_dir / f"{version}{SUFFIX}"
