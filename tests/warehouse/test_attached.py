"""What is new in an attached table lands once, whatever becomes of the run."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import warehouse.attached as attached
from warehouse.attached import bring_in
from warehouse.attaching import attached_tables
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.ledger import read_ledger, take_in
from warehouse.settings import Settings

PLACE = "shop/customers"
T1, T2, T3, T4 = (f"2025-03-0{day} 10:00:00" for day in (1, 2, 3, 4))
Said = dict[str, object]


class Source:
    """A database of somebody else's, and the var that names its table of people."""

    def __init__(self, settings: Settings, path: Path, said: Said) -> None:
        self.settings, self.path, self.said = settings, path, said
        self.held: list[duckdb.DuckDBPyConnection] = []
        self.run(
            "create table people (id integer, email varchar, synced timestamp)",
            f"insert into people values (1, 'ada@mail.example', '{T1}')",
            f"insert into people values (2, 'bo@mail.example', '{T2}')",
        )

    def run(self, *statements: str) -> None:
        """Change the database, as its owner would, and close it."""
        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)

    def ask(self, query: str) -> list[Any]:
        """What its database says."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query).fetchall()

    def add(self, number: int, synced: str | None, email: str = "x") -> None:
        """One more row."""
        moment = f"'{synced}'" if synced else "null"
        self.run(f"insert into people values ({number}, '{email}', {moment})")

    def bring(self, **said: object) -> list[Any]:
        """The ids of the rows that land now, in their order."""
        given = {PLACE: {**self.said, **said}}
        tables = attached_tables({"attached": given})
        return [one for path in bring_in(self.settings, tables) for one in ids(path)]

    def folder(self) -> Path:
        """Where its rows land."""
        return self.settings.raw_dir / PLACE


def ids(path: Path) -> list[Any]:
    """The first column of a Parquet file, in its order."""
    # Not by its name: the folder's may be a pattern for some readers.
    with path.open("rb") as file:
        return list(pq.read_table(file).column(0).to_pylist())


@pytest.fixture
def source(settings: Settings, tmp_path: Path) -> Source:
    """Two people, the second of whom was synced last; one a day."""
    path = tmp_path / "their 'shop'.duckdb"
    said: Said = {"database": str(path), "table": "people", "cursor": "synced"}
    return Source(settings, path, said)


def test_all_rows_land_once_and_then_the_new_ones(source: Source) -> None:
    assert source.bring() == [1, 2]
    assert source.bring() == []
    source.add(4, T4)
    source.add(3, T3)
    assert source.bring() == [3, 4]
    assert source.bring() == []
    names = sorted(path.name for path in source.folder().iterdir())
    assert len({name[:-15] for name in names}) == 1
    assert [name[-15:] for name in names] == ["-000001.parquet", "-000002.parquet"]
    assert [file.line_count for file in take_in(source.settings)] == [2, 2]


def test_rows_land_in_the_order_of_the_cursor(source: Source) -> None:
    for number in range(40, 2, -1):
        source.add(number, f"2025-03-05 10:00:{number}")
    assert source.bring() == list(range(1, 41))
    for number in range(80, 40, -1):
        source.add(number, f"2025-03-05 11:00:{number - 30}")
    assert source.bring() == list(range(41, 81))


def test_the_folder_may_have_any_name(source: Source, tmp_path: Path) -> None:
    wanted = [1, 2]
    # Each but the first could be taken for a pattern, the second for that of the first.
    for name in ("day 1", "day [1]", "id=7", "*'?"):
        source.settings = Settings(source.settings.project_dir, tmp_path / name)
        assert source.bring() == wanted
        assert source.bring() == []
        wanted = [*wanted, wanted[-1] + 1]
        source.add(wanted[-1], T3)
        assert source.bring() == wanted[-1:]
        assert source.bring() == []


def test_rows_at_the_newest_moment_are_read_again_and_not_taken_again(
    source: Source,
) -> None:
    source.bring(lookback=0)
    source.add(3, T2)
    source.add(2, T2, "bo@mail.example")
    assert sorted(source.bring(lookback=0)) == [2, 3]
    assert source.bring(lookback=0) == []


def test_a_row_that_was_committed_late_is_found_within_the_lookback(
    source: Source,
) -> None:
    source.bring()
    source.add(3, "2025-03-01 10:00:00")
    source.add(4, "2025-03-01 09:59:59")
    assert source.bring() == [3]
    assert source.bring(lookback=0) == []
    assert source.bring(lookback=2) == [4]


def test_rows_without_a_place_in_the_order_are_taken_once(source: Source) -> None:
    source.add(3, None)
    source.add(5, "-infinity")
    assert sorted(source.bring()) == [1, 2, 3, 5]
    assert source.bring() == []
    source.add(4, None)
    source.run("update people set email = 'new' where id = 3")
    source.add(6, "-infinity")
    assert sorted(source.bring()) == [3, 4, 6]
    assert source.bring() == []


def test_only_rows_without_a_place_are_taken_once_too(source: Source) -> None:
    source.run("update people set synced = null")
    assert sorted(source.bring()) == [1, 2]
    assert source.bring() == []
    source.add(3, T1)
    assert source.bring() == [3]


def in_hours(hours: int) -> str:
    """The moment so many hours from now."""
    return f"{datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=hours)}"


@pytest.mark.parametrize(
    "moment", ["2999-01-01", "infinity", pytest.param(in_hours(30), id="soon")]
)
def test_a_wrong_clock_does_not_hide_what_comes(source: Source, moment: str) -> None:
    source.add(9, moment)
    assert source.bring() == [1, 2, 9]
    source.add(3, T3)
    assert source.bring() == [3]
    assert source.bring() == []


@pytest.mark.parametrize("hours", [20, 30, 92])
@pytest.mark.parametrize("lookback", [0, 1])
def test_a_moment_ahead_hides_nothing_when_its_day_comes(
    source: Source, monkeypatch: pytest.MonkeyPatch, hours: int, lookback: int
) -> None:
    class Clock(datetime):
        at = datetime(2026, 11, 1, tzinfo=UTC)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return cls.at

    monkeypatch.setattr(attached, "datetime", Clock)
    source.run("delete from people")
    source.add(0, f"{Clock.at.replace(tzinfo=None) + timedelta(hours=hours)}")
    landed = []
    for day in range(6):
        # A row an hour, a run a day.
        source.run(
            f"insert into people select {day * 24} + hour + 1, 'x',"
            f" timestamp '{Clock.at:%Y-%m-%d}' + to_hours(hour) from range(24) t(hour)"
        )
        Clock.at += timedelta(days=1)
        landed += source.bring(lookback=lookback)
    assert sorted(landed) == list(range(6 * 24 + 1))


def test_a_table_in_a_zone_ahead_is_not_read_from_its_beginning(source: Source) -> None:
    source.add(3, in_hours(20))
    assert source.bring() == [1, 2, 3]
    source.add(4, in_hours(-72))
    assert source.bring() == []
    source.add(5, in_hours(-12))
    assert source.bring() == [5]


@pytest.mark.parametrize(
    "kind",
    ["tinyint", "integer", "ubigint", "date", "timestamptz", "timestamp_ns"],
)
def test_a_cursor_is_a_whole_number_or_a_moment(source: Source, kind: str) -> None:
    def said(number: int) -> str:
        counts = kind.endswith("int") or kind == "integer"
        return f"{number}" if counts else f"'2025-03-{number:02}'"

    source.run(f"create table typed (id integer, moved {kind})")
    source.run(f"insert into typed values (1, {said(1)}), (2, {said(2)})")
    assert source.bring(table="main.typed", cursor="moved", lookback=0) == [1, 2]
    source.run(f"insert into typed values (3, {said(2)}), (4, {said(1)})")
    assert source.bring(table="main.typed", cursor="MOVED", lookback=0) == [3]
    # Further than the type reaches.
    assert source.bring(table="main.typed", cursor="MOVED", lookback=200) == [4]


@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_when_each_row_lands_once(source: Source, seed: int) -> None:
    chance = random.Random(seed)
    number, now, landed = 2, datetime(2025, 3, 2, 10), source.bring()
    for _ in range(12):
        now += timedelta(hours=chance.choice([0, 0, 5, 40]))
        values = []
        for _ in range(chance.randrange(4)):
            number += 1
            # In order, at one moment, late by less than a day, nowhere, or far ahead.
            synced = chance.choice([now, now, now - timedelta(hours=23), None])
            synced = datetime(2999, 1, 1) if chance.random() < 0.1 else synced
            moment = f"'{synced}'" if synced else "null"
            values += [f"({number}, 'x', {moment})"] * chance.choice([1, 1, 2])
        source.run(*[f"insert into people values {value}" for value in values])
        landed += source.bring()
    theirs = [row[0] for row in source.ask("select id from people")]
    assert sorted(landed) == sorted(theirs)


def test_without_a_cursor_the_table_lands_whole_when_it_changed(
    source: Source,
) -> None:
    assert sorted(source.bring(cursor=None)) == [1, 2]
    source.run(
        "create table turned as from people order by id desc",
        "drop table people",
        "alter table turned rename to people",
    )
    assert source.bring(cursor=None) == []
    source.run("update people set email = 'new' where id = 1")
    assert sorted(source.bring(cursor=None)) == [1, 2]
    source.run("update people set email = 'ada@mail.example' where id = 1")
    assert sorted(source.bring(cursor=None)) == [1, 2]
    source.run("delete from people where id = 1")
    assert source.bring(cursor=None) == [2]
    source.run("insert into people from people")
    assert source.bring(cursor=None) == [2, 2]
    # Each twice, then and now.
    source.run("update people set id = 3")
    assert source.bring(cursor=None) == [3, 3]


def test_a_column_that_comes_or_goes_is_no_trouble(source: Source) -> None:
    source.bring()
    source.run("alter table people add column city varchar")
    assert source.bring() == []
    source.run("update people set city = 'Ulm' where id = 2")
    assert source.bring() == [2]
    source.run("alter table people drop column email")
    assert source.bring() == []
    source.run(f"insert into people values (3, '{T3}', 'Jena')")
    assert source.bring() == [3]


# From which type to which, with a value of each: the same text, or another.
RETYPED = {
    "a number as a text": ("integer", "1", "varchar", "'1'", []),
    "a text as a number": ("varchar", "'1'", "integer", "1", []),
    "a text that is no number": ("varchar", "'abc'", "integer", "1", [1]),
    "a number as another text": ("integer", "1", "varchar", "'abc'", [1]),
    "a wider number": ("integer", "1", "bigint", "1", []),
    "a moment as a number": ("timestamp", "'2025-03-01'", "integer", "5", [1]),
    "a text as an object": ("varchar", "'oops'", "struct(a integer)", "{'a': 1}", [1]),
    "an object": (
        "struct(a integer)",
        "{'a': 1}",
        "struct(a varchar)",
        "{'a': 1}",
        [1],
    ),
    "a list as a number": ("integer[]", "[1]", "integer", "1", [1]),
    "a list as JSON": ("integer[]", "[1]", "json", "'[1]'", []),
}


@pytest.mark.parametrize("cursor", ["synced", None])
@pytest.mark.parametrize("case", RETYPED)
def test_a_column_may_change_its_type(
    source: Source, case: str, cursor: str | None
) -> None:
    before, value, after, other, again = RETYPED[case]
    source.run(
        f"create table typed (id integer, held {before}, synced timestamp)",
        f"insert into typed values (1, {value}, '{T1}')",
    )
    assert source.bring(table="typed", cursor=cursor) == [1]
    source.run(
        f"create or replace table typed (id integer, held {after}, synced timestamp)",
        f"insert into typed values (1, {other}, '{T1}')",
    )
    # What is spelled otherwise lands once more, and only once.
    assert source.bring(table="typed", cursor=cursor) == again
    assert source.bring(table="typed", cursor=cursor) == []
    source.run(f"insert into typed values (2, {other}, '{T1}'), (3, null, '{T1}')")
    wanted = [2, 3] if cursor else [1, 2, 3]
    assert sorted(source.bring(table="typed", cursor=cursor)) == wanted
    assert source.bring(table="typed", cursor=cursor) == []


def test_rows_are_told_apart_by_each_of_their_values(source: Source) -> None:
    source.run("create table pairs (a varchar, b varchar, synced timestamp)")
    said = [
        "'x', null",
        "null, 'x'",
        "'x,', 'y'",
        "'x', ',y'",
        "'null', 'x'",
        "'', 'x'",
    ]
    for number, pair in enumerate(said):
        source.run(f"insert into pairs values ({pair}, '{T1}')")
        assert len(source.bring(table="pairs")) == 1, number
        assert source.bring(table="pairs") == []


def test_a_whole_table_lands_again_when_its_columns_changed(source: Source) -> None:
    source.bring(cursor=None)
    source.run("alter table people add column city varchar")
    assert sorted(source.bring(cursor=None)) == [1, 2]
    source.run("alter table people drop column email")
    assert sorted(source.bring(cursor=None)) == [1, 2]
    assert source.bring(cursor=None) == []


@pytest.mark.parametrize("cursor", ["synced", None])
def test_an_empty_table_leaves_no_file(source: Source, cursor: str | None) -> None:
    source.run("delete from people")
    assert source.bring(cursor=cursor) == []
    assert list(source.folder().iterdir()) == []
    source.add(1, T1)
    assert source.bring(cursor=cursor) == [1]
    source.run("delete from people")
    assert source.bring(cursor=cursor) == []
    assert len(list(source.folder().iterdir())) == 1


def test_another_table_is_read_from_its_beginning(source: Source) -> None:
    source.bring()
    source.run("create schema s", "create view s.more as from main.people where id = 1")
    assert source.bring(table="s.more") == [1]
    assert source.bring(table="s.more") == []
    assert source.bring() == []


def test_tables_of_names_alike_are_kept_apart(source: Source) -> None:
    source.run('create table "a b" as from people', 'create view "a-b" as from people')
    assert source.bring(table="a b") == [1, 2]
    assert source.bring(table="a-b") == [1, 2]
    assert source.bring(table="a b") == []


def test_another_cursor_begins_anew(source: Source) -> None:
    source.run("alter table people add column changed timestamp")
    source.run("update people set changed = '2025-01-01'")
    assert source.bring() == [1, 2]
    assert sorted(source.bring(cursor="changed")) == [1, 2]
    source.run("alter table people alter changed type timestamptz")
    assert sorted(source.bring(cursor="changed")) == [1, 2]
    assert source.bring(cursor="changed") == []


TYPES = {
    "170141183460469231731687303715884105727": "hugeint",
    "12.50": "decimal(18, 2)",
    "true": "boolean",
    "2025-03-01 10:00:00.123456+00": "timestamp with time zone",
    "2025-03-01 10:00:00.123456": "timestamp",
    "10:00:00+02": "time with time zone",
    '{"a":1,"b":[{"c":null}]}': "json",
    "1 year 2 months 00:00:00.000003": "interval",
    "c0ffee00-0000-4000-8000-000000000000": "uuid",
}


@pytest.mark.parametrize("said", TYPES)
def test_a_value_is_said_as_its_database_says_it(source: Source, said: str) -> None:
    source.run(
        f"create table typed as select '{said}'::{TYPES[said]} as value,"
        f" {{'deep': ['{said}'::{TYPES[said]}]}} as held"
    )
    source.bring(table="typed", cursor=None)
    assert source.bring(table="typed", cursor=None) == []
    [path] = source.folder().iterdir()
    copied = source.path.with_name("copied.parquet")
    copied.write_bytes(path.read_bytes())
    texts = "select value::varchar, to_json(held)::varchar from"
    theirs = source.ask(f"{texts} typed")
    assert source.ask(f"{texts} '{copied}'") == theirs
    assert theirs[0][0] == said


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_what_changes_back_within_a_day_is_taken_again(
    source: Source, kind: str
) -> None:
    said: Said = {"table": "orders", "cursor": "synced"}
    source.run(
        f"create table orders (status varchar, synced {kind})",
        "insert into orders values ('kept', '2025-03-02'), ('paid', '2025-03-02'),"
        " ('sent', '2025-03-01')",
    )
    assert sorted(source.bring(**said)) == ["kept", "paid", "sent"]
    found = []
    for status in ("void", "paid", "void"):
        source.run(
            f"update orders set status = '{status}' where status in ('paid', 'void')"
        )
        found.append(sorted(source.bring(**said)))
        assert source.bring(**said) == []
    # Which one of a day changed back is not known; other days are left alone.
    wanted = [["void"], ["kept", "paid"], ["void"]]
    assert found == (wanted if kind == "date" else [["void"], [], []])


def test_a_union_says_which_of_its_types_it_holds(source: Source) -> None:
    union = "union(number integer, said varchar)"
    source.run(
        f"create table typed as select 1::{union} as value, ['x'::{union}] as held"
    )
    source.bring(table="typed", cursor=None)
    assert source.bring(table="typed", cursor=None) == []
    [path] = source.folder().iterdir()
    with path.open("rb") as file:
        [row] = pq.read_table(file).to_pylist()
    assert row == {"value": '{"number":1}', "held": '[{"said":"x"}]'}


def crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_crash_before_the_file_is_sealed_loses_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.bring()
    source.add(3, T3)
    monkeypatch.setattr(attached, "_sealed", crash)
    with pytest.raises(KeyboardInterrupt):
        source.bring()
    monkeypatch.undo()
    assert len(take_in(source.settings)) == 1
    assert source.bring() == [3]
    assert len(take_in(source.settings)) == 1
    assert not list(source.folder().glob("*.open"))


def test_a_crash_before_the_ledger_knows_the_file_doubles_nothing(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert source.bring() == [1, 2]
    # Here it ended; the next run begins at its beginning.
    assert source.bring() == []
    assert [file.line_count for file in take_in(source.settings)] == [2]
    assert take_in(source.settings) == []
    assert len(read_ledger(source.settings)) == 1


def test_who_is_killed_while_writing_leaves_nothing_behind(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.bring()
    source.add(3, T3)
    child = os.fork()
    if not child:
        # Ends as a killed process does: nothing is undone.
        monkeypatch.setattr(attached, "_sealed", lambda *_: os._exit(9))
        source.bring()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len(list(source.folder().glob("*.open"))) == 1
    assert source.bring() == [3]
    assert not list(source.folder().glob("*.open"))


def test_what_was_left_half_written_goes(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.bring(cursor=None)
    source.add(3, T3)
    monkeypatch.setattr(attached, "_sealed", crash)
    with pytest.raises(KeyboardInterrupt):
        source.bring(cursor=None)
    monkeypatch.undo()
    source.run("delete from people where id = 3")
    assert source.bring(cursor=None) == []
    assert not list(source.folder().glob("*.open"))


def test_a_database_that_others_read_can_be_read(source: Source) -> None:
    program = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1], read_only=True);"
        "print('open', flush=True); input()"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", program, str(source.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with reader:
        assert reader.stdout
        assert reader.stdout.readline() == b"open\n"
        assert source.bring() == [1, 2]


def test_a_path_begins_at_the_project(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source.path.parent)
    path = os.path.relpath(source.path, source.settings.project_dir)
    assert source.bring(database=path) == [1, 2]


def test_a_lost_file_is_not_written_anew_without_a_word(source: Source) -> None:
    source.bring()
    take_in(source.settings)
    [path] = source.folder().iterdir()
    path.unlink()
    with pytest.raises(TesseraError, match=rf"gone.*{path.name}"):
        source.bring()


def test_two_at_once_take_each_row_once(source: Source) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: source.bring(), range(2)))
    assert sorted(map(len, found)) == [0, 2]


def test_a_variable_may_say_where_the_file_is(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    del source.said["database"]
    monkeypatch.setenv("SHOP_DATABASE", str(source.path))
    assert source.bring(database_env="SHOP_DATABASE") == [1, 2]
    monkeypatch.delenv("SHOP_DATABASE")
    with pytest.raises(TesseraError, match=r"variable says nothing.*`SHOP_DATABASE`"):
        source.bring(database_env="SHOP_DATABASE")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "does not say where a table is .*Allowed: `database`"),
        ("people", r"does not say where a table is \(given: str\)"),
        ({"tabel": "x"}, "`tabel`.*Did you mean `table`"),
        ({"database": "a.duckdb"}, "names no table .*nothing"),
        ({"database": "a.duckdb", "table": "a.b.c"}, "names no table .*`a.b.c`"),
        ({"database": "a.duckdb", "table": ""}, "names no table"),
        ({"database": "a", "table": "t", "type": "postgre"}, "Did you mean `postgres`"),
        ({"table": "t"}, "in one way which database"),
        ({"table": "t", "database": "a", "database_env": "A"}, "in one way"),
        ({"table": "t", "database": "a", "lookback": -1}, "no span to look back"),
        ({"table": "t", "database": "a", "lookback": "1 day"}, "no span to look back"),
        ({"table": "t", "database": "a", "lookback": True}, "no span to look back"),
    ],
)
def test_what_cannot_be_meant_is_refused(said: object, told: str) -> None:
    with pytest.raises(TesseraError, match=told) as refused:
        attached_tables({"attached": {PLACE: said}})
    assert "var `attached`, shop/customers" in str(refused.value)


@pytest.mark.parametrize("kind", [{}, {"type": "sqlite"}, {"type": "postgres"}])
@pytest.mark.parametrize(
    "database",
    [
        "password=hunter2",
        "host=h PassWord = 'hunter2'",
        "postgresql://shop:hunter2@db/shop",
        "passwd=hunter2",
    ],
)
def test_a_secret_stands_in_no_file(kind: Said, database: str) -> None:
    said = {**kind, "database": database, "table": "t"}
    with pytest.raises(TesseraError, match="`database_env`") as refused:
        attached_tables({"attached": {PLACE: said}})
    assert "hunter2" not in str(refused.value)


def is_alone(error: TesseraError) -> bool:
    """Whether no traceback would show what it came from."""
    return error.__cause__ is None and (
        error.__context__ is None or error.__suppress_context__
    )


Break = Callable[[Source], Said]


def no_database(source: Source) -> Said:
    source.path.write_bytes(b"ada@mail.example," * 999)
    return {}


def broken_view(source: Source) -> Said:
    source.run("create view numbers as select email::integer as id from people")
    return {"table": "numbers", "cursor": None}


def lost_view(source: Source) -> Said:
    source.run("create schema s", "create view s.v as from main.people")
    source.run("alter table people rename to persons")
    return {"table": "s.v"}


def huge_cursor(source: Source) -> Said:
    source.run("create table huge as select 1 as id, 1::hugeint as moved")
    return {"table": "huge", "cursor": "moved"}


def in_use(source: Source) -> Said:
    source.held.append(duckdb.connect(str(source.path)))
    return {}


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (lambda _: {"database": "no such.duckdb"}, "no such database file"),
        (lambda _: {"database": "docs"}, "no such database file"),
        (lambda _: {"table": "peple"}, r"no such table.*main\.people.*Did you mean"),
        (lambda _: {"table": "s.people"}, r"no such table.*`main\.people`"),
        (lambda _: {"cursor": "sinced"}, r"no such column.*`id`.*mean `synced`"),
        (lambda _: {"cursor": "email"}, "of this type is no cursor.*VARCHAR"),
        (huge_cursor, "of this type is no cursor.*HUGEINT"),
        (no_database, "cannot be opened"),
        (in_use, "cannot be opened"),
        (lost_view, r"view cannot be read.*`s\.v`"),
        (broken_view, r"cannot be read or written.*`numbers`: ConversionException"),
    ],
)
def test_what_cannot_be_read_is_told_without_a_row(
    source: Source, breaks: Break, told: str
) -> None:
    said = breaks(source)
    with pytest.raises(TesseraError, match=told) as refused:
        source.bring(**said)
    assert "ada@" not in str(refused.value)
    assert is_alone(refused.value)
    assert list(source.folder().glob("*.parquet")) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "mysql"])
def test_a_missing_extension_is_told_with_the_way_to_get_it(
    source: Source, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect() as connection:
        asked = "select installed from duckdb_extensions() where extension_name = ?"
        [(is_installed,)] = connection.execute(asked, [f"{kind}_scanner"]).fetchall()
    if is_installed:
        pytest.skip(f"DuckDB's extension for {kind} is installed")
    said = "host=localhost password=hunter2" if kind != "sqlite" else str(source.path)
    monkeypatch.setenv("SHOP_DATABASE", said)
    del source.said["database"]
    with pytest.raises(TesseraError, match=f"install {kind}") as refused:
        source.bring(type=kind, database_env="SHOP_DATABASE")
    assert "hunter2" not in str(refused.value)


def test_no_word_of_a_connection_is_told(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> object:
        raise duckdb.IOException("cannot connect at host=h password=hunter2")

    class Connection:
        execute = unreachable

        def __enter__(self) -> "Connection":
            return self

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr("warehouse.attaching.connect", Connection)
    monkeypatch.setenv("SHOP_DATABASE", "host=h password=hunter2")
    del source.said["database"]
    with pytest.raises(TesseraError, match="`SHOP_DATABASE` says") as refused:
        source.bring(type="postgres", database_env="SHOP_DATABASE")
    assert "hunter2" not in str(refused.value)
    assert is_alone(refused.value)
