"""Opens the tables of other databases that the var `attached` names, to be read only.

A connection may hold a secret, and a row a person: no error shows either.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connection import connect
from warehouse.contract import Place, attached_given
from warehouse.errors import PassingError, TesseraError, nearest
from warehouse.settings import PROJECT_DIR, Settings

# The databases that DuckDB attaches; its own needs no extension.
OWN_KIND = "duckdb"
FILE_KINDS = (OWN_KIND, "sqlite")
KINDS = (*FILE_KINDS, "postgres", "mysql")
KEYS = ("database", "database_env", "type", "table", "cursor", "lookback")
# What stands in a connection, and in no path of a file.
CONNECTS = re.compile(r"://|password\s*=|passwd\s*=", re.IGNORECASE)
# No schema of the other database should be called so.
ALIAS = '"the attached database"'


@dataclass(frozen=True)
class Table:
    """A table whose rows are those of an entity, and how to know which of them are new.

    The database is a file (`database`), or what an environment variable says
    (`database_env`): the name of the variable is told, what it says never.
    """

    place: Place
    kind: str
    database: str
    database_env: str
    path: tuple[str, ...]
    cursor: str
    lookback: int | None

    @property
    def name(self) -> str:
        """The table, as people write it."""
        return ".".join(self.path)

    @property
    def where(self) -> str:
        """Where the var speaks of it."""
        return _where("/".join(self.place))

    @property
    def sql(self) -> str:
        """The table, as SQL names it while its database is open."""
        return ".".join([ALIAS, *map(quoted, self.path)])


Columns = Mapping[str, str]


def attached_tables(
    variables: Mapping[str, object] | None = None, project_dir: Path = PROJECT_DIR
) -> list[Table]:
    """The tables that the var `attached` names, under the vars of a run.

    Raises:
        TesseraError: what it says of one cannot be meant.
    """
    given = attached_given(variables, project_dir)
    return [_table(place, told) for place, told in given.items()]


def tables_told(rows: Iterable[tuple[str, str]]) -> list[Table]:
    """The same from the rows of the model `attached_tables`."""
    return [_table(place, json.loads(told)) for place, told in rows]


@contextmanager
def opened(settings: Settings, table: Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which the table's database is attached, to be read only.

    Raises:
        TesseraError: the database cannot be reached, or the table not be read.
    """
    database = _database(settings, table)
    with connect() as connection:
        try:
            connection.execute(
                f"attach {text(database)} as {ALIAS} (type {table.kind}, read_only)"
            )
        except duckdb.Error as error:
            # Without its cause: that one may name the connection with its secret.
            raise _unreachable(table, error) from None
        try:
            yield connection
        except duckdb.Error as error:
            raise PassingError(
                "the news of this attached table cannot be read or written",
                where=table.where,
                given=f"`{table.name}`: {type(error).__name__}",
                remedy="Select all of it with the database's own client, and see that"
                " the disk has room; the message is left out here, since it may show a"
                " person's row",
            ) from None


def columns_of(connection: duckdb.DuckDBPyConnection, table: Table) -> Columns:
    """The columns of an opened table with their types, in their order.

    Raises:
        TesseraError: there is no such table, or no such column as the cursor.
    """
    try:
        rows = connection.execute(f"describe {table.sql}").fetchall()
    except duckdb.CatalogException:
        known = _tables(connection)
        if table.name in known or f"main.{table.name}" in known:
            raise TesseraError(
                "this attached view cannot be read from outside its database",
                where=table.where,
                given=f"`{table.name}`",
                remedy="Let it name its tables with their schema, and see that they"
                " are there",
            ) from None
        raise TesseraError(
            "the attached database has no such table",
            where=table.where,
            given=f"`{table.name}`",
            allowed=known[:50] or "none: it has no table",
            remedy=nearest(table.name, known),
        ) from None
    columns = {str(row[0]): str(row[1]) for row in rows}
    _check_cursor(table, columns)
    return columns


def cursor_of(table: Table, columns: Columns) -> tuple[str, str]:
    """The cursor as the table spells it, and its type."""
    [found] = [name for name in columns if name.lower() == table.cursor.lower()]
    return found, columns[found]


def is_moment(kind: str) -> bool:
    """Whether a type is one of moments."""
    return kind.startswith(("DATE", "TIMESTAMP"))


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def _check_cursor(table: Table, columns: Columns) -> None:
    if not table.cursor:
        return
    if table.cursor.lower() not in [name.lower() for name in columns]:
        raise TesseraError(
            "the attached table has no such column for a cursor",
            where=table.where,
            given=f"`{table.cursor}`",
            allowed=list(columns),
            remedy=nearest(table.cursor, columns),
        )
    _, kind = cursor_of(table, columns)
    whole = kind.endswith("INT") or kind == "INTEGER" or kind == "UINTEGER"
    if is_moment(kind) or (whole and "HUGE" not in kind):
        return
    raise TesseraError(
        "a column of this type is no cursor: its order may not be that of arrival",
        where=table.where,
        given=f"`{table.cursor}` of the type {kind.split('(')[0]}",
        allowed="a whole number of 64 bits, a date or a timestamp",
        remedy="Name a view that types it, or leave `cursor` out: then the whole table"
        " is read whenever it has changed",
    )


