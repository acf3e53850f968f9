"""What an erasure that has begun is about, kept until it has ended.

It alone knows whom: once the build is gone nobody could find the person again. So the
same command, or any other erasure, finishes what was broken off. Nothing is taken in
meanwhile.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.needles import Needles
from warehouse.erasure.removal import sync
from warehouse.erasure.spellings import needles_of
from warehouse.erasure.traces import PersonSearch
from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.settings import Settings

FILE_NAME = "erasing.json"


@dataclass(frozen=True)
class Plan:
    """Whom to erase: identifiers, and what tables call them (all of it personal).

    `mended` are lines that only a repair ties to the person, by path, with the hash of
    the file in which they have these numbers.
    """

    id: str
    identifiers: frozenset[Identifier] = field(repr=False)
    names: Sequence[str] = field(repr=False)
    mended: Mapping[str, tuple[str, frozenset[int]]] = field(default_factory=dict)
    replays: str = ""
    """What the record of repairs is to be."""

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(self.names)

    @cached_property
    def needles(self) -> Needles:
        """What to look for anywhere."""
        return needles_of(self.identifiers, self.names)

    def names_record(self, record_id: str) -> bool:
        """Whether a record is the person's."""
        return record_id in self._named or self.needles.are_in(record_id.encode())

    @property
    def search(self) -> PersonSearch:
        """What to look for in records."""
        return PersonSearch(self.needles, self.identifiers)


def plan_path(settings: Settings) -> Path:
    """For its owner's eyes alone."""
    return settings.data_dir / FILE_NAME


def read_plan(settings: Settings) -> Plan | None:
    """The erasure that was broken off, or None."""
    path = plan_path(settings)
    if not path.exists():
        return None
    values = json.loads(path.read_text())
    return Plan(
        values["id"],
        frozenset(Identifier(Kind(kind), key) for kind, key in values["identifiers"]),
        values["names"],
        {
            name: (sha256, frozenset(lines))
            for name, (sha256, lines) in values["mended"].items()
        },
        values["replays"],
    )


def write_plan(settings: Settings, plan: Plan) -> None:
    """Keep the plan, whole or not at all.

    Raises:
        TesseraError: the data folder cannot be written.
    """
    values = {
        "id": plan.id,
        "identifiers": sorted((str(one.kind), one.key) for one in plan.identifiers),
        "names": list(plan.names),
        "mended": {
            name: [sha256, sorted(lines)]
            for name, (sha256, lines) in plan.mended.items()
        },
        "replays": plan.replays,
    }
    path = plan_path(settings)
    fresh = path.with_name(f".{FILE_NAME}.new")
    try:
        make_folder(path.parent)
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600, exist_ok=False)
        fresh.write_text(json.dumps(values))
        sync(fresh)
        os.replace(fresh, path)
        sync(path.parent)
    except OSError as error:
        raise unwritable(settings.data_dir, error) from error


def forget_plan(settings: Settings) -> None:
    """The erasure has ended: nothing names the person any more."""
    plan_path(settings).unlink(missing_ok=True)
    sync(settings.data_dir)


def refuse_unfinished(settings: Settings) -> None:
    """Refuse to take in or build while an erasure is half done.

    Raises:
        TesseraError: one was broken off.
    """
    if plan_path(settings).exists():
        raise TesseraError(
            "an erasure was broken off, and nothing is taken in before it is finished",
            where=str(plan_path(settings)),
            remedy="`tessera erase --finish` finishes it",
        )
