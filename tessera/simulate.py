"""`tessera simulate`: a shop that does not exist, as its four systems export it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from rich.progress import Progress
from typer import Option

from tessera.output import console, count
from warehouse.errors import TesseraError
from warehouse.folders import make_folder, unwritable
from warehouse.landing import GUIDE
from warehouse.settings import load_settings

UNFINISHED_SUFFIX = ".unfinished"


def simulate(
    customers: Annotated[int, Option(min=1, help="How many people.")] = 10_000,
    days: Annotated[int, Option(min=1, help="How many days of history.")] = 180,
    seed: Annotated[int, Option(min=0, help="The same seed, the same bytes.")] = 1,
    out: Annotated[
        Path | None, Option(help="Where the exports go.", show_default="data/raw")
    ] = None,
) -> None:
    """Write a simulated shop's exports, and the truth about it beside them."""
    raw_dir = out or load_settings().raw_dir
    simulate_into(raw_dir, customers=customers, days=days, seed=seed)


def simulate_into(raw_dir: Path, *, customers: int, days: int, seed: int) -> None:
    """Simulate into a raw folder without data, which gets the shop whole or not at all.

    Raises:
        TesseraError: files lie there already, since a second shop would mix with the
            first; or the folder cannot be written.
    """
    _check_for_data(raw_dir)
    with _unfinished(raw_dir) as (raw, truth):
        lines = _write(raw, truth, customers=customers, days=days, seed=seed)
    for entity, number in lines.items():
        console.print(f"  {entity:<18} {count(number):>12}")


@contextmanager
def _unfinished(raw_dir: Path) -> Iterator[tuple[Path, Path]]:
    """Folders beside raw and truth that take their names when the block has ended."""
    truth_dir = raw_dir.absolute().parent / "truth"
    # A raw folder may be a link to a larger disk, or the working folder itself.
    raw_dir = raw_dir.resolve()
    raw, truth = (
        folder.with_name(f"{folder.name}{UNFINISHED_SUFFIX}")
        for folder in (raw_dir, truth_dir)
    )
    try:
        _remove(raw, truth)
        yield raw, truth
        # File by file: what else lies in a folder of this name may be the user's.
        make_folder(truth_dir)
        for file in truth.iterdir():
            file.replace(truth_dir / file.name)
        truth.rmdir()
        _make_way(raw_dir, raw)
        # The last, because a shop is there when its raw folder is.
        raw.rename(raw_dir)
    except OSError as error:
        raise unwritable(raw_dir.parent, error) from error


def _check_for_data(raw_dir: Path) -> None:
    """Only what `tessera init` makes, folders and their guides, may be there."""
    for path in sorted(raw_dir.rglob("*")):
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and path.name != GUIDE:
            raise TesseraError(
                "the folder is not empty, and two shops would mix",
                where=str(raw_dir),
                given=path.relative_to(raw_dir).as_posix(),
                allowed=f"folders, and files of the name {GUIDE}",
                remedy="Name another folder with --out, or remove this data folder",
            )


def _make_way(raw_dir: Path, raw: Path) -> None:
    """Move the guides to the shop that takes their place; whatever else came stays."""
    _check_for_data(raw_dir)
    # Backwards, so a folder goes after what is in it.
    for path in sorted(raw_dir.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            place = raw / path.relative_to(raw_dir)
            make_folder(place.parent)
            shutil.copy(path, place)
            path.unlink()


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)


def _write(
    raw: Path, truth: Path, *, customers: int, days: int, seed: int
) -> dict[str, int]:
    """Write the shop while its progress is shown; give back the lines by entity."""
    from simulator import simulate as write_shop

    with Progress(console=console) as progress:
        task = progress.add_task(f"Simulating {count(customers)} people", total=1.0)
        report = write_shop(
            raw,
            truth=truth,
            customers=customers,
            days=days,
            seed=seed,
            progress=lambda _, done: progress.update(task, completed=done),
        )
    return dict(report.lines)