def _table(name: str, told: object) -> Table:
    """One entry of the var; `name` is the entity."""
    said = {str(k): v for k, v in told.items()} if isinstance(told, Mapping) else {}
    unknown = [key for key in said if key not in KEYS]
    if unknown or not said:
        raise TesseraError(
            "this does not say where a table is",
            where=_where(name),
            given=f"`{unknown[0]}`" if unknown else type(told).__name__,
            allowed=KEYS,
            remedy=nearest(unknown[0], KEYS) if unknown else None,
        )
    kind = str(said.get("type", OWN_KIND)).lower()
    if kind not in KINDS:
        raise TesseraError(
            "there is no such type of database",
            where=_where(name),
            given=f"`{kind}`",
            allowed=KINDS,
            remedy=nearest(kind, KINDS),
        )
    _check_database(name, kind, said)
    source, _, entity = name.partition("/")
    return Table(
        place=(source, entity),
        kind=kind,
        database=str(said.get("database", "")),
        database_env=str(said.get("database_env", "")),
        path=_path(name, said.get("table")),
        cursor=str(said.get("cursor") or ""),
        lookback=_lookback(name, said.get("lookback")),
    )


def _check_database(name: str, kind: str, said: Mapping[str, object]) -> None:
    if CONNECTS.search(str(said.get("database", ""))):
        raise TesseraError(
            "this is no path of a file, and may hold a secret",
            where=f"{_where(name)}, `database`",
            given="what is not shown",
            allowed="the path of a file of DuckDB or SQLite",
            remedy="Say it in an environment variable, name that one in `database_env`,"
            " and its kind in `type`",
        )
    if ("database" in said) is not ("database_env" in said) and (
        kind in FILE_KINDS or "database_env" in said
    ):
        return
    a_file = "`database` with the path of a file, or " if kind in FILE_KINDS else ""
    raise TesseraError(
        "this does not say in one way which database to attach",
        where=_where(name),
        given=", ".join(f"`{key}`" for key in said),
        allowed=f"{a_file}`database_env` with the name of an environment variable that"
        " says how to connect: so no secret stands in a file",
    )


def _path(name: str, said: object) -> tuple[str, ...]:
    parts = tuple(said.split(".")) if isinstance(said, str) else ()
    if not all(parts) or len(parts) not in (1, 2):
        raise TesseraError(
            "this names no table",
            where=f"{_where(name)}, `table`",
            given=f"`{said}`" if said is not None else "nothing",
            allowed="`table`, or `schema.table`",
            remedy="A table with another name is read through a view",
        )
    return parts


def _lookback(name: str, said: object) -> int | None:
    if said is None or (type(said) is int and said >= 0):
        return said
    raise TesseraError(
        "this is no span to look back",
        where=f"{_where(name)}, `lookback`",
        given=f"`{said}`",
        allowed="a whole number from 0: days of a date or timestamp, else steps",
    )


def _where(name: str) -> str:
    return f"dbt_project.yml, var `attached`, {name}"


def _database(settings: Settings, table: Table) -> str:
    """What is to be attached; the path of a file begins at the project's folder."""
    said = table.database or os.environ.get(table.database_env, "")
    if not said:
        raise TesseraError(
            "this environment variable says nothing of a database",
            where=table.where,
            given=f"`{table.database_env}`",
            remedy="Set it for every process that runs Tessera",
        )
    if table.kind not in FILE_KINDS:
        return said
    path = settings.project_dir / Path(said).expanduser()
    if not path.is_file():
        raise TesseraError(
            "there is no such database file",
            where=table.where,
            given=_shown(table),
            remedy="A path is absolute, or begins at the project's folder",
        )
    return str(path)


def _shown(table: Table) -> str:
    """The database in a message: a path, or the name of a variable."""
    if table.database:
        return f"`{table.database}`"
    return f"what `{table.database_env}` says, which is not shown"


def _unreachable(table: Table, error: duckdb.Error) -> TesseraError:
    """The refusal to attach, in DuckDB's words where these can name a path only."""
    said = str(error).partition("\n")[0]
    if "Extension" in said and "not found" in said:
        return TesseraError(
            f"DuckDB's extension for {table.kind} is not installed",
            where=table.where,
            remedy='Once, on this machine, with a network: python -c "import duckdb;'
            f" duckdb.execute('install {table.kind}')\"",
        )
    reason = said if table.database else type(error).__name__
    return PassingError(
        "the attached database cannot be opened",
        where=table.where,
        given=f"{_shown(table)}: {reason}",
        remedy="See that it is there and may be read, and that no other process has a"
        " DuckDB file open for writing",
    )


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables and views of the opened database."""
    alias = text(ALIAS.strip('"'))
    rows = connection.execute(
        f"""
        select schema_name || '.' || table_name from duckdb_tables()
        where database_name = {alias}
        union all
        select schema_name || '.' || view_name from duckdb_views()
        where database_name = {alias} and not internal
        order by all
        """
    ).fetchall()
    return [str(row[0]) for row in rows]
