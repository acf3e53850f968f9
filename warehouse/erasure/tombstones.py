"""Who was erased, as salted hashes: so that whoever comes back in an export is known,
and nobody can read from it who that was.

`erased.jsonl` lies beside the ledger and only grows. It has a line for each erasure
(its hashes) and one for each file that was rewritten for one (how many lines went). The
salt lies in a file of its own, for its owner's eyes alone, or in the environment.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

from warehouse.erasure.identifiers import Identifier, emails_in
from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.journal import append, claim, complete_lines
from warehouse.salts import own_salt, standing_salt
from warehouse.settings import Settings

FILE_NAME = "erased.jsonl"
SALT_NAME = "erasure.salt"
SALT_VARIABLE = "TESSERA_ERASURE_SALT"
LEAST_SALT = 16
HASH_BYTES = 16
REMEMBERED = 1 << 18


@dataclass(frozen=True)
class Erasure:
    """One erasure: its name, its moment, and the hashes of what named the person."""

    id: str
    erased_at: datetime
    hashes: frozenset[str]


@dataclass(frozen=True)
class Tombstones:
    """All erasures, and the salt of their hashes; finds records of erased people."""

    erasures: tuple[Erasure, ...]
    salt: bytes = field(repr=False)

    def may_be_in(self, lowered: bytes) -> bool:
        """A hash tells nothing of the text that it is of."""
        return bool(lowered)

    def is_named(self, text: str, identifiers: Iterable[Identifier]) -> bool:
        """Whether a record is of somebody who was erased."""
        told = chain(identifiers, emails_in(text))
        return any(self.erasure_of(one) is not None for one in told)

    def erasure_of(self, one: Identifier) -> Erasure | None:
        """The erasure that this identifier was part of."""
        name = hashed(self.salt, one)
        return next((each for each in self.erasures if name in each.hashes), None)


@lru_cache(REMEMBERED)
def hashed(salt: bytes, one: Identifier) -> str:
    """What is kept of an identifier."""
    text = f"{one.kind}\0{one.key}".encode("utf-8", "surrogatepass")
    return blake2b(text, key=salt, digest_size=HASH_BYTES).hexdigest()


def record_path(settings: Settings) -> Path:
    """The record of erasures, beside the ledger."""
    return settings.raw_dir / FILE_NAME


def read_tombstones(settings: Settings) -> Tombstones | None:
    """The erasures so far; None where nobody was ever erased.

    Raises:
        TesseraError: the record cannot be read, or the salt is not the one of its
            hashes: who was erased would be taken in again.
    """
    lines = [line for line in _lines(settings) if "hashes" in line]
    if not lines:
        return None
    salt = _require_salt(settings)
    if any(line["check"] != _check(salt) for line in lines):
        raise _other_salt(settings)
    return Tombstones(
        tuple(
            Erasure(
                line["id"],
                datetime.fromisoformat(line["erased_at"]),
                frozenset(line["hashes"]),
            )
            for line in lines
        ),
        salt,
    )


def bury(settings: Settings, id: str, identifiers: Iterable[Identifier]) -> None:
    """Note an erasure; what it is called is noted once.

    Raises:
        TesseraError: the record or the salt cannot be written, or is another one's.
    """
    known = read_tombstones(settings)
    if known and any(each.id == id for each in known.erasures):
        return
    salt = known.salt if known else _own_salt(settings)
    _note(
        settings,
        {
            "id": id,
            "erased_at": datetime.now(UTC).isoformat(),
            "check": _check(salt),
            "hashes": sorted({hashed(salt, one) for one in identifiers}),
        },
    )


def note_rewritten(
    settings: Settings, path: str, former: str, fresh: str, erased_count: int
) -> None:
    """Note what a file is rewritten into, before it gets its name."""
    values = {
        "path": path,
        "former_sha256": former,
        "sha256": fresh,
        "erased_count": erased_count,
    }
    _note(settings, values)


@dataclass(frozen=True)
class Rewritten:
    """How a file came to its content: what it was, and all lines erased from it."""

    former_sha256: str
    erased_count: int


# By a file's path and what it is now.
Notes = Mapping[tuple[str, str], Rewritten]


def rewritten_files(settings: Settings) -> Notes:
    """Every file that was rewritten."""
    return {
        (line["path"], line["sha256"]): Rewritten(
            line["former_sha256"], line["erased_count"]
        )
        for line in _lines(settings)
        if "former_sha256" in line
    }


def _note(settings: Settings, values: Mapping[str, object]) -> None:
    path = record_path(settings)
    try:
        make_folder(path.parent)
        with path.open("ab") as file:
            claim(file, path)
            append(file, values)
    except OSError as error:
        raise unwritable(settings.raw_dir, error) from error


def _lines(settings: Settings) -> list[dict[str, Any]]:
    path = record_path(settings)
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(complete_lines(path.read_bytes()), start=1):
        try:
            values = json.loads(line)
            if not {"hashes", "check", "id", "erased_at"} <= values.keys():
                _ = values["former_sha256"], values["erased_count"], values["path"]
        except (ValueError, KeyError, AttributeError) as error:
            raise TesseraError(
                "this line of the record of erasures is none",
                where=f"{path}, line {number}",
                given=line[:80],
                allowed="the lines that Tessera wrote, unchanged",
                remedy="Restore the record from a backup: without it, who was erased"
                " would be taken in again",
            ) from error
        found.append(values)
    return found


def salt_path(settings: Settings) -> Path:
    """Beside the data, and not beside the hashes."""
    return settings.data_dir / SALT_NAME


def _salt(settings: Settings) -> bytes | None:
    given = os.environ.get(SALT_VARIABLE, "")
    if given:
        if len(given.encode()) < LEAST_SALT:
            raise TesseraError(
                "the salt of erasures is too short to keep a secret",
                where=SALT_VARIABLE,
                given=f"{len(given.encode())} bytes",
                allowed=f"{LEAST_SALT} or more, the same for ever",
            )
        return blake2b(given.encode()).digest()
    told = standing_salt(salt_path(settings))
    return bytes.fromhex(told) if told is not None else None


def _require_salt(settings: Settings) -> bytes:
    salt = _salt(settings)
    if salt is None:
        raise _other_salt(settings)
    return salt


def _own_salt(settings: Settings) -> bytes:
    """The salt, made where there is none yet."""
    return _salt(settings) or bytes.fromhex(own_salt(salt_path(settings)))


def _check(salt: bytes) -> str:
    """Tells whether a salt is the one of these hashes."""
    return blake2b(b"tessera", key=salt[:64], digest_size=HASH_BYTES).hexdigest()


def _other_salt(settings: Settings) -> TesseraError:
    return TesseraError(
        "the salt of the erasures is gone, or is another one than their hashes have",
        where=f"{salt_path(settings)} or {SALT_VARIABLE}",
        remedy="Restore it from a backup: without it, nobody can tell who was erased,"
        " and an export would bring them back",
    )
