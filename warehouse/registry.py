"""The registry of models: what each training made, and who scores since then.

One line a decision, append-only, beside the raw data like the other ledgers: it
survives a rebuild and a lost build database. A version and the decision on it are one
line, so that a crash leaves both or neither.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from warehouse.errors import TesseraError, nearest
from warehouse.folders import make_folder, unwritable
from warehouse.journal import append, claim, complete_lines
from warehouse.settings import Settings

MOMENTS = (
    *("as_of_at", "recorded_at", "data_from_at", "data_to_at"),
    *("test_at", "judged_to_at"),
)
BY_HAND = "hand"


@dataclass(frozen=True)
class Entry:
    """One decision. `as_of_at` is the moment of the run that trained the version.

    Without enough data there is no version and no artifact; `artifact` is a SHA-256.
    `data_to_at` is when what it learned from had closed, `test_at` when its test began,
    `judged_to_at` until when its settings were chosen, if beyond that.
    """

    model_name: str
    model_version: str
    spec_hash: str
    as_of_at: datetime
    state: str
    reason: str
    is_promoted: bool
    decided_by: str
    decision: str
    former_version: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    data_from_at: datetime | None = None
    data_to_at: datetime | None = None
    test_at: datetime | None = None
    judged_to_at: datetime | None = None
    card: Mapping[str, Any] = field(default_factory=dict)
    artifact: str = ""
    recorded_at: datetime | None = None

    @property
    def is_by_hand(self) -> bool:
        """Whether a person decided, and no training."""
        return self.decided_by == BY_HAND

    def says_as(self, other: "Entry | None") -> bool:
        """Whether it is another's news again: the same attempt that came to nothing."""
        parts = ("model_name", "model_version", "spec_hash", "state", "reason")
        return other is not None and all(
            getattr(self, part) == getattr(other, part) for part in parts
        )


@dataclass(frozen=True)
class Registry:
    """The entries, oldest first, and what follows from them."""

    entries: tuple[Entry, ...] = ()

    def of(self, model: str) -> "Registry":
        """Return what is told of one model."""
        return Registry(tuple(one for one in self.entries if one.model_name == model))

    def as_of(self, moment: datetime) -> "Registry":
        """Return what a run of that moment may know: nothing learned later."""
        return Registry(tuple(one for one in self.entries if one.as_of_at <= moment))

    def models(self) -> list[str]:
        """Return the models that are told of."""
        return sorted({one.model_name for one in self.entries})

    def version(self, version: str) -> Entry | None:
        """Return the newest registration of a version."""
        found = (one for one in reversed(self.trainings()) if version)
        return next((one for one in found if one.model_version == version), None)

    def trainings(self) -> tuple[Entry, ...]:
        """Return the entries that a training made, and no hand."""
        return tuple(one for one in self.entries if not one.is_by_hand)

    def cards(self) -> dict[str, Mapping[str, Any]]:
        """Return the card of each version, in the order of their first registration."""
        return {one.model_version: one.card for one in self.trainings() if one.artifact}

    def champions(self, model: str) -> list[str]:
        """Return the versions that took the place, in their order."""
        promoted = (one for one in self.of(model).entries if one.is_promoted)
        return [one.model_version for one in promoted]

    def champion(self, model: str) -> Entry | None:
        """Return the registration of the version that scores."""
        champions = self.champions(model)
        return self.version(champions[-1]) if champions else None

    def former(self, model: str) -> Entry | None:
        """Return the registration of the version that stood before the champion."""
        champions = self.champions(model)
        others = [one for one in champions if one != champions[-1]]
        return self.version(others[-1]) if others else None

    def plus(self, entry: Entry) -> "Registry":
        """Return it with one entry more."""
        return Registry((*self.entries, entry))


def read_registry(settings: Settings) -> Registry:
    """Return every entry; a torn last line (a crash while writing) is none.

    Raises:
        TesseraError: a line is not one that was written here.
    """
    path = settings.registry_path
    content = path.read_bytes() if path.exists() else b""
    lines = enumerate(complete_lines(content), start=1)
    return Registry(tuple(_parse(settings, number, line) for number, line in lines))


def register(settings: Settings, entry: Entry) -> None:
    """Append one entry, and see it on disk.

    Raises:
        TesseraError: the registry cannot be written.
    """
    path = settings.registry_path
    try:
        make_folder(path.parent)
        with path.open("ab") as file:
            claim(file, path)
            append(file, dict(_values(entry)))
    except OSError as error:
        raise unwritable(path, error) from error


def now() -> datetime:
    """The clock of the machine (UTC, without zone), for `recorded_at`."""
    return datetime.now(UTC).replace(tzinfo=None)


def unknown(given: str, known: list[str], what: str) -> TesseraError:
    """What to say of a model or version that the registry does not have."""
    return TesseraError(
        f"the registry has no such {what}",
        where="tessera models",
        given=f"`{given}`",
        allowed=known or "nothing yet: `tessera run` trains the models",
        remedy=nearest(given, known) or "`tessera models` lists them",
    )


def _values(entry: Entry) -> Iterator[tuple[str, object]]:
    for name, value in asdict(entry).items():
        yield name, value.isoformat() if isinstance(value, datetime) else value


def _parse(settings: Settings, number: int, line: str) -> Entry:
    try:
        values = json.loads(line)
        known = {one.name for one in fields(Entry)} & values.keys()
        told = {name: values[name] for name in known}
        for name in MOMENTS:
            if told.get(name):
                told[name] = datetime.fromisoformat(told[name])
        return Entry(**told)
    except (ValueError, TypeError, AttributeError) as error:
        raise TesseraError(
            "this line of the registry of models is not an entry",
            where=f"{settings.registry_path}, line {number}",
            given=line[:80],
            allowed="the lines that Tessera wrote, unchanged",
            remedy="Restore the file from a backup; removed, all models train anew",
        ) from error
