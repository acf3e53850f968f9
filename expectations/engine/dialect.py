"""Lets Great Expectations read DuckDB: every cursor keeps its rows after the close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, DateTime, Float, Integer, String, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.pool import NullPool, Pool

if TYPE_CHECKING:
    import duckdb
    from sqlalchemy.engine import URL, Connection
    from sqlalchemy.engine.interfaces import ReflectedColumn

# Not the file's path: a path may hold characters that a URL or Great Expectations'
# `$` substitution would read otherwise, and would stand in the Data Docs.
CONNECTION_STRING = "duckdb+buffered:///build"

COLUMNS = text(
    "select column_name, data_type from information_schema.columns"
    " where table_schema = :schema_name and table_name = :table_name"
    " order by ordinal_position"
)
TYPES: dict[str, type[Any]] = {
    "BIGINT": BigInteger,
    "BOOLEAN": Boolean,
    "DOUBLE": Float,
    "INTEGER": Integer,
    "TIMESTAMP": DateTime,
}

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


class BufferedConnection:
    """A connection as SQLAlchemy knows it; each statement gets a cursor of its own."""

    def __init__(self, source: duckdb.DuckDBPyConnection) -> None:
        """Wrap one duckdb connection, which is only read."""
        self._source = source

    def cursor(self) -> BufferedCursor:
        """A cursor that keeps its rows."""
        return BufferedCursor(self._source, self)

    def commit(self) -> None:
        """Nothing to keep: gates only read."""

    def rollback(self) -> None:
        """Nothing to undo."""

    def close(self) -> None:
        """Give the handle back."""
        self._source.close()


class Driver:
    """What SQLAlchemy asks of a database module (PEP 249)."""

    paramstyle = "numeric_dollar"
    Error = Exception


class BufferedDialect(PGDialect):
    """DuckDB speaks PostgreSQL well enough for the SQL of expectations."""

    name = "duckdb"
    driver = "buffered"
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """No module is needed: connections come from `reading`."""
        return Driver

    def connect(self, *_: Any, **__: Any) -> Any:
        """Another handle on the served connection; no file is opened here."""
        return BufferedConnection(_source.get().cursor())

    def initialize(self, connection: Connection) -> None:
        """Ask the database nothing: it has no PostgreSQL settings to tell."""
        vars(self).update(server_version_info=(16, 0), default_schema_name="main")

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """No pool: a pooled connection would keep the file locked after the gate."""
        return NullPool

    def get_columns(
        self,
        connection: Connection,
        table_name: str,
        schema: str | None = None,
        **_: Any,
    ) -> list[ReflectedColumn]:
        """Names and types of the columns, in order."""
        found = connection.execute(
            COLUMNS, {"schema_name": schema or "main", "table_name": table_name}
        )
        return [
            {
                "name": name,
                "type": TYPES.get(kind, String)(),
                "nullable": True,
                "default": None,
            }
            for name, kind in found
        ]


registry.register("duckdb.buffered", __name__, "BufferedDialect")
