"""Rewrites a landed file without some of its records, and notes how many went."""

import hashlib
from pathlib import Path

from warehouse.erasure.needles import Needles
from warehouse.erasure.removal import put_in_place, write_without
from warehouse.erasure.tombstones import Notes, Rewritten, note_rewritten
from warehouse.erasure.traces import Hits
from warehouse.folders import unwritable
from warehouse.formats import Form
from warehouse.settings import Settings


def rewrite(
    settings: Settings,
    path: Path,
    form: Form,
    hits: Hits,
    needles: Needles,
    former_notes: Notes,
) -> Rewritten:
    """Take these records out of a file of the raw folder.

    What it becomes is noted before it gets its name: so whoever takes the file in knows
    that it is the former one, and how many lines went, whenever this ends.

    Raises:
        TesseraError: the raw folder cannot be written.
    """
    name = path.relative_to(settings.raw_dir).as_posix()
    try:
        fresh = write_without(path, form, hits, needles)
        former = sha256(path)
        before = former_notes.get((name, former))
        count = hits.record_count + (before.erased_count if before else 0)
        note_rewritten(settings, name, former, sha256(fresh), count)
        put_in_place(fresh, path)
    except OSError as error:
        raise unwritable(path, error) from error
    return Rewritten(former, count)


def sha256(path: Path) -> str:
    """The hash of a file's bytes, as the ledger has it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
