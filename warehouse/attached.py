"""What is new in an attached table lands as one sealed Parquet file, like any export.

Nothing is noted anywhere: what was taken before is known from the files themselves, so
neither a crash nor a lost note can lose a row or take it twice.
"""

import fcntl
import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import duckdb

from warehouse.attaching import (
    Columns,
    Table,
    columns_of,
    cursor_of,
    is_moment,
    opened,
    quoted,
    text,
)
from warehouse.contract import whole_contract
from warehouse.erasure.arrival import arrivals
from warehouse.erasure.needles import Needles
from warehouse.erasure.removal import put_in_place, write_without
from warehouse.folders import make_folder
from warehouse.formats import Form
from warehouse.landing import OPEN_SUFFIX
from warehouse.ledger import refuse_lost
from warehouse.sampling import Row, plain_rows
from warehouse.settings import Settings

# Types that Parquet does not give back as they were: they are written as text, and what
# holds one of them as JSON.
CHANGED = re.compile(
    r"HUGEINT|BIGNUM|INTERVAL|TIME WITH TIME ZONE|UNION|VARIANT|GEOMETRY"
)
NESTED = re.compile(r"^(STRUCT|MAP|UNION|VARIANT)|\]$")
# So many days before the newest moment rows are looked for that were committed late.
LOOKBACK_DAYS = 1
# A moment so long after its row was read is a wrong clock, and no mark: it would hide
# all that comes.
TOLERATED = timedelta(days=1)
# What a file says of itself: when the table was read.
READ_AT = "read_at"
# No column is called so.
ROW = '"row of a table"'
FILE = "file of a row"


def bring_in(settings: Settings, tables: Iterable[Table]) -> list[Path]:
    """Land what is new in each table; give back the files that this made.

    Raises:
        TesseraError: a database cannot be reached, a table not be read, or a file that
            tells what was taken before is gone.
    """
    refuse_lost(settings)
    brought = (_bring_in(settings, table) for table in tables)
    return [path for path in brought if path]


class Look(NamedTuple):
    """What a look at an attached table shows, before anything of it is taken."""

    columns: list[str]
    row_count: int
    unplaced_count: int
    """Rows without a value of the cursor: each run reads all of these again."""
    first: list[Row]
    last: list[Row]


def look_into(settings: Settings, table: Table, limit: int) -> Look:
    """Look at some rows of a table: any, and those that its cursor puts last.

    Raises:
        TesseraError: the database cannot be reached, or the table not be read.
    """
    with opened(settings, table) as connection:
        columns = columns_of(connection, table)
        query = f"select {_projection(columns)} from {table.sql}"
        placed = quoted(table.cursor) if table.cursor else "*"
        [(rows, unplaced)] = connection.execute(
            f"select count(*), count(*) - count({placed}) from {table.sql}"
        ).fetchall()
        first = _rows(connection, f"{query} limit {limit}")
        last = first
        if table.cursor:
            newest = f"order by {quoted(table.cursor)} desc nulls last limit {limit}"
            last = _rows(connection, f"{query} {newest}")
    return Look(list(columns), rows, unplaced, first, last)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """The rows as those of a Parquet file would come."""
    return plain_rows(connection.sql(query).to_arrow_table())


def _bring_in(settings: Settings, table: Table) -> Path | None:
    folder = make_folder(settings.raw_dir.joinpath(*table.place))
    with _claimed(folder), opened(settings, table) as connection:
        columns = columns_of(connection, table)
        stem = _stem(table, columns)
        growing = folder / f"{stem}.parquet{OPEN_SUFFIX}"
        # What a crash left there.
        growing.unlink(missing_ok=True)
        taken = sorted(folder.glob(f"{stem}-*.parquet"))
        read_at = datetime.now(UTC)
        news = _news(connection, table, columns, taken)
        if news is None:
            return None
        count = _written(connection, news, growing, read_at)
        erased = _without_erased(settings, table, growing)
        count -= erased
        if erased and not table.cursor and taken:
            # The table is what was taken of it, but for whom was erased from that.
            landed = f"from {_files([growing])}"
            count *= not _is_same(connection, landed, taken[-1])
        number = int(taken[-1].stem.rpartition("-")[2]) + 1 if taken else 1
        return _sealed(growing, folder / f"{stem}-{number:06}.parquet", count)


