"""The append-only ledger of landed files: what came in, when, and how much of it.

It lies beside the raw data and survives a rebuild of every table. Each file gets a
`load_seq` when it is taken in; incremental models keep that number as their mark.
"""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from warehouse.contract import Contract, Place, read_contract, whole_contract
from warehouse.erasure.arrival import Arrivals, arrivals
from warehouse.erasure.plan import refuse_unfinished
from warehouse.erasure.tombstones import Rewritten
from warehouse.errors import TesseraError
from warehouse.journal import append, claim, complete_lines
from warehouse.landing import landed_paths
from warehouse.measuring import Measured, measure
from warehouse.settings import Settings


@dataclass(frozen=True)
class LandedFile:
    """One version of one landed file; `path` is relative to the raw folder."""

    load_seq: int
    source: str
    entity: str
    path: str
    size: int
    sha256: str
    line_count: int
    columns: list[str]
    landed_at: datetime
    modified_ns: int = 0
    is_plain: bool = False
    delimiter: str = ","
    shape: str = ""
    erased_count: int = 0
    """Records that were taken out of the file; `line_count` has those that stayed."""
    former_sha256: str = ""
    """What the file was before it was last rewritten for an erasure."""

    @property
    def place(self) -> Place:
        """The entity that the file is of."""
        return self.source, self.entity


def take_in(settings: Settings, contract: Contract | None = None) -> list[LandedFile]:
    """Add each new or replaced file to the ledger; give back the new entries.

    A file replaced under its name gets a new `load_seq` and supersedes the old one; one
    that was rewritten for an erasure keeps its own. Lines of erased people go first.
    Only entities of the contract are read (of the project's own vars, without one).

    Raises:
        TesseraError: a file of the ledger is gone, the ledger cannot be read or
            written, or an erasure was broken off.
    """
    refuse_unfinished(settings)
    return take_in_rewritten(settings, contract)


def take_in_rewritten(
    settings: Settings, contract: Contract | None = None
) -> list[LandedFile]:
    """The same, in the middle of an erasure."""
    read = read_contract() if contract is None else contract
    refuse_lost(settings)
    changed = pending_files(settings, read)
    if not changed:
        return []
    with _open_for_append(settings.ledger_path) as ledger:
        entries = _parse(settings.ledger_path)
        return list(_append(settings, ledger, entries, changed, read))


def measure_again(settings: Settings, files: Iterable[LandedFile]) -> list[LandedFile]:
    """Measure these files as if they were new, whatever their stamps say.

    One whose content is the same keeps its load, with what is measured of it today; one
    whose content is another gets a new load. Gives back those of another content.

    Raises:
        TesseraError: a file of the ledger is gone, the ledger cannot be read or
            written, or an erasure was broken off.
    """
    refuse_unfinished(settings)
    refuse_lost(settings)
    paths = [settings.raw_dir / file.path for file in files]
    contract = whole_contract(project_dir=settings.project_dir)
    if not paths:
        return []
    with _open_for_append(settings.ledger_path) as ledger:
        entries = _parse(settings.ledger_path)
        fresh = _append(settings, ledger, entries, paths, contract, is_asked=True)
        return list(fresh)


def pending_files(settings: Settings, contract: Contract | None = None) -> list[Path]:
    """The landed files that are new, or were replaced or touched, by path."""
    known = _newest(read_ledger(settings))
    return [
        path
        for path in landed_paths(settings.raw_dir, contract)
        if _has_changed(path, known.get(_name(settings, path)))
    ]


def read_ledger(settings: Settings) -> list[LandedFile]:
    """Every entry, oldest first; a torn last line (a crash while writing) is no entry.

    Raises:
        TesseraError: a line in the middle is not an entry.
    """
    return _parse(settings.ledger_path)


def current_files(
    settings: Settings, contract: Contract | None = None
) -> list[LandedFile]:
    """The newest entry of each path that is read and still exists, by `load_seq`."""
    read = read_contract() if contract is None else contract
    newest = _newest(read_ledger(settings)).values()
    present = [
        file
        for file in newest
        if file.place in read and (settings.raw_dir / file.path).exists()
    ]
    return sorted(present, key=lambda file: file.load_seq)


def first_loads(settings: Settings) -> dict[str, int]:
    """The load of each path's first version: where it is not the newest, the file was
    replaced under its name."""
    loads: dict[str, int] = {}
    for entry in read_ledger(settings):
        loads[entry.path] = min(entry.load_seq, loads.get(entry.path, entry.load_seq))
    return loads


def lost_files(settings: Settings) -> list[str]:
    """The paths the ledger knows whose file is gone."""
    newest = _newest(read_ledger(settings))
    return sorted(path for path in newest if not (settings.raw_dir / path).exists())


def refuse_lost(settings: Settings) -> None:
    """A lost source file would shrink the tables without a word.

    Raises:
        TesseraError: a file of the ledger is gone.
    """
    refusal = files_lost(settings)
    if refusal:
        raise refusal


def files_lost(settings: Settings) -> TesseraError | None:
    """What to say where files of the ledger are gone, also in the midst of a run."""
    lost = lost_files(settings)
    if not lost:
        return None
    shown = ", ".join(lost[:5]) + (", ..." if len(lost) > 5 else "")
    return TesseraError(
        "files that were read before are gone",
        where=str(settings.raw_dir),
        given=f"{len(lost)} missing: {shown}",
        remedy="Nothing was published. Put them back. If they should be forgotten,"
        " remove the whole raw, build and publications folders and start anew",
    )


