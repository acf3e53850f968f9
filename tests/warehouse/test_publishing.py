"""Write, audit, publish: readers get whole snapshots, and never a lock."""

import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import current, publications
from warehouse.publishing import publish
from warehouse.settings import Settings

AS_OF = datetime(2025, 12, 31)
MARTS = """
    create schema marts;
    create table marts.customers as
        select i as customer_id, i / 7 as share, (i / 3)::decimal(18, 2) as amount,
            [i, i + 1] as items, timestamp '2025-12-31' as as_of_at
        from range(1000) r(i);
    comment on table marts.customers is 'One row per customer; it''s you.';
    comment on column marts.customers.share is 'A share.';
    create view marts.first_customers as
        select customer_id, as_of_at from tessera.marts.customers where customer_id < 9;
    create table marts.run_history as
        select 1 as run, timestamp '2025-12-31' as as_of_at
"""
GATES = [
    {"gate": "ingest", "entry": "volume", "state": "passed"},
    {"gate": "scores", "entry": "range", "state": "accepted", "message": "known"},
]


def change(settings: Settings, sql: str) -> None:
    settings.build_dir.mkdir(parents=True, exist_ok=True)
    with connect(settings.build_path) as connection:
        connection.execute(sql)


@pytest.fixture
def built(settings: Settings) -> Settings:
    change(settings, MARTS)
    return settings


@pytest.fixture
def read_only(built: Settings) -> Iterator[Settings]:
    """The same, in a data folder that takes no new file (also not from root)."""
    if os.geteuid() == 0:
        # Root writes through permissions; a file in the folder's place stops it too.
        built.publications_dir.write_text("in the way")
        yield built
        return
    built.data_dir.chmod(stat.S_IRUSR | stat.S_IXUSR)
    yield built
    built.data_dir.chmod(stat.S_IRWXU)


def test_a_publication_holds_the_marts_as_tables(built: Settings) -> None:
    published = publish(built, AS_OF, GATES, {"tessera": "1"})
    assert published.rows == {"customers": 1000, "first_customers": 9, "run_history": 1}
    link = built.published_link / "tessera.duckdb"
    with connect(link, read_only=True) as connection:
        comments = connection.execute(
            "select comment from duckdb_tables() where comment is not null union all"
            " select comment from duckdb_columns() where comment is not null"
        ).fetchall()
        parquet = built.published_link / "parquet" / "customers.parquet"
        quoted = str(parquet).replace("'", "''")
        differing = connection.execute(
            f"from (from customers except all from '{quoted}')"
        ).fetchall()
    assert comments == [("One row per customer; it's you.",), ("A share.",)]
    assert differing == []


def test_the_manifest_tells_rows_versions_gates_and_what_was_accepted(
    built: Settings,
) -> None:
    published = publish(built, AS_OF, GATES, {"tessera": "1"})
    manifest = json.loads((built.published_link / "manifest.json").read_text())
    assert manifest == json.loads(json.dumps(published.manifest()))
    assert manifest["as_of"] == "2025-12-31T00:00:00"
    assert manifest["accepted"] == [GATES[1]]
    assert current(built) == published


def test_older_clients_can_read_it(built: Settings) -> None:
    database = publish(built, AS_OF).database
    with connect() as connection:
        quoted = str(database).replace("'", "''")
        connection.execute(f"attach '{quoted}' as published (read_only)")
        tags = connection.execute(
            "select tags['storage_version'] from duckdb_databases()"
            " where database_name = 'published'"
        ).fetchone()
    assert tags is not None
    assert tags[0].startswith("v1.4")


def test_unchanged_tables_are_the_same_file(built: Settings) -> None:
    first = publish(built, AS_OF)
    change(
        built,
        "create or replace table marts.customers as from marts.customers"
        " order by customer_id desc; update marts.run_history set run = 2",
    )
    second = publish(built, AS_OF)
    shared = [
        table
        for table in first.rows
        if first.parquet(table).samefile(second.parquet(table))
    ]
    assert shared == ["customers", "first_customers"]


def test_one_changed_value_is_another_file(built: Settings) -> None:
    first = publish(built, AS_OF)
    change(built, "update marts.customers set share = 0 where customer_id = 999")
    second = publish(built, AS_OF)
    assert first.content["customers"] != second.content["customers"]
    assert not first.parquet("customers").samefile(second.parquet("customers"))


def test_a_reader_keeps_its_snapshot_while_another_is_published(
    built: Settings,
) -> None:
    publish(built, AS_OF)
    link = built.published_link / "tessera.duckdb"
    with connect(link, read_only=True) as reader:
        change(built, "delete from marts.customers where customer_id > 5")
        publish(built, AS_OF)
        rows = reader.execute("select count(*) from customers").fetchone()
    with connect(link, read_only=True) as fresh:
        news = fresh.execute("select count(*) from customers").fetchone()
    assert (rows, news) == ((1000,), (6,))
    assert len(publications(built)) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "alter table marts.run_history drop as_of_at",
        "insert into marts.customers (customer_id) values (1000)",
        "update marts.customers set as_of_at = as_of_at - interval 1 day"
        " where customer_id = 7",
    ],
)
def test_rows_without_their_moment_are_not_published(built: Settings, sql: str) -> None:
    standing = publish(built, AS_OF)
    change(built, sql)
    with pytest.raises(TesseraError, match="as_of_at"):
        publish(built, AS_OF)
    assert current(built) == standing
    assert len(publications(built)) == 1


def test_what_a_crash_left_is_cleared_and_never_shown(built: Settings) -> None:
    left = built.publications_dir / "20250101T000000000000Z.tmp"
    (left / "parquet").mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    assert publications(built) == []
    publish(built, AS_OF)
    assert not left.exists()


def test_nothing_built_is_said(settings: Settings) -> None:
    with pytest.raises(TesseraError, match="no marts to publish"):
        publish(settings, AS_OF)
    change(settings, "create schema marts")
    with pytest.raises(TesseraError, match="no marts to publish"):
        publish(settings, AS_OF)


def test_only_the_projects_marts_are_published(built: Settings) -> None:
    published = publish(built, AS_OF, marts=["customers", "run_history"])
    assert set(published.rows) == {"customers", "run_history"}
    with pytest.raises(TesseraError, match="not built") as refused:
        publish(built, AS_OF, marts=["customers", "sessions"])
    assert refused.value.given == "sessions"
    assert current(built) == published


def test_a_folder_that_cannot_be_written_is_said(read_only: Settings) -> None:
    with pytest.raises(TesseraError, match="cannot be written"):
        publish(read_only, AS_OF)


def test_a_link_to_nothing_is_said_and_mended(built: Settings) -> None:
    built.published_link.symlink_to(Path("publications") / "gone")
    with pytest.raises(TesseraError, match="is gone"):
        current(built)
    assert publish(built, AS_OF) == current(built)


def test_a_manifest_of_an_older_version_is_still_read(built: Settings) -> None:
    published = publish(built, AS_OF)
    manifest = published.path / "manifest.json"
    values = json.loads(manifest.read_text())
    for part in ("content", "gates", "accepted", "versions"):
        del values[part]
    manifest.write_text(json.dumps(values))
    found = current(built)
    assert found is not None
    assert (found.id, found.gates, found.content) == (published.id, [], {})
    publish(built, AS_OF)