def _news(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Columns,
    taken: Sequence[Path],
) -> str | None:
    """The query of the rows to land; none where it is known that there are none."""
    everything = f"select {_projection(columns)} from {table.sql}"
    if table.cursor:
        cursor, kind = cursor_of(table, columns)
        if taken:
            floor = _floor(connection, table, cursor, kind, taken)
            due = _due(cursor, kind, floor)
            return _not_yet_taken(connection, everything, taken, cursor, due)
        # In order, so that a later run need not read all of this file again.
        return f"{everything} order by {quoted(cursor)} nulls first"
    if taken and _is_same(connection, everything, taken[-1]):
        return None
    return everything


def _floor(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    cursor: str,
    kind: str,
    taken: Sequence[Path],
) -> str | None:
    """From where on the table is read again; none where all of it has to be."""
    name = quoted(cursor)
    if is_moment(kind):
        days = LOOKBACK_DAYS if table.lookback is None else table.lookback
        mark, rows = f"max(mark) - to_days({days})", _marks(name, taken)
    else:
        # So wide that no step back is refused.
        mark, rows = f"max({name})::hugeint - {table.lookback or 0}", _files(taken)
    query = f"select try_cast({mark} as {kind})::varchar from {rows}"
    [(floor,)] = connection.execute(query).fetchall()
    return None if floor is None else str(floor)


def _marks(name: str, taken: Sequence[Path]) -> str:
    """Up to which moment each row shows that the table was read.

    No row is judged by the clock of today: a moment that was ahead would become a mark
    as soon as its day comes near, and hide what came between. A row cannot show more
    than the moment at which it was read. A file that does not say when it was shows
    nothing.
    """
    at, tolerated = f"{name}::timestamp", f"to_days({TOLERATED.days})"
    return f"""(
        select least({at}, told.read_at) as mark
        from {_files(taken, f"filename = {text(FILE)}")} as landed
        inner join (
            select file_name, decode(value)::timestamp as read_at
            from parquet_kv_metadata({_listed(taken)})
            where decode(key) = {text(READ_AT)}
        ) as told on landed.{quoted(FILE)} = told.file_name
        where {at} <= told.read_at + {tolerated}
    )"""


def _due(cursor: str, kind: str, floor: str | None) -> str:
    """The condition of a row that may be new: one without a place in the order, too."""
    if floor is None:
        return "true"
    name = quoted(cursor)
    due = f"{name} >= {text(floor)}::{kind} or {name} is null"
    return f"{due} or {name} = '-infinity'" if is_moment(kind) else due


def _not_yet_taken(
    connection: duckdb.DuckDBPyConnection,
    everything: str,
    taken: Sequence[Path],
    cursor: str,
    due: str,
) -> str:
    """The rows that are due, less those of the same content that were taken before."""
    columns = _columns(connection, everything)
    named = f"filename = {text(FILE)}"
    shown = f"{quoted(cursor)} as place, {quoted(FILE)} as path"
    before = "\nunion all\n".join(
        f"select {_content(columns, known)} as content, {shown}"
        f" from {_files(paths, named)} where {due}"
        for known, paths in _alike(connection, taken)
    )
    # Within one day a row may change and change back: what it says now was taken, but
    # is not what was taken last. A row of that day that is gone tells that this may be
    # so, and what was taken before it is taken once more. Moments are finer than runs.
    changed_back = (
        "before.newest < gone.newest" if columns[cursor] == "DATE" else "false"
    )
    return f"""
        with before as (
            select content, place, count(*) as copies, max(path) as newest
            from ({before}) group by all
        ),
        due as (
            select {ROW} as told, {_content(columns, columns)} as content
            from ({everything} where {due}) as {ROW}
        ),
        numbered as (
            select *, row_number() over (partition by content) as copy_number from due
        ),
        gone as (
            select place, max(newest) as newest from before
            where content not in (select content from due) group by all
        )
        select told.*
        from numbered
        left join before using (content)
        left join gone on before.place = gone.place
        where numbered.copy_number > coalesce(before.copies, 0) or {changed_back}
        order by told.{quoted(cursor)} nulls first
    """


