"""Dagster's event log in SQLite, on connections that stay open.

Dagster opens its database anew for each of the hundreds of events of a run: it builds
its statements again each time, asks which tables and columns there are, and waits for
the disk at each end. The tables, the files and all else are Dagster's own.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

# Runs whose files stay open: a search through a hundred runs opens a hundred files.
MOST_RUNS_OPEN = 4


class KeptOpenEventLog(SqliteEventLogStorage):
    """`SqliteEventLogStorage` with one connection for each of the last databases used.

    A commit is written when it returns, and safe from a crash of the process; from a
    crash of the machine it is safe once SQLite has moved it into the database (its
    `synchronous` is NORMAL). Runs, results and gates are recorded elsewhere besides.
    """

    def __init__(
        self, base_dir: str, inst_data: ConfigurableClassData | None = None
    ) -> None:
        """Open the log in a folder, which is made where it is missing."""
        self._engines: dict[str, Engine] = {}
        self._turn = threading.RLock()
        # Tables and columns that were there; they stay until the log is wiped.
        self._found: set[tuple[str, str]] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "KeptOpenEventLog":
        """Open the log that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    @property
    def open_shards(self) -> list[str]:
        """The databases that are open: the index and the last runs."""
        return list(self._engines)

    @contextmanager
    def run_connection(self, run_id: str | None = None) -> Iterator[Connection]:
        """A transaction on the database of one run."""
        shard = str(run_id)
        with self._turn:
            with self._engine(shard).begin() as connection:
                yield connection
            self._show(shard)

    @contextmanager
    def index_connection(self) -> Iterator[Connection]:
        """A transaction on the database of all runs' assets and checks."""
        with self._turn, self._engine(INDEX_SHARD_NAME).begin() as connection:
            yield connection

    def delete_events(self, run_id: str) -> None:
        """Forget a run, and the file that Dagster would keep of it."""
        with self._turn:
            super().delete_events(run_id)
            self._close([shard for shard in self._engines if shard == run_id])
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path_for_shard(run_id)}{suffix}").unlink(missing_ok=True)

    def wipe(self) -> None:
        """Forget every event of every run."""
        with self._turn:
            self._close(list(self._engines))
            self._found.clear()
            super().wipe()

    def has_table(self, table_name: str) -> bool:
        """Whether the index has this table."""
        return self._is_found("table", table_name, super().has_table)

    def _has_asset_key_col_on_connection(self, conn: Connection, column: str) -> bool:
        asked = partial(super()._has_asset_key_col_on_connection, conn)
        return self._is_found("column", column, asked)

    def _is_found(self, kind: str, name: str, asked: Callable[[str], bool]) -> bool:
        if (kind, name) not in self._found and asked(name):
            self._found.add((kind, name))
        return (kind, name) in self._found

    def dispose(self) -> None:
        """Close what is open and stop watching."""
        with self._turn:
            self._close(list(self._engines))
        super().dispose()

    def _engine(self, shard: str) -> Engine:
        """The kept engine of a database; Dagster makes the database where it is new."""
        engine = self._engines.pop(shard, None)
        if engine is None:
            with self._connect(shard):
                pass
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={
                    "timeout": SQLITE_BUSY_TIMEOUT_SECONDS,
                    "check_same_thread": False,
                },
            )
            event.listen(engine, "connect", _sync_at_checkpoints)
        self._engines[shard] = engine
        runs = [known for known in self._engines if known != INDEX_SHARD_NAME]
        self._close(runs[:-MOST_RUNS_OPEN])
        return engine

    def _close(self, shards: list[str]) -> None:
        for shard in shards:
            self._engines.pop(shard).dispose()

    def _show(self, shard: str) -> None:
        """Tell those who watch a run's file (the UI) that it has changed.

        They watch the database alone; what is new stands in the log beside it.
        """
        os.utime(self.path_for_shard(shard))


def _sync_at_checkpoints(connection: Any, record: object) -> None:
    connection.execute("pragma synchronous = normal")
