"""Which line mends which: the append-only record of replays, beside the ledger.

A replay is one new landed file with mended lines. It is written as `.open`, noted here,
and only then given its name: a crash leaves either nothing or a replay to finish, so no
line is ever taken in twice for one mend.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.journal import append, claim, complete_lines
from warehouse.landing import OPEN_SUFFIX
from warehouse.settings import Settings

FILE_NAME = "replays.jsonl"


@dataclass(frozen=True)
class ReplayedRow:
    """The line that was set aside, and the line of the replay that mends it.

    `content_md5` names what was set aside (`warehouse.content`).
    """

    path: str
    load_seq: int
    line_number: int
    reason: str
    replayed_line_number: int
    content_md5: str


@dataclass(frozen=True)
class Replay:
    """One landed file of mended lines; `path` is relative to the raw folder."""

    path: str
    replayed_at: datetime
    rows: tuple[ReplayedRow, ...]


def read_replays(settings: Settings) -> list[Replay]:
    """Every replay whose file is there, oldest first; a torn last line is none.

    Raises:
        TesseraError: the record cannot be read.
    """
    noted = _parse(record_path(settings))
    return [replay for replay in noted if _is_there(settings.raw_dir / replay.path)]


def land(
    settings: Settings, path: str, text: str, rows: Sequence[ReplayedRow]
) -> Replay:
    """Put a file of mended lines into the raw folder, and note what they mend.

    Raises:
        TesseraError: the raw folder cannot be written.
    """
    replay = Replay(path, datetime.now(UTC), tuple(rows))
    final = settings.raw_dir / path
    try:
        make_folder(final.parent)
        growing = _growing(final)
        growing.write_text(text, encoding="utf-8", newline="")
        _sync(growing)
        _note(record_path(settings), replay)
        growing.replace(final)
        _sync(final.parent)
    except OSError as error:
        raise unwritable(settings.raw_dir, error) from error
    return replay


def finish(settings: Settings) -> list[str]:
    """Give the replays that a crash left open their names; which ones these were."""
    finished = []
    for replay in read_replays(settings):
        final = settings.raw_dir / replay.path
        if not final.exists():
            _growing(final).replace(final)
            finished.append(replay.path)
    return finished


def record_path(settings: Settings) -> Path:
    return settings.raw_dir / FILE_NAME


def _growing(path: Path) -> Path:
    return path.with_name(path.name + OPEN_SUFFIX)


def _is_there(path: Path) -> bool:
    return path.exists() or _growing(path).exists()


def _note(record: Path, replay: Replay) -> None:
    """Append one line, locked against another writer, without a torn last line."""
    values = asdict(replay) | {"replayed_at": replay.replayed_at.isoformat()}
    with record.open("ab") as file:
        claim(file, record)
        append(file, values)


def _parse(record: Path) -> list[Replay]:
    if not record.exists():
        return []
    lines = enumerate(complete_lines(record.read_bytes()), start=1)
    return [_parse_line(record, number, line) for number, line in lines]


def _parse_line(record: Path, number: int, line: str) -> Replay:
    try:
        values = json.loads(line)
        rows = tuple(ReplayedRow(**row) for row in values["rows"])
        replayed_at = datetime.fromisoformat(values["replayed_at"])
        return Replay(values["path"], replayed_at, rows)
    except (ValueError, TypeError, KeyError) as error:
        raise TesseraError(
            "this line of the record of replays is none",
            where=f"{record}, line {number}",
            given=line[:80],
            allowed="the lines that Tessera wrote, unchanged",
            remedy="Restore the record from a backup",
        ) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
