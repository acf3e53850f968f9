"""Rows of an attached table become what the same rows become as files."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest
from dagster import materialize

from orchestration.ingest import ingest
from orchestration.run import Run
from tests.behavior import shop
from tests.sources.conftest import BUILT, Built, land
from tests.sources.packs import Fixture, expected, fixtures, switches, vocabulary
from tests.sources.test_contract import BOOKKEEPING, ask
from warehouse.errors import TesseraError
from warehouse.settings import PROJECT_DIR, Settings

SYNCED: Final = "_fivetran_synced"
Tables = dict[str, dict[str, object]]


def build(settings: Settings, pack: str, attached: Tables) -> None:
    """Stage what the tables hold: a lone build, without any step before it."""
    variables = {"sources": switches(pack), "attached": attached}
    select = (*BUILT, f"path:models/staging/{pack}")
    shop.build(settings, select, variables=variables)


def told(settings: Settings, table: str) -> Counter[Any]:
    """The rows of a table of the vocabulary, however they landed."""
    rows = shop.table(settings, f"staging.{table}")
    columns = sorted({*(rows[0] if rows else ())} - BOOKKEEPING)
    return shop.counted(rows, columns)


def accounts(settings: Settings) -> dict[str, tuple[int, ...]]:
    """What became of the lines of each entity."""
    rows = ask(
        settings,
        """
        select source || '/' || entity, sum(line_count), sum(accepted_count),
            sum(duplicate_count), sum(quarantined_count)
        from staging.file_reconciliation group by all
        """,
    )
    return {str(row[0]): tuple(map(int, row[1:])) for row in rows}


class Theirs:
    """The database of a connector: one table an entity, filled from fixtures."""

    def __init__(self, folder: Path, files: list[Fixture]) -> None:
        self.path = folder / "theirs.duckdb"
        self.attached: Tables = {}
        with duckdb.connect(str(self.path)) as connection:
            for file in files:
                (folder / "fixture.csv").write_bytes(file.content)
                self._keep(connection, file.entity, folder / "fixture.csv")

    def _keep(
        self, connection: duckdb.DuckDBPyConnection, place: str, path: Path
    ) -> None:
        """All rows of a file, in the order in which a connector would have synced
        them; the second half waits, and begins amid the rows of one moment."""
        name = place.replace("/", "__")
        csv = f"read_csv('{path}', all_varchar = true, header = true)"
        said: dict[str, object] = {"database": str(self.path), "table": f"main.{name}"}
        columns = connection.execute(f"describe from {csv}").fetchall()
        synced = "null::timestamp"
        if SYNCED in [column[0] for column in columns]:
            synced = f"try_cast({SYNCED} as timestamp)"
            csv = f"(select * replace ({synced} as {SYNCED}) from {csv})"
            said["cursor"] = SYNCED
        connection.execute(f"""
            create table waiting_{name} as select *, row_number() over (
                order by {synced} nulls last
            ) as place from {csv}
        """)
        connection.execute(f"create table {name} as from waiting_{name} limit 0")
        connection.execute(f"alter table {name} drop column place")
        self.attached[place] = said

    def sync(self, is_first: bool) -> None:
        """Put a half of each table there; what has no cursor, all at once."""
        with duckdb.connect(str(self.path)) as connection:
            for place, said in self.attached.items():
                name = place.replace("/", "__")
                waiting = f"from waiting_{name}"
                half = f"place <= (select count(*) // 2 {waiting})"
                if not is_first:
                    half = f"not {half}"
                if "cursor" not in said:
                    half = str(is_first)
                connection.execute(
                    f"insert into {name} select * exclude (place) {waiting}"
                    f" where {half}"
                )


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The fixtures of Shopify as tables, told in two syncs, looked at thrice."""
    folder = tmp_path_factory.mktemp("synced")
    settings = Settings(PROJECT_DIR, folder / "data")
    theirs = Theirs(folder, fixtures("shopify"))
    for is_first in (True, False):
        theirs.sync(is_first)
        build(settings, "shopify", theirs.attached)
    build(settings, "shopify", theirs.attached)
    return settings


def test_every_row_ends_where_that_of_a_file_does(synced: Settings) -> None:
    assert accounts(synced) == {
        place: (one.lines, one.accepted, one.duplicates, sum(one.quarantined.values()))
        for place, one in expected("shopify").accounts.items()
    }


def test_some_tables_landed_in_two_files(synced: Settings) -> None:
    files = ask(
        synced,
        "select source, count(*) from staging.landed_files group by 1 order by 1",
    )
    assert files == [("shop", 5), ("shopify", 20)]


@pytest.mark.parametrize("table", vocabulary())
def test_the_vocabulary_is_that_of_files(
    table: str, synced: Settings, at_once: Built
) -> None:
    assert told(synced, table) == told(at_once("shopify"), table)


def test_facts_of_the_fixtures_hold(synced: Settings) -> None:
    for fact in expected("shopify").values:
        found = [
            ["" if value is None else str(value) for value in row]
            for row in ask(synced, fact["query"])
        ]
        assert found == [fact["is"]], fact["query"]


