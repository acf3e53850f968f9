"""`tessera simulate`: a shop that does not exist, as its four systems export it."""

from pathlib import Path
from typing import Annotated

from rich.progress import Progress
from typer import Option

from tessera.output import console, count
from warehouse.errors import TesseraError
from warehouse.settings import load_settings


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
    """Simulate into an empty raw folder.

    Raises:
        TesseraError: files lie there already; a second shop would mix with the first.
    """
    if raw_dir.exists() and any(raw_dir.iterdir()):
        raise TesseraError(
            "the folder is not empty, and two shops would mix",
            where=str(raw_dir),
            remedy="Name another folder with --out, or remove this data folder",
        )
    from simulator import simulate as write_shop

    with Progress(console=console) as progress:
        task = progress.add_task(f"Simulating {count(customers)} people", total=1.0)
        report = write_shop(
            raw_dir,
            customers=customers,
            days=days,
            seed=seed,
            progress=lambda _, done: progress.update(task, completed=done),
        )
    for entity, lines in report.lines.items():
        console.print(f"  {entity:<18} {count(lines):>12}")
