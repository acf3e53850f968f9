"""Which records the matching has linked, and since when: one line a run, kept for ever.

Scores rest on all records, so that new ones can change them; what was known of who is
who at a moment must not change. So a pair is linked since the clock of the run that
first found it sure, and no later run can say that it was known before.
"""

import json
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from warehouse.erasure.removal import put_in_place, sync
from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.journal import append, claim, complete_lines
from warehouse.settings import Settings

Pair = tuple[str, str]
FILE_NAME = "matches.jsonl"


@dataclass(frozen=True)
class Verdict:
    """What one run changed: the pairs that it linked, and those that it parted."""

    as_of: datetime
    linked: tuple[Pair, ...]
    parted: tuple[Pair, ...]


@dataclass(frozen=True)
class Match:
    """A pair that is or was linked, and when."""

    left_record_id: str
    right_record_id: str
    known_since_at: datetime
    retracted_at: datetime | None = None

    @property
    def pair(self) -> Pair:
        """Its two records."""
        return self.left_record_id, self.right_record_id


def read_matches(settings: Settings) -> list[Match]:
    """Every match that ever held for some time, in the order in which they were found.

    Raises:
        TesseraError: a line of the record is not one that was written here.
    """
    return _told(_parse(_path(settings)))


def note_matches(
    settings: Settings, as_of: datetime, sure: Set[Pair], likely: Set[Pair]
) -> list[Match]:
    """Note what a run found, and return every match.

    A pair that is sure is linked since this run's clock. It stays so while it is
    likely: scores that tremble do not part customers and join them again. A run whose
    clock is behind that of an earlier one changes nothing: its moment has been told.

    Raises:
        TesseraError: the record cannot be read or written.
    """
    path = _path(settings)
    try:
        make_folder(path.parent)
        with path.open("ab") as file:
            claim(file, path)
            told = _parse(path)
            fresh = _verdict(told, as_of, sure, likely)
            if fresh is not None:
                append(file, _line(fresh))
                told.append(fresh)
    except OSError as error:
        raise unwritable(path, error) from error
    return _told(told)


def forget_matches(settings: Settings, is_theirs: Callable[[str], bool]) -> int:
    """Write the record without the pairs of these records; how many pairs went.

    Raises:
        TesseraError: the record cannot be read or written.
    """
    path = _path(settings)
    told = _parse(path)
    kept = [
        replace(
            verdict,
            linked=_without(verdict.linked, is_theirs),
            parted=_without(verdict.parted, is_theirs),
        )
        for verdict in told
    ]
    if kept == told:
        return 0
    fresh = path.with_name(f".{path.name}.erasing")
    try:
        fresh.write_text("".join(f"{json.dumps(_line(one))}\n" for one in kept))
        sync(fresh)
        put_in_place(fresh, path)
    except OSError as error:
        raise unwritable(path, error) from error
    return sum(len(one.linked) + len(one.parted) for one in told) - sum(
        len(one.linked) + len(one.parted) for one in kept
    )


def _without(
    pairs: tuple[Pair, ...], is_theirs: Callable[[str], bool]
) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if not any(map(is_theirs, pair)))


def _verdict(
    told: list[Verdict], as_of: datetime, sure: Set[Pair], likely: Set[Pair]
) -> Verdict | None:
    """What is new; without changes, the line keeps the clock of the run."""
    clock = told[-1].as_of if told else datetime.min
    if as_of < clock:
        return None
    standing = {match.pair for match in _told(told) if match.retracted_at is None}
    linked, parted = sorted(sure - standing), sorted(standing - likely)
    if as_of == clock and not linked and not parted:
        return None
    return Verdict(as_of, tuple(linked), tuple(parted))


def _told(verdicts: Iterable[Verdict]) -> list[Match]:
    ended: list[Match] = []
    standing: dict[Pair, Match] = {}
    for verdict in verdicts:
        for pair in verdict.parted:
            match = standing.pop(pair)
            if match.known_since_at < verdict.as_of:
                ended.append(replace(match, retracted_at=verdict.as_of))
        for pair in verdict.linked:
            standing[pair] = Match(*pair, verdict.as_of)
    return sorted(
        [*ended, *standing.values()],
        key=lambda match: (match.known_since_at, match.pair),
    )


def _path(settings: Settings) -> Path:
    return settings.raw_dir / FILE_NAME


def _line(verdict: Verdict) -> dict[str, object]:
    return {
        "as_of": verdict.as_of.isoformat(),
        "linked": verdict.linked,
        "parted": verdict.parted,
    }


def _parse(path: Path) -> list[Verdict]:
    if not path.exists():
        return []
    lines = enumerate(complete_lines(path.read_bytes()), start=1)
    return [_parse_line(path, number, line) for number, line in lines]


def _parse_line(path: Path, number: int, line: str) -> Verdict:
    try:
        values = json.loads(line)
        linked, parted = (
            tuple((str(left), str(right)) for left, right in values[name])
            for name in ("linked", "parted")
        )
        return Verdict(datetime.fromisoformat(values["as_of"]), linked, parted)
    except (ValueError, TypeError, KeyError) as error:
        raise TesseraError(
            "this line of the record of matches is none",
            where=f"{path}, line {number}",
            given=f"{len(line)} characters",
            allowed="the lines that Tessera wrote, unchanged",
            remedy="Restore the record from a backup",
        ) from error
