"""Writes web events of any number, quickly: what the behaviour benchmark reads.

Everything follows from the number of a session: its day, its visitor, its events, and
which of them come late or twice. So a shorter history is a part of a longer one, and
the same new day can be put on top of histories of any length.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from warehouse.connection import connect

DAYS: Final = 100
FIRST_DAY: Final = "timestamp '2025-01-01'"
# A block of visitors has one session a day, of ten events on the average.
BLOCK_VISITORS: Final = 25
BLOCK_EVENTS: Final = 10 * DAYS
# A call comes up to 20 days late, and again up to two days after that.
LATEST_DAYS: Final = 22
STATEMENTS: Final = Path(__file__).with_suffix(".sql")
AS_LINES: Final = (
    "format csv, header false, quote '', escape '', delimiter '\x1f', "
    "overwrite_or_ignore true"
)


@dataclass(frozen=True)
class Part:
    """How many blocks of visitors, and how many sessions a day each of them has."""

    blocks: int
    visits: int = 1


def opened(
    path: Path | None = None, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """A database, as `connect` opens it, that draws no bars between the figures."""
    database = connect(path, read_only=read_only)
    database.execute("set enable_progress_bar = false")
    return database


def blocks_of(events: int) -> int:
    """The blocks of visitors that make a history of about this many events."""
    return max(1, round(events / BLOCK_EVENTS))


def write_history(folder: Path, events: int) -> int:
    """Write one file a day for `DAYS` days; give back the number of lines.

    Lines that arrive after the last day are not written.
    """
    part = Part(blocks_of(events))
    with _prepared(folder) as shop:
        return sum(_write_day(shop, folder, day, part) for day in range(DAYS))


def write_new_day(folder: Path, part: Part, day: int = DAYS) -> int:
    """Write the file of a day after the history; give back its lines.

    The late and the repeated calls of the days before are those of these blocks, so
    that the file is the same on top of every history that has at least these blocks.
    """
    with _prepared(folder) as shop:
        for earlier in range(day - LATEST_DAYS, day):
            _note_later(shop, earlier, Part(part.blocks))
        return _write_day(shop, folder, day, part)


def statements(path: Path) -> list[str]:
    """The statements of a file of SQL, which end in a semicolon and a line end."""
    return [text for text in path.read_text().split(";\n") if text.strip()]


def _prepared(folder: Path) -> duckdb.DuckDBPyConnection:
    folder.mkdir(parents=True, exist_ok=True)
    shop = opened()
    for statement in statements(STATEMENTS):
        shop.execute(statement)
    shop.execute("create table later (line varchar, received_at timestamp)")
    return shop


def _write_day(
    shop: duckdb.DuckDBPyConnection, folder: Path, day: int, part: Part
) -> int:
    """The calls that arrive on that day, in the order in which they arrive."""
    _note_later(shop, day, part)
    file = folder / f"events_{day:03}.jsonl"
    arrives = f"received_at >= {_midnight(day)} and received_at < {_midnight(day + 1)}"
    shop.execute(
        f"""copy (
            select line from (
                select line_of(event, '', received_at) as line, received_at
                from calls as event where not is_late
                union all
                select line, received_at from later where {arrives}
            ) order by received_at
        ) to '{file}' ({AS_LINES})"""
    )
    counted = shop.execute(
        f"""select
            (select count(*) from calls where not is_late)
            + (select count(*) from later where {arrives})"""
    ).fetchone()
    return int(counted[0]) if counted else 0


def _note_later(shop: duckdb.DuckDBPyConnection, day: int, part: Part) -> None:
    """Make the calls of a day, and remember those that arrive on a later one."""
    shop.execute(
        f"""create or replace table calls as from event_rows(
            {FIRST_DAY}, {day}, {part.blocks}, {part.visits}, {BLOCK_VISITORS}
        )"""
    )
    shop.execute(
        """insert into later
        select line_of(event, '', received_at), received_at
        from calls as event where is_late
        union all
        select
            line_of(event, '","sentAt":"' || stamp(again_at), again_at),
            again_at
        from (
            select *, received_at + to_seconds(
                (1 + hash(seed, 2) % 172800)::bigint
            ) as again_at
            from calls where comes_twice
        ) as event"""
    )


def _midnight(day: int) -> str:
    return f"{FIRST_DAY} + to_days({day})"