def _is_same(
    connection: duckdb.DuckDBPyConnection, everything: str, last: Path
) -> bool:
    """Whether the whole table is, in any order, what was taken the last time."""
    columns, known = (
        _columns(connection, rows) for rows in (everything, f"from {_files([last])}")
    )
    if _lowered(columns) != _lowered(known):
        return False
    now, before = (
        connection.execute(
            f"select count(*), sum(hash({_content(columns, theirs)})) from ({rows})"
        ).fetchall()
        for rows, theirs in ((everything, columns), (f"from {_files([last])}", known))
    )
    return now == before


def _content(columns: Columns, known: Columns) -> str:
    """A row as one text, in the columns of the table, to compare.

    Each value is its own text: so a column may change its type, and what it says stays
    the same where it is spelled the same.
    """
    kinds = {name.lower(): kind for name, kind in known.items()}
    cells = (
        _as_text(quoted(name), kinds[name.lower()]) if name.lower() in kinds else "null"
        for name in columns
    )
    return f"to_json([{', '.join(cells)}]::varchar[])::varchar"


def _as_text(name: str, kind: str) -> str:
    return f"to_json({name})::varchar" if NESTED.search(kind) else f"{name}::varchar"


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> Columns:
    rows = connection.execute(f"describe {query}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def _alike(
    connection: duckdb.DuckDBPyConnection, taken: Sequence[Path]
) -> list[tuple[Columns, list[Path]]]:
    """The files by their columns: those of other types cannot be read at once."""
    rows = connection.execute(
        f"""
        with shapes as (
            select
                file_name,
                list(
                    [name, type, duckdb_type, logical_type, num_children::varchar]
                    order by column_id
                ) as shape
            from parquet_schema({_listed(taken)}) group by all
        )
        select list(file_name order by file_name) from shapes
        group by shape order by all
        """
    ).fetchall()
    groups = [[Path(name) for name in names] for (names,) in rows]
    return [(_columns(connection, f"from {_files(paths)}"), paths) for paths in groups]


def _lowered(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _files(taken: Sequence[Path], *options: str) -> str:
    told = ", ".join(
        [_listed(taken), "union_by_name = true", "hive_partitioning = false", *options]
    )
    return f"read_parquet({told})"


def _listed(taken: Sequence[Path]) -> str:
    return f"[{', '.join(text(glob.escape(str(path))) for path in taken)}]"


def _projection(columns: Columns) -> str:
    """The table's columns, each as Parquet gives it back unchanged."""
    return ", ".join(
        f"{_carried(quoted(name), kind)} as {quoted(name)}"
        for name, kind in columns.items()
    )


def _carried(name: str, kind: str) -> str:
    if not CHANGED.search(kind):
        return name
    return f"to_json({name})" if NESTED.search(kind) else f"{name}::varchar"


def _stem(table: Table, columns: Columns) -> str:
    """Names the table, and what its rows are ordered by: with another one, all is read
    anew, since what was taken of it says nothing of this one."""
    spelled = [table.kind, table.database, table.database_env, table.name]
    if table.cursor:
        spelled += cursor_of(table, columns)
    digest = sha256("\n".join(spelled).encode()).hexdigest()[:8]
    return f"attached-{re.sub(r'[^A-Za-z0-9_]+', '-', table.name)}-{digest}"


def _without_erased(settings: Settings, table: Table, growing: Path) -> int:
    """Take rows of erased people out before they land: how many.

    Their database may keep them, and each run would land them again.
    """
    keeper = arrivals(settings, whole_contract(project_dir=settings.project_dir))
    hits = keeper.hits(growing, Form.PARQUET, table.place)
    if hits:
        put_in_place(write_without(growing, Form.PARQUET, hits, Needles(())), growing)
    return hits.record_count


def _written(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, read_at: datetime
) -> int:
    """How many rows were written."""
    # Whole seconds: no type of moment would round them up.
    said = read_at.replace(tzinfo=None).isoformat(timespec="seconds")
    copied = (
        f"copy ({query}) to {text(str(path))} (format parquet, compression zstd,"
        f" kv_metadata {{{READ_AT}: {text(said)}}})"
    )
    [(count,)] = connection.execute(copied).fetchall()
    return int(count)


def _sealed(growing: Path, path: Path, count: int) -> Path | None:
    """Give the file its name once all of it is on disk; a file of nothing goes."""
    if not count:
        growing.unlink()
        return None
    with growing.open("rb") as file:
        os.fsync(file.fileno())
    growing.rename(path)
    return path


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """The folder, held against another process that would land the same rows."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
