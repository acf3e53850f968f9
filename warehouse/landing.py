"""Which files of the raw folder are ours to read, and which deserve a word."""

from collections.abc import Iterator
from pathlib import Path

from warehouse.contract import (
    Contract,
    Entity,
    Place,
    packs,
    read_contract,
    whole_contract,
)
from warehouse.formats import Form, form_of, suffixes

OPEN_SUFFIX = ".open"
# What lies beside the sources' folders and is ours.
RECORDS = (
    *("ledger.jsonl", "replays.jsonl", "matches.jsonl", "erased.jsonl"),
    "models.jsonl",
)
# Tells people what belongs into a folder; nobody reads data of it.
GUIDE = "README.md"


def entities() -> list[Place]:
    """Every source and entity that there is, whether its pack is switched on or not."""
    return list(whole_contract())


def landed_paths(raw_dir: Path, contract: Contract | None = None) -> Iterator[Path]:
    """Every complete file of an entity that is read; growing and hidden ones wait.

    Without a contract, that of the project's own vars counts.
    """
    read = read_contract() if contract is None else contract
    for (source, name), entity in sorted(read.items()):
        folder = raw_dir / source / name
        for path in sorted(folder.iterdir() if folder.is_dir() else ()):
            is_ours = form_of(path.name) in forms_of(entity)
            if is_ours and path.is_file() and not path.name.startswith("."):
                yield path


def forms_of(entity: Entity) -> tuple[Form, ...]:
    """The forms that an entity's files may have: lines of a stream name their parts."""
    return tuple(Form) if entity.names else (Form.LINES, Form.PARQUET)


def strangers(raw_dir: Path, contract: Contract | None = None) -> list[str]:
    """One sentence for each thing under the raw folder that no model would read."""
    read = read_contract() if contract is None else contract
    known = set(landed_paths(raw_dir, read))
    found = [_stranger(raw_dir, path, read) for path in _visible_files(raw_dir, known)]
    return sorted(set(found))


def _visible_files(raw_dir: Path, known: set[Path]) -> Iterator[Path]:
    for path in raw_dir.rglob("*"):
        parts = path.relative_to(raw_dir).parts
        hidden = any(part.startswith(".") for part in parts)
        waiting = path.suffix == OPEN_SUFFIX
        ours = path in known or parts[0] in RECORDS or path.name == GUIDE
        if path.is_file() and not (hidden or waiting or ours):
            yield path


def _stranger(raw_dir: Path, path: Path, read: Contract) -> str:
    """Why the file is not read, and what would be."""
    parts = path.relative_to(raw_dir).parts
    folder = "/".join(parts[:2]) if len(parts) > 2 else parts[0]
    place = (parts[0], parts[1]) if len(parts) == 3 else ("", "")
    if place in read:
        wanted = ", ".join(f"`{one}`" for one in suffixes(forms_of(read[place])))
        return f"{'/'.join(parts)} is not read: only {wanted} are read there."
    if place in whole_contract():
        [pack] = [name for name, sources in packs().items() if place[0] in sources]
        return f"{folder} is not read: switch on the pack `{pack}` (var `sources`)."
    allowed = ", ".join("/".join(one) for one in whole_contract())
    return f"{folder} is not read: it is none of the known entities ({allowed})."
