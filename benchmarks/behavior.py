"""What the road from raw files to sessions costs, beside a bound and beside others.

For each size: a history of 100 days is written, the project and a hand-written script
build it, then two new days land on top of it, one after the other, and one that is the
same for all sizes. Everything runs in processes of its own, in a temporary folder that
is removed.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.apart import apart
from benchmarks.behavior_builds import (
    full_figures,
    increment_figures,
    share_figures,
)
from benchmarks.behavior_load import (
    DAYS,
    Part,
    blocks_of,
    write_history,
    write_new_day,
)
from benchmarks.behavior_ours import database, raw_events
from benchmarks.behavior_peers import exactness_figures, peer_figures
from benchmarks.figures import Figure, tell
from benchmarks.watching import megabytes

SIZES: Final = (1_000_000, 10_000_000)
LARGEST: Final = 100_000_000
SAME_DAY: Final = Part(blocks=blocks_of(1_000_000), visits=10)


def main() -> None:
    """Measure each size, and tell each figure as soon as it is known."""
    given = _arguments()
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
    for events in given.events:
        _measure(events, given.folder, compared=True)
    if given.largest:
        _measure(given.largest, given.folder, compared=False)


def figures(folder: Path, events: int, *, compared: bool) -> Iterator[Figure]:
    """The figures of one size; `compared`: the bound and the others run as well."""
    name, files, days = f"behavior.{events}", raw_events(folder), folder / "days"
    yield Figure(f"{name}.lines", apart(write_history, files, events).result)
    yield Figure(f"{name}.raw.mb", megabytes(files))
    full = yield from full_figures(name, events, folder, compared=compared)
    apart(write_new_day, days, Part(blocks_of(events)))
    news = yield from increment_figures(f"{name}.day", folder, days)
    if compared:
        yield from exactness_figures(name, folder)
        yield from peer_figures(name, folder, full, news.day)
    apart(write_new_day, days, Part(blocks_of(events)), DAYS + 1)
    next_news = yield from increment_figures(f"{name}.next_day", folder, days)
    yield from share_figures(name, events, (news, next_news), full)
    apart(write_new_day, days, SAME_DAY, DAYS + 2)
    yield from increment_figures(f"{name}.same_day", folder, days)
    yield Figure(f"{name}.database.mb", megabytes(database(folder)))


def _measure(events: int, folder: Path | None, *, compared: bool) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        for figure in figures(Path(made), events, compared=compared):
            tell(figure)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.behavior", description=__doc__
    )
    parser.add_argument(
        "--events",
        nargs="*",
        type=int,
        default=SIZES,
        metavar="N",
        help=f"sizes of history beside the bound and others (default: {SIZES})",
    )
    parser.add_argument(
        "--largest",
        nargs="?",
        type=int,
        const=LARGEST,
        default=0,
        metavar="N",
        help=f"a size by ourselves alone (without a number: {LARGEST}; takes 40 GB)",
    )
    parser.add_argument(
        "--folder", type=Path, help="where the temporary folders are made"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
