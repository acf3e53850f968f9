"""`tessera doctor` tells what a raw folder holds, and nothing of any person in it."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from tessera.main import commands
from tests.sources.conftest import land
from tests.sources.packs import Fixture, fixtures, packs, switches
from warehouse.checks import Level
from warehouse.checkup import Report, Verdict, check_up
from warehouse.settings import Settings, load_settings

OWN: dict[str, object] = {"sources": []}
CUSTOMERS = (
    b"id,email,first_name,last_name,phone,birth_date,city,postcode,country_code,"
    b"accepts_email,accepts_sms,created_at,updated_at\n"
)
ROW = b"u-1,ada@mail.example,Ada,Nowak,,,,,,,,2025-01-01T00:00:00Z,\n"


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TESSERA_DATA", str(tmp_path / "data"))
    return load_settings()


def put(settings: Settings, path: str, content: bytes) -> None:
    land(settings, [Fixture(path, content)])


def kinds(report: Report, entity: str = "") -> dict[str, Level]:
    return {
        one.kind: one.level for one in report.findings if entity in ("", one.entity)
    }


def say(*words: str) -> Result:
    return CliRunner().invoke(commands, ["doctor", *words])


def test_nothing_landed_is_not_ready(raw: Settings) -> None:
    report = check_up(raw, OWN)
    assert kinds(report) == {"nothing_landed": Level.PROBLEM}
    result = say()
    assert result.exit_code == 1
    assert "not ready" in result.output


@pytest.mark.parametrize("pack", packs())
def test_the_fixtures_of_every_pack_are_looked_over(pack: str, raw: Settings) -> None:
    land(raw, fixtures(pack))
    report = check_up(raw, {"sources": switches(pack)})
    assert {one.entity for one in report.landed} == {
        file.entity for file in fixtures(pack)
    }
    assert report.verdict is Verdict.WARNINGS
    assert all(one.line_count and not one.is_estimate for one in report.landed)
    assert not raw.build_dir.exists()


@pytest.mark.parametrize("pack", packs())
def test_no_word_of_a_person_is_told(pack: str, raw: Settings) -> None:
    land(raw, fixtures(pack))
    # Without its header, a file's first row would name its columns.
    for file in fixtures(pack):
        if file.path.endswith(".csv"):
            _, _, rest = file.content.partition(b"\n")
            land(raw, [file.named("bare", rest)])
            land(raw, [file.named("odd", b"id,ada@mail.example,+49301\n" + rest)])
    values = re.compile(rb"[\w.]+@[\w.]+|\+\d{6,}")
    secrets = {
        one.decode() for f in fixtures(pack) for one in values.findall(f.content)
    }
    told = json.dumps(
        [one._asdict() for one in check_up(raw, {"sources": switches(pack)}).findings]
    )
    for words in ((), ("--json",)):
        told += say(*words).output
    assert "column" in told
    assert [one for one in {*secrets, "ada@mail.example"} if one in told] == []


def test_json_is_for_machines(raw: Settings) -> None:
    put(raw, "shop/customers/a.csv", CUSTOMERS + ROW)
    result = say("--json")
    told: dict[str, Any] = json.loads(result.output)
    assert told["verdict"] == "ready with warnings"
    assert told["landed"][0]["entity"] == "shop/customers"
    assert {"level", "entity", "kind", "text"} == set(told["findings"][0])
    assert result.exit_code == 0


LATE = ROW.replace(b"2025", b"2999")
BAD = ROW.replace(b"2025-01-01T00:00:00Z", b"soon")
BARE = ROW.replace(b"00Z", b"00")


@pytest.mark.parametrize(
    ("name", "content", "kind", "level"),
    [
        (
            "a.csv",
            CUSTOMERS.replace(b"id,", b"number,", 1) + ROW,
            "key_gone",
            "problem",
        ),
        (
            "a.csv",
            CUSTOMERS.replace(b"phone", b"city2") + ROW,
            "missing_columns",
            "warning",
        ),
        (
            "a.csv",
            CUSTOMERS.replace(b"phone", b"Phone_Number") + ROW,
            "alias",
            "note",
        ),
        ("a.csv", CUSTOMERS.replace(b"\n", b",new\n") + ROW, "unknown_columns", "note"),
        ("a.csv", ROW, "unknown_header", "problem"),
        (
            "a.csv",
            CUSTOMERS.replace(b"phone", b"id") + ROW,
            "ambiguous_header",
            "problem",
        ),
        ("a.csv", (CUSTOMERS + ROW).replace(b",", b";"), "delimiter", "note"),
        ("a.csv", b"\xef\xbb\xbf" + CUSTOMERS + ROW, "byte_order_mark", "note"),
        (
            "a.csv",
            (CUSTOMERS + ROW).decode().encode("utf-16"),
            "foreign_encoding",
            "problem",
        ),
        ("a.csv", CUSTOMERS + ROW + b"a,b\n", "malformed_line", "warning"),
        (
            "a.csv",
            CUSTOMERS + ROW + ROW.replace(b"Ada", b"J\xfcrgen"),
            "invalid_encoding",
            "warning",
        ),
        (
            "a.csv.gz",
            gzip.compress(CUSTOMERS + ROW * 99)[:-9],
            "broken_file",
            "warning",
        ),
        ("a.parquet", b"PAR1", "broken_file", "problem"),
        ("a.csv", CUSTOMERS, "empty_file", "warning"),
        ("a.csv", CUSTOMERS + ROW + LATE, "future_moments", "warning"),
        ("a.csv", CUSTOMERS + ROW + BAD, "bad_moments", "warning"),
        ("a.csv", CUSTOMERS + BAD, "bad_moments", "problem"),
        ("a.csv", CUSTOMERS + BARE, "no_zone", "note"),
    ],
)
def test_each_oddity_of_a_file_is_told(
    raw: Settings, name: str, content: bytes, kind: str, level: str
) -> None:
    put(raw, f"shop/customers/{name}", content)
    found = kinds(check_up(raw, OWN), "shop/customers")
    assert found.get(kind) == level
    put(raw, f"shop/customers/{name}", gzip.compress(CUSTOMERS + ROW))
    (raw.raw_dir / "shop/customers" / name).unlink()
    put(raw, "shop/customers/sound.csv", CUSTOMERS + ROW)
    assert kinds(check_up(raw, OWN), "shop/customers") == {}


def test_what_is_missing_is_told_in_words_of_the_segments(raw: Settings) -> None:
    put(raw, "shop/customers/a.csv", CUSTOMERS + ROW)
    texts = [one.text for one in check_up(raw, OWN).findings]
    assert any(
        text.startswith("no shop/orders: every buyer stays a prospect")
        for text in texts
    )
    assert not any(text.startswith("no shop/customers") for text in texts)


def test_what_another_source_tells_is_not_missed(raw: Settings) -> None:
    land(raw, fixtures("ga4"))
    found = check_up(raw, {"sources": ["ga4"]}).findings
    assert [one for one in found if one.text.startswith("no web/events")] == []
    found = check_up(raw, {"sources": ["ga4", "klaviyo"]}).findings
    kinds_found = {one.kind for one in found}
    assert "pack_without_files" in kinds_found
    assert any(one.text.startswith("no klaviyo/events:") for one in found)


def test_what_two_exports_tell_is_told_before_a_run(raw: Settings) -> None:
    on: dict[str, object] = {"sources": ["shopify"]}
    put(raw, "shop/customers/a.csv", CUSTOMERS + ROW + ROW.replace(b"u-1", b"u-2"))
    put(raw, "shopify/customers/a.csv", b"id,created_at\nu-3,2025-01-01\n")
    assert "told_twice" not in kinds(check_up(raw, on))
    put(raw, "shopify/customers/b.csv", b"id,created_at\nu-1,2025-01-01\n")
    [found] = [one for one in check_up(raw, on).findings if one.kind == "told_twice"]
    assert (found.level, found.entity) == (Level.WARNING, "shop/customers")
    assert found.text.startswith("1 of 2 ids that were looked at are told by shopify/")


def test_files_that_are_not_read_are_told_with_their_switch(raw: Settings) -> None:
    land(raw, fixtures("ga4"))
    put(raw, "shop/custmers/a.csv", b"id\n1\n")
    put(raw, "shop/customers/a.csv", CUSTOMERS + ROW)
    told = [one.text for one in check_up(raw, OWN).findings if one.kind == "not_read"]
    assert any("switch on the pack `ga4`" in text for text in told)
    assert any(text.startswith("shop/custmers is not read") for text in told)


def events(*ids: str) -> bytes:
    lines = [
        json.dumps({"type": "page", "userId": one, "timestamp": "2025-01-01T00:00:00Z"})
        for one in ids
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("ids", "kind", "level"),
    [
        (("u-1", "x"), "user_ids", "note"),
        (("u-1", "x", "y"), "user_ids", "warning"),
        (("", ""), "no_user_ids", "warning"),
    ],
)
def test_ids_of_the_web_are_looked_for_in_the_shop(
    raw: Settings, ids: tuple[str, ...], kind: str, level: str
) -> None:
    put(raw, "web/events/a.jsonl", events(*ids))
    assert kinds(check_up(raw, OWN), "web/events") == {}
    put(raw, "shop/customers/a.csv", CUSTOMERS + ROW)
    assert kinds(check_up(raw, OWN), "web/events") == {kind: level}


def test_a_large_file_is_looked_into_at_both_ends(raw: Settings) -> None:
    last = ROW.replace(b"2025-01-01", b"2025-09-09")
    put(raw, "shop/customers/a.csv", CUSTOMERS + ROW * 5_000 + last)
    (landed,) = check_up(raw, OWN).landed
    assert landed.is_estimate
    assert landed.line_count is not None
    assert 4_500 < landed.line_count < 5_500
    assert landed.last_at is not None
    assert landed.last_at.month == 9


def test_of_many_files_some_are_looked_into(raw: Settings) -> None:
    for at in range(100):
        put(raw, f"shop/customers/{at:03}.csv", CUSTOMERS + ROW)
    (landed,) = check_up(raw, OWN).landed
    assert (landed.file_count, landed.sampled_count) == (100, 40)


def test_rows_of_parquet_are_looked_into_at_both_ends(raw: Settings) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    days = [datetime(2025, 1, 1) + timedelta(hours=at) for at in range(5_000)]
    table = pa.table({"id": [f"{at}" for at in range(5_000)], "created_at": days})
    path = raw.raw_dir / "shop" / "customers" / "a.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(table, path, row_group_size=2_000)
    report = check_up(raw, OWN)
    (landed,) = report.landed
    assert landed.line_count == 5_000
    assert landed.last_at == datetime(2025, 7, 28, 5, tzinfo=UTC)
    assert kinds(report, "shop/customers")["no_zone"] is Level.NOTE


def people(raw: Settings, columns: str) -> dict[str, object]:
    """The vars that name a table of people in a database beside the data folder."""
    path = raw.data_dir.parent / "theirs.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create or replace table people as select {columns}")
    return {
        "sources": [],
        "attached": {"shop/customers": {"database": str(path), "table": "people"}},
    }


SOUND = (
    "'u-1' as id, 'ada@mail.example' as email, timestamptz '2025-01-01' as created_at"
)


def test_an_attached_table_is_looked_over_like_a_file(raw: Settings) -> None:
    report = check_up(raw, people(raw, f"{SOUND}, 1 as odd from range(5000)"))
    (landed,) = report.landed
    assert (landed.entity, landed.forms, landed.line_count) == (
        "shop/customers",
        ["table"],
        5000,
    )
    assert landed.last_at == datetime(2025, 1, 1, tzinfo=UTC)
    found = kinds(report, "shop/customers")
    assert found == {"missing_columns": Level.WARNING, "unknown_columns": Level.NOTE}
    assert report.verdict is Verdict.WARNINGS
    assert not any(one.text.startswith("no shop/customers") for one in report.findings)
    assert not raw.raw_dir.exists()


@pytest.mark.parametrize(
    ("columns", "kind", "level"),
    [
        ("'u-1' as number, now() as created_at", "key_gone", "problem"),
        (f"{SOUND} where false", "empty_file", "warning"),
        (f"{SOUND.replace('timestamptz', '')}", "no_zone", "note"),
        ("1 as id, timestamp '2999-01-01' as created_at", "future_moments", "warning"),
    ],
)
def test_each_oddity_of_a_table_is_told(
    raw: Settings, columns: str, kind: str, level: str
) -> None:
    found = kinds(check_up(raw, people(raw, columns)), "shop/customers")
    assert found.get(kind) == level


# What Python cannot hold, and of which kind a moment is then.
ENDLESS = {
    "timestamp 'infinity'": "bad_moments",
    "timestamptz '-infinity'": "bad_moments",
    "timestamp '10000-01-01'": "bad_moments",
    "timestamptz '44-03-15 (BC) 00:00:00'": "bad_moments",
    "date 'infinity'": "bad_moments",
    "date '12000-01-01'": "bad_moments",
    "timestamp_ns '2024-01-01 00:00:00.123456789'": "no_zone",
    "timestamptz '2024-01-01'": "",
    "{'deep': [timestamp '10000-01-01']}": "bad_moments",
}


@pytest.mark.parametrize("moment", ENDLESS)
def test_a_moment_that_python_cannot_hold_is_told(raw: Settings, moment: str) -> None:
    columns = SOUND.replace("timestamptz '2025-01-01'", moment)
    table = check_up(raw, people(raw, columns))
    path = raw.raw_dir / "shop/customers/a.parquet"
    path.parent.mkdir(parents=True)
    duckdb.sql(f"copy (select {columns}) to '{path}' (format parquet)")
    for report in (table, check_up(raw, OWN)):
        found = {*kinds(report, "shop/customers")} - {"missing_columns"}
        assert found == {ENDLESS[moment]} - {""}


def test_rows_that_every_run_reads_again_are_told(raw: Settings) -> None:
    given = people(raw, f"{SOUND}, null::timestamp as synced from range(3)")
    said: Any = given["attached"]
    said["shop/customers"]["cursor"] = "synced"
    texts = {one.kind: one.text for one in check_up(raw, given).findings}
    assert texts["no_cursor"].startswith("3 row(s) of people have no synced")


def test_a_table_that_cannot_be_read_is_not_ready(raw: Settings) -> None:
    given = people(raw, SOUND)
    said: Any = given["attached"]
    said["shop/customers"]["table"] = "persons"
    report = check_up(raw, given)
    assert report.verdict is Verdict.NOT_READY
    texts = {one.kind: one.text for one in report.findings}
    assert "no such table (given: `persons`)" in texts["unreadable_table"]
