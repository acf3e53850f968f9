"""Takes mended lines in again: all of a file or none, and each line once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from warehouse.content import content_keys
from warehouse.errors import TesseraError
from warehouse.landing import ENTITIES
from warehouse.ledger import read_ledger
from warehouse.locking import run_lock
from warehouse.mending import Mended, header_line, lines_of, read_mended
from warehouse.quarantine import Aside, declared_columns, rows_at
from warehouse.replays import Replay, ReplayedRow, finish, land, read_replays
from warehouse.settings import Settings
from warehouse.soundness import Pair, require_sound

SHOWN = 5
Place = tuple[int, int]


@dataclass(frozen=True)
class Replayed:
    """The files that landed; how many lines were left as they are, or came before."""

    landed: list[Replay]
    unchanged_count: int
    already_count: int

    @property
    def row_count(self) -> int:
        """The mended lines that landed."""
        return sum(len(replay.rows) for replay in self.landed)


def replay(settings: Settings, file: Path) -> Replayed:
    """Land the mended lines of a file, a new file for each entity and header.

    Lines left as they were stay aside; lines mended before are not taken in again.

    Raises:
        TesseraError: the file is none of ours, a line stood nowhere in the quarantine,
            a line is still broken, or a run is at work. Nothing has landed then.
    """
    with run_lock(settings):
        finish(settings)
        return _replay(settings, file)


def _replay(settings: Settings, file: Path) -> Replayed:
    mended = {(one.load_seq, one.line_number): one for one in read_mended(file)}
    before = _replayed_before(settings)
    fresh = [place for place in mended if place not in before]
    known = rows_at(settings, fresh)
    _require_known(file, [mended[place] for place in fresh if place not in known])
    headers = headers_by_load(settings)
    pairs = [(known[place], mended[place]) for place in fresh]
    changed = [pair for pair in pairs if _is_changed(*pair, headers)]
    require_sound(changed, declared_columns(settings))
    return Replayed(
        landed=[_land(settings, part) for part in _parts(changed)],
        unchanged_count=len(pairs) - len(changed),
        already_count=len(mended) - len(fresh),
    )


def headers_by_load(settings: Settings) -> dict[int, str]:
    """The header of each CSV file version, in one line, by its `load_seq`."""
    return {
        load_seq: header_line(columns)
        for load_seq, columns in _columns_by_load(settings).items()
    }


def _columns_by_load(settings: Settings) -> dict[int, list[str]]:
    return {
        file.load_seq: file.columns
        for file in read_ledger(settings)
        if ENTITIES.get((file.source, file.entity)) == ".csv"
    }


def _replayed_before(settings: Settings) -> set[Place]:
    return {
        (row.load_seq, row.line_number)
        for replay in read_replays(settings)
        for row in replay.rows
    }


def _is_changed(aside: Aside, mended: Mended, headers: Mapping[int, str]) -> bool:
    """Whether the line or its header says something else than what was set aside."""
    same_header = mended.header == headers.get(aside.load_seq, mended.header)
    return not same_header or lines_of(mended.text) != lines_of(aside.text)


def _require_known(file: Path, strangers: Sequence[Mended]) -> None:
    if strangers:
        places = ", ".join(
            f"load {one.load_seq} line {one.line_number}" for one in strangers[:SHOWN]
        )
        raise TesseraError(
            "no such line stands in the quarantine",
            where=str(file),
            given=f"{len(strangers)} lines: {places}",
            remedy="Its file was replaced, or the rules changed, since it was written. "
            "`tessera quarantine --out FILE` writes what is set aside now",
        )


def _parts(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The lines that can share a file: of one entity, under one header."""
    parts: dict[tuple[str, str, str], list[Pair]] = {}
    for aside, mended in pairs:
        is_csv = ENTITIES[aside.source, aside.entity] == ".csv"
        header = (mended.header or "") if is_csv else ""
        parts.setdefault((aside.source, aside.entity, header), []).append(
            (aside, mended)
        )
    return list(parts.values())


def _land(settings: Settings, part: Sequence[Pair]) -> Replay:
    """One file, named a replay; the same lines give the same name."""
    source, entity = part[0][0].source, part[0][0].entity
    suffix = ENTITIES[source, entity]
    text, number = "", 1
    if suffix == ".csv":
        text, number = f"{part[0][1].header}\n", 2
    rows = []
    keys = content_keys(
        [aside for aside, _ in part],
        _columns_by_load(settings),
        declared_columns(settings),
    )
    for (aside, mended), key in zip(part, keys, strict=True):
        place = aside.path, mended.load_seq, mended.line_number, aside.reason
        rows.append(ReplayedRow(*place, number, key))
        text += f"{mended.text}\n"
        number += len(lines_of(mended.text))
    digest = sha256(f"{rows}{text}".encode()).hexdigest()
    path = f"{source}/{entity}/replay-{digest[:12]}{suffix}"
    return land(settings, path, text, rows)
