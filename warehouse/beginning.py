"""Makes an empty raw folder that says itself what belongs into it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from warehouse.contract import Contract, Entity, Place, packs, read_contract, vocabulary
from warehouse.folders import make_folder, unwritable
from warehouse.formats import suffixes
from warehouse.landing import GUIDE, forms_of
from warehouse.meanings import MEANINGS


class Guide(NamedTuple):
    """A README of the raw folder: its place, and what became of it."""

    path: Path
    state: str
    """`new`, `there` (it says the same already) or `kept` (somebody changed it)."""


def chosen_contract(project_dir: Path, chosen: Sequence[str]) -> Contract:
    """The entities of the chosen packs; the house's own where none is chosen."""
    contract = read_contract({"sources": list(chosen)}, project_dir)
    wanted = {source for pack in chosen for source in packs(project_dir)[pack]}
    return {
        place: entity
        for place, entity in contract.items()
        if place[0] in wanted or not wanted
    }


def trackers(project_dir: Path, chosen: Sequence[str]) -> list[str]:
    """Whose devices the web events of the chosen packs name; the house's own where no
    pack tells any."""
    tellers = {source for source, _ in vocabulary(project_dir)["web_events"]}
    known = packs(project_dir)
    # All tables of a pack are of one tracker, which bears the name of the first.
    found = [
        next(source for source in known[pack] if source in tellers)
        for pack in chosen
        if tellers & set(known[pack])
    ]
    return found or ["web"]


def make_raw_folder(raw_dir: Path, contract: Contract) -> Iterator[Guide]:
    """A folder and a README for each entity; a README that is there is left alone."""
    for place, entity in contract.items():
        path = make_folder(raw_dir.joinpath(*place)) / GUIDE
        text = guide_of(place, entity)
        if path.exists():
            is_same = path.read_bytes() == text.encode()
            yield Guide(path, "there" if is_same else "kept")
            continue
        try:
            path.write_bytes(text.encode())
        except OSError as error:
            raise unwritable(path, error) from error
        yield Guide(path, "new")


def guide_of(place: Place, entity: Entity) -> str:
    """What lands in an entity's folder, in a page."""
    source, name = place
    [pack] = [pack for pack, sources in packs().items() if source in sources]
    endings = ", ".join(f"`{one}`" for one in suffixes(forms_of(entity)))
    parts = [
        f"# {source}/{name}",
        f"Put whole files here, under any name that ends in {endings}. A file that"
        " still grows ends in `.open` and is not read before it is sealed. Other files"
        " are not read, and `tessera doctor` tells of them.",
        f"Without this entity: {MEANINGS[place].without}.",
        _columns(entity),
        f"More: `docs/sources/{pack}.md` and `docs/raw-contract.md`, in the project.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _columns(entity: Entity) -> str:
    if not entity.names:
        return "One JSON object a line (or a row of Parquet), as the page below says."
    rows = [
        f"| `{column}` | {', '.join(f'`{one}`' for one in spellings[1:])} |"
        f" {_key(column, entity)} |"
        for column, spellings in entity.names.items()
    ]
    head = (
        "Columns, in any order and without regard to case. A file without a key column"
        " says nothing; any other may be missing, and is empty then.\n"
    )
    return "\n".join([head, "| column | may be called | key |", "|---|---|---|", *rows])


def _key(column: str, entity: Entity) -> str:
    """Whether it is a key, or one of several columns of which one is enough."""
    of = next((key for key in entity.keys if column in key), ())
    others = " or ".join(f"`{one}`" for one in of if one != column)
    return f"yes, or {others}" if others else "yes" if of else ""
