"""What a gate may look at while it writes its rules: the database and the profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from expectations.engine.former import Former
from warehouse.errors import TesseraError

if TYPE_CHECKING:
    import duckdb

    from expectations.engine.profiles import Profile


@dataclass(frozen=True)
class Shop:
    """The build database, open for reading, and what is expected of this data.

    `former` is the last publication, attached beside it.
    """

    connection: duckdb.DuckDBPyConnection
    profile: Profile
    former: Former = field(default_factory=Former)

    def columns(self, table: str, *types: str) -> list[str]:
        """The columns of `schema.table`, of these DuckDB types where any are given.

        Raises:
            TesseraError: the table does not exist.
        """
        described = self.connection.cursor().execute(
            "select column_name, data_type from information_schema.columns"
            " where table_catalog = current_database()"
            " and table_schema || '.' || table_name = ? order by ordinal_position",
            [table],
        )
        found = described.fetchall()
        if not found:
            raise missing_table(table)
        return [name for name, kind in found if not types or kind in types]

    def has(self, table: str) -> bool:
        """Whether `schema.table` exists."""
        sql = (
            "select count(*) from information_schema.tables"
            " where table_catalog = current_database()"
            " and table_schema || '.' || table_name = ?"
        )
        return bool(self.value(sql, [table]))

    def tables(self, schema: str) -> list[str]:
        """The names of the tables and views of a schema, in order."""
        return [
            name
            for (name,) in self.rows(
                "select table_name from information_schema.tables"
                " where table_catalog = current_database() and table_schema = ?"
                " order by table_name",
                [schema],
            )
        ]

    def rows(
        self, sql: str, parameters: list[Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.connection.cursor().execute(sql, parameters or []).fetchall()

    def value(self, sql: str, parameters: list[Any] | None = None) -> Any:
        """The first value of the first row; None where there is no row."""
        row = self.connection.cursor().execute(sql, parameters or []).fetchone()
        return row[0] if row else None


def silent(source: str, entity: str) -> str:
    """SQL: that this source told of nothing people do, or null."""
    return f"""
        select case when coalesce(sum(accepted_count), 0) = 0
            then 'no line of {source}/{entity} was accepted' end
        from staging.file_reconciliation
        where source = '{source}' and entity = '{entity}'
    """


def missing_table(table: str) -> TesseraError:
    """The table that a rule is about is not there: the run before it broke off."""
    return TesseraError(
        "the build database has no such table",
        where=table,
        remedy="Run `tessera run`; it builds every table before the gates",
    )
