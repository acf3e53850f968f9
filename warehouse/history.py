"""What runs did: rows of `ops.run_history` and `ops.gate_results` in the build.

dbt makes the same tables, empty, from the sources' YAML where no run ever wrote them.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.flow import Flow
from warehouse.folders import make_folder
from warehouse.memory import forget_peak, peak_mb
from warehouse.progress import Progress, State, tell
from warehouse.settings import Settings
from warehouse.stopping import stopped_by

TABLES = {
    "run_history": (
        "run_id varchar, step varchar, started_at timestamp, finished_at timestamp,"
        " seconds double, state varchar, row_count bigint, memory_mb bigint,"
        " detail varchar, rows_in bigint, rows_out bigint, rows_set_aside bigint"
    ),
    "gate_results": (
        "run_id varchar, gate varchar, entry varchar, state varchar,"
        " observed varchar, allowed varchar, message varchar"
    ),
}


@dataclass
class StepNote:
    """What a step may say about itself, as `ops.run_history` has it.

    Where all three are told, `rows_in` is `rows_out` and `rows_set_aside` together.
    What has no meaning for a step stays None.
    """

    row_count: int | None = None
    detail: str | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    rows_set_aside: int | None = None

    def tell_rows(self, flow: Flow) -> None:
        """Say what the step was given, what it gave on, and what it set aside."""
        self.rows_in, self.rows_out, self.rows_set_aside = flow


@contextmanager
def recorded_step(settings: Settings, run_id: str, step: str) -> Iterator[StepNote]:
    """Write one row of run_history when the step ends, however it ends."""
    note = StepNote()
    state: State = "failed"
    tell(Progress(step, "started"))
    started_at, clock = datetime.now(UTC), time.monotonic()
    # What a former step took at its highest is not this one's.
    is_forgotten = forget_peak()
    try:
        yield note
        state = "succeeded"
    except BaseException as error:
        if by := stopped_by():
            note.detail = f"Stopped by {by.name}."
        elif isinstance(error, TesseraError):
            note.detail = str(error)
        raise
    finally:
        row = {
            "run_id": run_id,
            "step": step,
            "started_at": started_at.replace(tzinfo=None),
            "finished_at": datetime.now(UTC).replace(tzinfo=None),
            "seconds": round(time.monotonic() - clock, 3),
            "state": state,
            "memory_mb": peak_mb() if is_forgotten else None,
            **asdict(note),
        }
        _insert(settings, "run_history", [row])
        tell(Progress(step, state))


def record_gates(
    settings: Settings, run_id: str, results: Sequence[Mapping[str, Any]]
) -> None:
    """Add the results of a run's gates; other keys than the table's are left out."""
    _insert(settings, "gate_results", [{**row, "run_id": run_id} for row in results])


def run_steps(settings: Settings, run_id: str) -> list[dict[str, Any]]:
    """The steps of one run in their order, as rows of run_history."""
    return _read(settings, "run_history", run_id, "started_at, step")


def run_gates(settings: Settings, run_id: str) -> list[dict[str, Any]]:
    """The gate results of one run."""
    return _read(settings, "gate_results", run_id, "gate, entry")


def _insert(settings: Settings, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    names = [column.split()[0] for column in TABLES[table].split(",")]
    places = ", ".join("?" for _ in names)
    make_folder(settings.build_dir)
    with connect(settings.build_path) as connection:
        connection.execute("create schema if not exists ops")
        connection.execute(f"create table if not exists ops.{table} ({TABLES[table]})")
        known = connection.table(f"ops.{table}").columns
        for column in TABLES[table].split(","):
            # An older version's table may lack it.
            if column.split()[0] not in known:
                connection.execute(f"alter table ops.{table} add column {column}")
        for row in rows:
            values = [row.get(name) for name in names]
            connection.execute(
                f"insert into ops.{table} ({', '.join(names)}) values ({places})",
                values,
            )


def _read(
    settings: Settings, table: str, run_id: str, order: str
) -> list[dict[str, Any]]:
    with connect(settings.build_path, read_only=True) as connection:
        cursor = connection.execute(
            f"select * from ops.{table} where run_id = ? order by {order}", [run_id]
        )
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
