"""Erases people: finds them, takes them out of every place, proves that they are gone.

Each step is safe to repeat: after a crash the plan that was kept says whom, and the
next erasure goes through all steps again.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from warehouse.connection import connect
from warehouse.erasure.databases import rewrite_build
from warehouse.erasure.identifiers import Identifier
from warehouse.erasure.landed import (
    count_landed,
    raw_files,
    refuse_links,
    repairs_of,
    take_out,
)
from warehouse.erasure.leftovers import take_out_of_leftovers
from warehouse.erasure.looking import count_in
from warehouse.erasure.needles import Needles
from warehouse.erasure.person import Found, find, others_among
from warehouse.erasure.places import (
    DATABASE,
    PLACES,
    PUBLICATIONS,
    RAW,
    RECORDED,
    all_files,
    place_of,
)
from warehouse.erasure.plan import Plan, forget_plan, read_plan, write_plan
from warehouse.erasure.removal import put_in_place, sync
from warehouse.erasure.snapshots import former_names, take_out_of_publications
from warehouse.erasure.tombstones import bury, read_tombstones
from warehouse.erasure.traces import PersonSearch
from warehouse.ledger import take_in, take_in_rewritten
from warehouse.masking import masked_names
from warehouse.matches import forget_matches
from warehouse.replays import finish, record_path
from warehouse.settings import Settings

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Proof:
    """One place: its files, the rows that were there, and those that are left."""

    place: str
    file_count: int
    taken_count: int
    left_count: int
    left_files: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What an erasure did: the proof, place by place, and publications withdrawn."""

    proofs: list[Proof]
    withdrawn: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left anywhere."""
        return not any(proof.left_count for proof in self.proofs)


@dataclass(frozen=True)
class Sighting:
    """What would be erased: the people, the lines of raw files that name them, and when
    they were erased before."""

    found: Found
    lines: dict[str, int]
    erased_before: list[datetime]


def look(settings: Settings, given: Sequence[Identifier]) -> Sighting:
    """Whom these identifiers name, and what is there of them; changes nothing.

    Raises:
        TesseraError: nothing was built yet, an identifier names several people, or a
            folder of raw files is a link.
    """
    refuse_links(settings)
    found = find(settings, given)
    tombstones = read_tombstones(settings)
    before = [tombstones.erasure_of(one) for one in given] if tombstones else []
    return Sighting(
        found,
        count_landed(settings, _search(found)),
        sorted({erasure.erased_at for erasure in before if erasure}),
    )


def erase(settings: Settings, found: Found, tell: Tell = lambda step: None) -> Outcome:
    """Take these people out of everything; the run lock must be held.

    Raises:
        TesseraError: the data folder cannot be written, or a folder of raw files is a
            link; the same call goes on later.
    """
    refuse_links(settings)
    finish(settings)
    take_in(settings)
    repairs = repairs_of(settings, _search(found))
    called = _called(settings, found)
    plan = Plan(secrets.token_hex(8), found.identifiers, sorted(called), *repairs)
    write_plan(settings, plan)
    return _carry_out(settings, plan, tell)


def finish_erasure(
    settings: Settings, tell: Tell = lambda step: None
) -> Outcome | None:
    """Go on with an erasure that was broken off; None where there is none."""
    plan = read_plan(settings)
    return _carry_out(settings, plan, tell) if plan else None


def _carry_out(settings: Settings, plan: Plan, tell: Tell) -> Outcome:
    """Tombstones come first, so that nothing comes back from here on."""
    refuse_links(settings)
    taken: Counter[str] = Counter()
    bury(settings, plan.id, plan.identifiers)
    tell(RAW)
    _put_repairs(settings, plan)
    taken[RECORDED] += forget_matches(settings, plan.names_record)
    taken[RAW] += sum(take_out(settings, plan).values())
    take_in_rewritten(settings)
    tell(DATABASE)
    taken[DATABASE] += rewrite_build(settings.build_path, plan.needles)
    tell(PUBLICATIONS)
    rewriting = take_out_of_publications(settings, plan)
    taken[PUBLICATIONS] += sum(rewriting.lost.values())
    tell("everything else")
    for path, count in take_out_of_leftovers(settings, plan).items():
        taken[place_of(settings, Path(path))] += count
    tell("the proof")
    proofs = prove(settings, plan.search, taken)
    forget_plan(settings)
    return Outcome(proofs, rewriting.withdrawn)


def prove(settings: Settings, search: PersonSearch, taken: Counter[str]) -> list[Proof]:
    """Search every file for the person; one line a place."""
    raw = {file.path: file for file in raw_files(settings)}
    files: Counter[str] = Counter()
    left: dict[str, dict[str, int]] = {place: {} for place in PLACES}
    with connect() as connection:
        for path in all_files(settings):
            place = place_of(settings, path)
            files[place] += 1
            count = count_in(path, search, raw.get(path), connection)
            # A name can tell of somebody, too.
            shown = _shown(path, search.needles)
            count += shown != path
            if count:
                left[place][str(shown)] = left[place].get(str(shown), 0) + count
    return [
        Proof(
            place,
            files[place],
            taken[place],
            sum(left[place].values()),
            sorted(left[place]),
        )
        for place in PLACES
        if files[place] or taken[place]
    ]


def _shown(path: Path, needles: Needles) -> Path:
    """The file, or the last folder on the way to it whose name names nobody."""
    shown = Path(path.anchor)
    for part in path.relative_to(path.anchor).parts:
        if needles.are_in_name(part):
            return shown
        shown /= part
    return shown


def _search(found: Found) -> PersonSearch:
    return Plan("", found.identifiers, found.names).search


def _called(settings: Settings, found: Found) -> set[str]:
    """What tables call the person, or ever did; what names another now stays."""
    former = former_names(settings, found.records)
    called = former - others_among(settings, former, found.records)
    customers = {*found.customers, *found.aliases, *called}
    return {*found.names, *called, *masked_names(settings, customers)}


def _put_repairs(settings: Settings, plan: Plan) -> None:
    """The record of repairs without those of the person."""
    path = record_path(settings)
    if not path.exists():
        return
    fresh = path.with_name(f".{path.name}.erasing")
    fresh.write_text(plan.replays)
    sync(fresh)
    put_in_place(fresh, path)