def holds(line: bytes) -> bool:
    """Whether a table of the export could have this line as a row."""
    try:
        row = json.loads(line)
    except ValueError:
        return False
    if not isinstance(row, dict):
        return False
    return all(
        isinstance(row.get(name, []), list) for name in ("event_params", "items")
    )


def events_table(path: Path, lines: Path) -> None:
    """The rows of GA4's fixture in a table, typed and nested as in the export."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create table events as
            select * replace (event_timestamp::bigint as event_timestamp)
            from read_json('{lines}', format = 'nd')
            where event_timestamp is null or event_timestamp ~ '^[0-9]+$'
            order by event_timestamp
            """
        )


def test_nested_rows_become_what_they_become_as_lines(tmp_path: Path) -> None:
    [file] = fixtures("ga4")
    lines = [line for line in file.content.splitlines() if holds(line)]
    (tmp_path / "fixture.jsonl").write_bytes(b"\n".join(lines))
    base = tmp_path / "theirs.duckdb"
    events_table(base, tmp_path / "fixture.jsonl")
    with duckdb.connect(str(base)) as connection:
        rows = connection.execute(
            "select to_json(e)::varchar from events as e order by rowid"
        ).fetchall()
        assert len(rows) > 10
        connection.execute("create table later as from events offset 9")
        connection.execute("delete from events where rowid >= 9")
    as_files = Settings(PROJECT_DIR, tmp_path / "files")
    content = "".join(f"{row[0]}\n" for row in rows).encode()
    land(as_files, [Fixture("ga4/events/a.jsonl", content)])
    build(as_files, "ga4", {})
    as_table = Settings(PROJECT_DIR, tmp_path / "table")
    said: Tables = {
        "ga4/events": {
            "database": str(base),
            "table": "events",
            "cursor": "event_timestamp",
        }
    }
    build(as_table, "ga4", said)
    with duckdb.connect(str(base)) as connection:
        connection.execute("insert into events from later")
    build(as_table, "ga4", said)
    assert accounts(as_table) == accounts(as_files)
    assert told(as_table, "web_events") == told(as_files, "web_events")
    assert told(as_table, "web_events").total() > 10
    assert len(list((as_table.raw_dir / "ga4/events").iterdir())) == 2


def test_a_stream_may_stand_in_a_table(tmp_path: Path) -> None:
    base = tmp_path / "theirs.duckdb"
    with duckdb.connect(str(base)) as connection:
        connection.execute("""
            create table calls as select
                'track' as type, 'Product Added' as event, 'd-1' as "anonymousId",
                'm-' || n as "messageId",
                timestamptz '2025-03-01 10:00:00Z' + to_minutes(n) as "timestamp",
                {'page': {'url': 'https://shop.example/lamps?x=1'}} as context,
                '{"product_id": "p-1", "price": 9.5}'::json as properties
            from range(3) as calls (n)
        """)
        rows = connection.execute(
            "select to_json(c)::varchar from calls as c"
        ).fetchall()
    as_files = Settings(PROJECT_DIR, tmp_path / "files")
    content = "".join(f"{row[0]}\n" for row in rows).encode()
    land(as_files, [Fixture("web/events/a.jsonl", content)])
    build(as_files, "segment", {})
    as_table = Settings(PROJECT_DIR, tmp_path / "table")
    table: dict[str, object] = {"database": str(base), "table": "calls"}
    build(as_table, "segment", {"web/events": {**table, "cursor": "timestamp"}})
    assert told(as_table, "web_events") == told(as_files, "web_events")
    said = "select distinct page_url, product_id, price from staging.web_events"
    [(url, product, price)] = ask(as_table, said)
    assert (url, product, str(price)) == (
        "https://shop.example/lamps?x=1",
        "p-1",
        "9.50",
    )


def run_ingest(settings: Settings, variables: Mapping[str, object]) -> Any:
    """The metadata of the first asset of a run."""
    run = Run(data_dir=str(settings.data_dir), variables=dict(variables))
    done = materialize([ingest], resources={"run": run})
    [event] = done.asset_materializations_for_node("ingest")
    return {name: value.value for name, value in event.metadata.items()}


def test_a_run_takes_in_what_is_new_in_tables(
    settings: Settings, tmp_path: Path
) -> None:
    settings.data_dir.mkdir()
    base = tmp_path / "theirs.duckdb"
    with duckdb.connect(str(base)) as connection:
        connection.execute("create table people as select 1 as id, now() as created_at")
    said = {"shop/customers": {"database": str(base), "table": "people"}}
    variables = {"attached": said, "sources": []}
    first = run_ingest(settings, variables)
    assert (first["from_tables"], first["new_files"], first["lines"]) == (1, 1, 1)
    again = run_ingest(settings, variables)
    assert (again["from_tables"], again["new_files"], again["lines"]) == (0, 0, 1)


def test_a_lone_build_says_what_it_cannot_read(
    settings: Settings, tmp_path: Path
) -> None:
    said: Tables = {"ga4/events": {"database": "no such.duckdb", "table": "events"}}
    with pytest.raises(
        TesseraError, match=r"no such database file .*`no such\.duckdb`"
    ):
        build(settings, "ga4", said)
    variables = {"sources": [], "attached": said}
    with pytest.raises(TesseraError, match="does not switch on the pack `ga4`"):
        shop.build(settings, BUILT, variables=variables)
