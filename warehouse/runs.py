"""What the last runs did, and what the gates of the last one said, to show a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb

Result = Literal["published", "failed", "stopped by gates", "broken off"]
# The steps of gates, and how they tell that one failed.
GATES, FAILED = "gates_", " failed"
# A step that was killed left no row: what follows the last one is where it ended.
RUNS = """
    select
        run_id,
        min(started_at) as started_at,
        epoch(max(finished_at)) - epoch(min(started_at)) as seconds,
        bool_or(step = 'publish' and state = 'succeeded') as is_published,
        max_by(step, (started_at, step)) as last_step,
        max_by(detail, (started_at, step)) as last_detail,
        -- One that was tried again is a row for each time.
        max_by(state, (started_at, step)) = 'failed' as has_failed,
        max_by(detail, (started_at, step)) filter (state = 'failed') as reason
    from {history}
    group by run_id
    order by started_at desc
    limit {limit}
"""
STOPPED = """
    select run_id, list(gate || ':' || entry order by gate, entry)
    from {gates} where state = 'failed' group by run_id
"""
LAST_GATES = """
    select run_id, gate, entry, state, observed, allowed, message
    from {gates} where run_id = $run order by gate, entry
"""


@dataclass(frozen=True)
class Ran:
    """One run: `seconds` from its first step to its last, and what came of it."""

    run_id: str
    started_at: datetime
    seconds: float
    result: Result
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What one entry of a gate said in the run `run_id`; holds no personal data."""

    run_id: str
    gate: str
    entry: str
    state: str
    observed: str
    allowed: str
    message: str

    @property
    def name(self) -> str:
        """As `--accept` takes it."""
        return f"{self.gate}:{self.entry}"


def last_runs(
    tables: duckdb.DuckDBPyConnection, history: str, gates: str, limit: int
) -> list[Ran]:
    """The newest runs of a table `history` first; a table that is missing is empty."""
    if not _has(tables, history):
        return []
    stopped: dict[str, list[str]] = {}
    if _has(tables, gates):
        stopped = dict(tables.execute(STOPPED.format(gates=gates)).fetchall())
    rows = tables.execute(RUNS.format(history=history, limit=limit)).fetchall()
    return [_ran(row, stopped.get(row[0], [])) for row in rows]


def last_verdicts(
    tables: duckdb.DuckDBPyConnection, gates: str, runs: Sequence[Ran]
) -> list[Verdict]:
    """What the gates said in the newest of these runs that came to any."""
    if not _has(tables, gates):
        return []
    for run in runs:
        query = LAST_GATES.format(gates=gates)
        rows = tables.execute(query, {"run": run.run_id}).fetchall()
        if rows:
            return [Verdict(*row) for row in rows]
    return []


def verdicts(rows: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """The same, as the manifest of a publication has them."""
    names = Verdict.__dataclass_fields__
    return [Verdict(**{name: str(row.get(name, "")) for name in names}) for row in rows]


def _ran(row: tuple[Any, ...], stopped: Sequence[str]) -> Ran:
    run_id, started_at, seconds, is_published, last, detail, has_failed, reason = row
    result: Result = "broken off"
    told = f"after {last}"
    if is_published:
        result, told = "published", ""
    elif has_failed:
        result, told = "failed", f"{last}: {reason or 'a fault of the program'}"
    elif stopped:
        result, told = "stopped by gates", ", ".join(stopped)
    elif last.startswith(GATES) and FAILED in (detail or ""):
        # A publication has no results of other runs' gates, but what they add up to.
        result, told = "stopped by gates", detail
    return Ran(run_id, started_at, seconds, result, told)


def _has(tables: duckdb.DuckDBPyConnection, table: str) -> bool:
    schema, _, name = table.rpartition(".")
    found = tables.execute(
        "select 1 from duckdb_tables() where database_name = current_database()"
        " and schema_name = $schema and table_name = $name",
        {"schema": schema or "main", "name": name},
    )
    return bool(found.fetchall())