def _append(
    settings: Settings,
    ledger: IO[bytes],
    entries: list[LandedFile],
    paths: list[Path],
    contract: Contract,
    is_asked: bool = False,
) -> Iterator[LandedFile]:
    """Write one line a changed file; yield those whose content is new.

    What is measured of a file that was only touched counts where it `is_asked` for.
    """
    known = _newest(entries)
    next_seq = 1 + max((entry.load_seq for entry in entries), default=0)
    keeper = arrivals(settings, contract)
    for path, (modified_ns, measured, rewritten) in _measured(
        settings, paths, contract, keeper
    ):
        old = known.get(_name(settings, path))
        fresh = _entry(settings, path, next_seq, modified_ns, measured)
        if rewritten:
            fresh = replace(
                fresh,
                former_sha256=rewritten.former_sha256,
                erased_count=rewritten.erased_count,
            )
        if old and old.sha256 == fresh.sha256:
            # Only touched: note the new time, so that it is not hashed every run.
            told = _as_before(fresh, old) if is_asked else old
            _write(ledger, replace(told, modified_ns=fresh.modified_ns))
            continue
        if old and old.sha256 == fresh.former_sha256:
            # Rewritten for an erasure: the same load, without some of its lines.
            same = replace(fresh, load_seq=old.load_seq, landed_at=old.landed_at)
            _write(ledger, same)
            continue
        _write(ledger, fresh)
        next_seq += 1
        yield fresh


def _as_before(fresh: LandedFile, old: LandedFile) -> LandedFile:
    """The same load of the same content, with other measures."""
    return replace(
        fresh,
        load_seq=old.load_seq,
        landed_at=old.landed_at,
        erased_count=old.erased_count,
        former_sha256=old.former_sha256,
    )


def _measured(
    settings: Settings, paths: list[Path], contract: Contract, keeper: Arrivals
) -> Iterator[tuple[Path, tuple[int, Measured, Rewritten | None]]]:
    """Each file's time and its measures, and what it was before an erasure; two at
    once, for hashing leaves Python."""

    def time_and_measures(path: Path) -> tuple[int, Measured, Rewritten | None]:
        source, entity, _ = path.relative_to(settings.raw_dir).parts
        names = contract[source, entity].names
        rewritten = keeper.without_erased(path)
        return path.stat().st_mtime_ns, measure(path, names), rewritten

    with ThreadPoolExecutor(2) as pool:
        yield from zip(paths, pool.map(time_and_measures, paths), strict=True)


def _entry(
    settings: Settings,
    path: Path,
    load_seq: int,
    modified_ns: int,
    measured: Measured,
) -> LandedFile:
    source, entity, _ = path.relative_to(settings.raw_dir).parts
    return LandedFile(
        load_seq=load_seq,
        source=source,
        entity=entity,
        path=_name(settings, path),
        size=measured.size,
        sha256=measured.sha256,
        line_count=measured.line_count,
        columns=measured.columns,
        landed_at=datetime.now(UTC),
        modified_ns=modified_ns,
        is_plain=measured.is_plain,
        delimiter=measured.delimiter,
        shape=measured.shape,
    )


def _has_changed(path: Path, entry: LandedFile | None) -> bool:
    if entry is None:
        return True
    stat = path.stat()
    return (stat.st_size, stat.st_mtime_ns) != (entry.size, entry.modified_ns)


def _name(settings: Settings, path: Path) -> str:
    return path.relative_to(settings.raw_dir).as_posix()


def _newest(entries: list[LandedFile]) -> dict[str, LandedFile]:
    return {entry.path: entry for entry in entries}


@contextmanager
def _open_for_append(path: Path) -> Iterator[IO[bytes]]:
    """The ledger, locked against another writer, without a torn last line."""
    try:
        ledger = path.open("ab")
    except OSError as error:
        raise TesseraError(
            "the ledger of landed files cannot be written",
            where=str(path),
            given=error.strerror,
            remedy="Make the raw folder writable: the ledger lies beside the data",
        ) from error
    with ledger:
        claim(ledger, path)
        yield ledger


def _write(ledger: IO[bytes], entry: LandedFile) -> None:
    append(ledger, asdict(entry) | {"landed_at": entry.landed_at.isoformat()})


def _parse(path: Path) -> list[LandedFile]:
    if not path.exists():
        return []
    by_seq: dict[int, LandedFile] = {}
    for number, line in enumerate(complete_lines(_content(path)), start=1):
        entry = _parse_line(path, number, line)
        by_seq[entry.load_seq] = entry
    return list(by_seq.values())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TesseraError(
            "the ledger of landed files cannot be read",
            where=str(path),
            given=error.strerror,
            remedy="Make it a file that you may read, or restore it from a backup",
        ) from error


def _parse_line(path: Path, number: int, line: str) -> LandedFile:
    try:
        values = json.loads(line)
        landed_at = datetime.fromisoformat(values.pop("landed_at"))
        known = {field.name for field in fields(LandedFile)} & values.keys()
        parts = {name: values[name] for name in known}
        return LandedFile(**parts, landed_at=landed_at)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TesseraError(
            "this line of the ledger is not an entry",
            where=f"{path}, line {number}",
            given=line[:80],
            allowed="the lines that Tessera wrote, unchanged",
            remedy="Restore the ledger from a backup",
        ) from error
