"""Takes mended lines in again: all of a file or none, and each line once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from warehouse.content import content_keys
from warehouse.contract import Contract
from warehouse.csv_records import Header
from warehouse.erasure.plan import refuse_unfinished
from warehouse.errors import TesseraError
from warehouse.formats import MENDED_SUFFIXES, Form, form_of
from warehouse.ledger import read_ledger
from warehouse.locking import run_lock
from warehouse.mending import Mended, header_line, lines_of, read_mended
from warehouse.quarantine import Aside, declared_contract, rows_at
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
            a line is still broken, an erasure was broken off, or a run is at work.
            Nothing has landed then.
    """
    with run_lock(settings):
        refuse_unfinished(settings)
        finish(settings)
        return _replay(settings, file)


def _replay(settings: Settings, file: Path) -> Replayed:
    mended = {(one.load_seq, one.line_number): one for one in read_mended(file)}
    before = _replayed_before(settings)
    fresh = [place for place in mended if place not in before]
    known = rows_at(settings, fresh)
    _require_known(file, [mended[place] for place in fresh if place not in known])
    contract, headers = declared_contract(settings), headers_by_load(settings)
    pairs = [(known[place], mended[place]) for place in fresh]
    changed = [pair for pair in pairs if _is_changed(*pair, headers)]
    require_sound(changed, contract)
    return Replayed(
        landed=[_land(settings, part, contract) for part in _parts(changed)],
        unchanged_count=len(pairs) - len(changed),
        already_count=len(mended) - len(fresh),
    )


def headers_by_load(settings: Settings) -> dict[int, str]:
    """The header of each CSV file version, in one line, by its `load_seq`."""
    return {
        load_seq: header_line(header.columns, header.delimiter)
        for load_seq, header in _headers(settings).items()
    }


def _headers(settings: Settings) -> dict[int, Header]:
    return {
        file.load_seq: Header(file.columns, file.delimiter)
        for file in read_ledger(settings)
        if form_of(file.path) is Form.CSV
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
    parts: dict[tuple[str, str, str, str], list[Pair]] = {}
    for aside, mended in pairs:
        suffix = _mended_suffix(aside)
        header = (mended.header or "") if suffix == ".csv" else ""
        alike = aside.source, aside.entity, suffix, header
        parts.setdefault(alike, []).append((aside, mended))
    return list(parts.values())


def _mended_suffix(aside: Aside) -> str:
    form = form_of(aside.path)
    assert form is not None  # Nothing else was read.
    return MENDED_SUFFIXES[form]


def _land(settings: Settings, part: Sequence[Pair], contract: Contract) -> Replay:
    """One file, named a replay; the same lines give the same name."""
    source, entity = part[0][0].source, part[0][0].entity
    suffix = _mended_suffix(part[0][0])
    text, number = "", 1
    if suffix == ".csv":
        text, number = f"{part[0][1].header}\n", 2
    rows = []
    asides = [aside for aside, _ in part]
    keys = content_keys(asides, _headers(settings), contract)
    for (aside, mended), key in zip(part, keys, strict=True):
        place = aside.path, mended.load_seq, mended.line_number, aside.reason
        rows.append(ReplayedRow(*place, number, key))
        text += f"{mended.text}\n"
        number += len(lines_of(mended.text))
    digest = sha256(f"{rows}{text}".encode()).hexdigest()
    path = f"{source}/{entity}/replay-{digest[:12]}{suffix}"
    return land(settings, path, text, rows)
