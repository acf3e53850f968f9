"""What was set aside, as the build database knows it: by reason, row by row, by file.

A row is `open` until a person mends it; then its mended line is `waiting` for a run,
and after that `mended` or `refused again` (the refused line is a row of its own).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import duckdb

from warehouse.connection import connect
from warehouse.contract import Contract, contract_of
from warehouse.errors import TesseraError
from warehouse.replays import read_replays
from warehouse.settings import Settings


@dataclass(frozen=True)
class Choice:
    """Which rows are meant; empty means all. `path` may be a folder or a glob."""

    source: str = ""
    entity: str = ""
    reason: str = ""
    path: str = ""


class Aside(NamedTuple):
    """One row set aside; `load_seq` and `line_number` name it. Holds personal data."""

    source: str
    entity: str
    path: str
    load_seq: int
    line_number: int | None
    reason: str
    text: str


class Group(NamedTuple):
    """The rows of one reason, how many are mended, and `path:line` of one."""

    source: str
    entity: str
    reason: str
    open_count: int
    waiting_count: int
    mended_count: int
    file_count: int
    example: str | None


CHOSEN = """
    $source in ('', source) and $entity in ('', entity) and $reason in ('', reason)
    and ($path in ('', path) or path glob $path or starts_with(path, $path || '/'))
"""
STATES = """
    create temp view aside as
    select
        source, entity, path, load_seq, line_number, reason, raw_text,
        case
            when is_mended then 'mended'
            when replayed_path is not null then 'refused again'
            when (load_seq, line_number) in (from waiting) then 'waiting'
            else 'open'
        end as state
    from staging.quarantine
"""
GROUPS = f"""
    select
        source, entity, reason,
        count(*) filter (state = 'open'),
        count(*) filter (state = 'waiting'),
        count(*) filter (state = 'mended'),
        count(distinct path),
        coalesce(
            min(path || ':' || line_number) filter (state = 'open'),
            min(path || ':' || line_number)
        )
    from aside
    where {CHOSEN}
    group by all
    order by 4 desc, source, entity, reason
"""
ROWS = f"""
    select source, entity, path, load_seq, line_number, reason, raw_text
    from aside
    where state = 'open' and {CHOSEN}
    order by path, load_seq, line_number nulls last, reason
"""
NAMED = """
    select source, entity, path, load_seq, line_number, reason, raw_text
    from aside
    where (load_seq, line_number) in (select unnest($loads), unnest($lines))
"""


def groups(settings: Settings, choice: Choice) -> list[Group]:
    """The rows set aside by source, entity and reason, the most open ones first.

    Raises:
        TesseraError: nothing was built yet, or a run has the database open.
    """
    with _opened(settings) as build:
        rows = build.execute(GROUPS, vars(choice)).fetchall()
    return [Group(*row) for row in rows]


def open_rows(settings: Settings, choice: Choice, limit: int = 0) -> list[Aside]:
    """The rows that nobody mended yet, by file and line (0: all of them).

    Raises:
        TesseraError: nothing was built yet, or a run has the database open.
    """
    query = f"{ROWS} limit {limit}" if limit else ROWS
    with _opened(settings) as build:
        return [Aside(*row) for row in build.execute(query, vars(choice)).fetchall()]


def rows_at(
    settings: Settings, places: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Aside]:
    """The rows at these places (load, line), whatever became of them since.

    Raises:
        TesseraError: nothing was built yet, or a run has the database open.
    """
    values = {
        "loads": [load for load, _ in places],
        "lines": [line for _, line in places],
    }
    with _opened(settings) as build:
        found = [Aside(*row) for row in build.execute(NAMED, values).fetchall()]
    return {(row.load_seq, int(row.line_number or 0)): row for row in found}


def declared_contract(settings: Settings) -> Contract:
    """The raw contract under which the tables were built."""
    query = """
        select source, entity, column_names, key_columns
        from staging.declared_columns
    """
    with _opened(settings) as build:
        return contract_of(build.execute(query).fetchall())


@contextmanager
def _opened(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build with the view `aside`; what waits is known beside the ledger."""
    with connect(settings.build_path, read_only=True) as build:
        try:
            taken = build.execute("select path from staging.landed_files").fetchall()
            waiting = [
                (row.load_seq, row.line_number)
                for replay in read_replays(settings)
                if (replay.path,) not in taken
                for row in replay.rows
            ]
            build.execute(
                "create temp table waiting as select unnest($loads::bigint[]) as load,"
                " unnest($lines::bigint[]) as line",
                {
                    "loads": [load for load, _ in waiting],
                    "lines": [line for _, line in waiting],
                },
            )
            build.execute(STATES)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise TesseraError(
                "the tables of the quarantine were not built yet",
                where=str(settings.build_path),
                given=str(error).splitlines()[0],
                remedy="Run `tessera run`: it builds them from what has landed",
            ) from error
        yield build
