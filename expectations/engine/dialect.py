"""Lets Great Expectations read DuckDB: every cursor keeps its rows after the close."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import duckdb
from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.url import URL
from sqlalchemy.pool import NullPool, Pool

# Not the file's path: a path may hold characters that a URL or Great Expectations'
# `$` substitution would read otherwise, and would stand in the Data Docs.
CONNECTION_STRING = "duckdb+buffered:///build"

_source: ContextVar[duckdb.DuckDBPyConnection] = ContextVar("gate_source")


@contextmanager
def reading(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Serve `connection` to SQLAlchemy inside the block; yields the URL to open."""
    token = _source.set(connection)
    try:
        yield CONNECTION_STRING
    finally:
        _source.reset(token)


class BufferedCursor:
    """A cursor that owns its rows: duckdb's own share one result a connection."""

    arraysize = 1

    def __init__(self, source: duckdb.DuckDBPyConnection, owner: Any) -> None:
        """Read through `source`; `owner` is the connection SQLAlchemy knows."""
        self.connection = owner
        self.description: Any = None
        self.rowcount = -1
        self._source = source
        self._rows: list[Any] = []

    def execute(
        self, statement: str, parameters: Sequence[Any] | None = None, _: Any = None
    ) -> None:
        """Run one statement and fetch all of its rows at once."""
        self._source.execute(statement, *([parameters] if parameters else []))
        self.description = self._source.description
        self._rows = self._source.fetchall() if self.description else []

    def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next `size` rows (one where no size is given)."""
        count = size or self.arraysize
        taken, self._rows = self._rows[:count], self._rows[count:]
        return taken

    def fetchall(self) -> list[Any]:
        """Every row that is left."""
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        """Keep the rows: Great Expectations reads them after it closed."""


class BufferedConnection(ConnectionWrapper):
    """duckdb-engine's connection, with cursors that keep their rows."""

    def __init__(self, source: duckdb.DuckDBPyConnection) -> None:
        """Wrap one duckdb connection."""
        super().__init__(source)
        self._reading = source

    def cursor(self) -> Any:
        """A cursor of its own for each statement."""
        return BufferedCursor(self._reading, self)


class BufferedDialect(Dialect):
    """duckdb-engine's dialect on the connection that `reading` serves."""

    driver = "buffered"
    supports_statement_cache = False

    def connect(self, *_: Any, **__: Any) -> Any:
        """Another handle on the served connection; no file is opened here."""
        return BufferedConnection(_source.get().cursor())

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """No pool: a pooled connection would keep the file locked after the gate."""
        return NullPool


registry.register("duckdb.buffered", __name__, "BufferedDialect")
