"""From the story of a chunk to its files, month by month as things arrived."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from simulator.calendar import History, Ints, milliseconds
from simulator.faults import Arrivals, broken_lines, travel
from simulator.story import tell
from simulator.streams import mail_lines, web_lines
from simulator.tables import bills_of, tables_of
from simulator.text import Text
from simulator.truth import truth_of
from simulator.world import Dice, World
from simulator.writing import write_csv, write_lines


@dataclass(frozen=True)
class ChunkResult:
    """Lines by entity, and the chunk's rows of each table of the truth."""

    lines: Counter[str]
    truth: dict[str, pa.Table]


def write_chunk(world: World, chunk: int, out: Path) -> ChunkResult:
    """Simulate a chunk, write its files below `out`, and tell what is true of it."""
    dice = Dice(world.seed, chunk)
    story = tell(world, chunk, dice)
    bills = bills_of(world, story, chunk, dice)
    mails = mail_lines(world, story, dice)
    lines: Counter[str] = Counter()
    for entity, table, moments in tables_of(world, story, bills, dice):
        for label, rows in _files(world.history, moments, table.num_rows):
            path = _path(out, entity, label, chunk, "csv")
            lines[entity] += write_csv(
                path, table.slice(rows.start, rows.stop - rows.start)
            )
    streams: list[tuple[str, Ints, Callable[[Arrivals], Text]]] = [
        ("web", story.events.moment, web_lines(world, story, bills, dice).render),
        ("mail", story.mail.moment, mails.render),
    ]
    for stream, happened, render in streams:
        entity = {"web": "web/events", "mail": "esp/events"}[stream]
        rng = dice[f"{stream}_travel"]
        arrivals = travel(happened, world.history.end_ms, rng)
        for label, rows in _files(world.history, arrivals.received, 0):
            path = _path(out, entity, label, chunk, "jsonl")
            came = arrivals.part(rows)
            lines[entity] += write_lines(path, render(came), broken_lines(came, rng))
    return ChunkResult(lines, truth_of(world, story, mails.event_ids))


def _path(out: Path, entity: str, label: str, chunk: int, suffix: str) -> Path:
    source, name = entity.split("/")
    stem = source if name == "events" else name
    return out / source / name / f"{stem}-{label}{chunk:04d}.{suffix}"


def _files(
    history: History, moments: Ints | None, count: int
) -> Iterator[tuple[str, slice]]:
    """Return the rows of each file: one a month of rising moments, or one for all."""
    if moments is None:
        yield "", slice(0, count)
        return
    firsts = [d for d in history.dates if d.day == 1 or d == history.first]
    bounds = [milliseconds(d) for d in firsts[1:]]
    starts = [0, *np.searchsorted(moments, bounds).tolist(), len(moments)]
    for date, (start, end) in zip(firsts, pairwise(starts), strict=True):
        if start < end:
            yield f"{date:%Y-%m}-", slice(start, end)
