"""The way back: set aside, mended, replayed, accepted; once, and to the last count."""

import json
from pathlib import Path

import pytest

from tests.bad_input.conftest import ask, land
from tests.bad_input.odd_files import HEADER, call, person
from tests.quarantine.conftest import (
    BROKEN_CALL,
    CUSTOMERS,
    EVENTS,
    STAGED,
    Says,
    build,
    mend,
    people,
    visitors,
)
from warehouse.dbt import dbt_build
from warehouse.errors import TesseraError
from warehouse.landing import entities
from warehouse.mending import write_aside
from warehouse.quarantine import Choice, groups, open_rows
from warehouse.replaying import Replayed, headers_by_load, replay
from warehouse.replays import read_replays
from warehouse.settings import PROJECT_DIR, Settings

MEND_CALL = (BROKEN_CALL, call("broken").strip())
MEND_SHORT = ("short,short@shop.example\n", "short,,Ann,2025-01-01,2025-01-01\n")
HEADER_LINE = "#| id,email,first_name,created_at,updated_at"
MEND_BOB = ("yesterday", "2025-01-01 10:00:00")
ACCOUNT = """
    select path, line_count, accepted_count, duplicate_count, quarantined_count
    from marts.data_quality where is_reconciled order by load_seq
"""
STATES = """
    select path, line_number, is_mended from staging.quarantine
    where replayed_path is not null order by all
"""


def written(settings: Settings, out: Path) -> Path:
    """All lines set aside, written for a person to mend."""
    write_aside(out, open_rows(settings, Choice()), headers_by_load(settings))
    return out


def replayed(settings: Settings, out: Path, *repairs: tuple[str, str]) -> Replayed:
    """Write, mend, replay, build."""
    mend(written(settings, out), *repairs)
    result = replay(settings, out)
    build(settings)
    return result


def test_mended_lines_are_accepted_and_all_adds_up(
    odd_shop: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "to mend.txt"
    result = replayed(odd_shop, out, MEND_CALL, MEND_SHORT, MEND_BOB)
    assert (result.row_count, result.unchanged_count, result.already_count) == (3, 2, 0)
    assert visitors(odd_shop) == ["device-a", "device-b", "device-broken"]
    assert people(odd_shop) == ["ann", "bob", "short"]
    records, calls = (landed.path for landed in result.landed)
    assert ask(odd_shop, ACCOUNT) == [
        (CUSTOMERS, 5, 1, 1, 3),
        (EVENTS, 4, 2, 0, 2),
        (records, 2, 2, 0, 0),
        (calls, 1, 1, 0, 0),
    ]
    assert ask(odd_shop, STATES) == [
        (CUSTOMERS, 3, True),
        (CUSTOMERS, 4, True),
        (EVENTS, 2, True),
    ]
    names = ask(odd_shop, "select first_name from staging.stg_shop__customers")
    assert ("B,\nob",) in names


def test_the_same_file_again_takes_in_nothing(
    odd_shop: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "to mend.txt"
    replayed(odd_shop, out, MEND_CALL, MEND_BOB)
    again = replay(odd_shop, out)
    assert (again.landed, again.already_count, again.unchanged_count) == ([], 2, 3)
    build(odd_shop)
    assert visitors(odd_shop) == ["device-a", "device-b", "device-broken"]


def test_a_line_set_aside_again_says_so_and_can_be_mended(
    odd_shop: Settings, tmp_path: Path
) -> None:
    replayed(odd_shop, tmp_path / "1.txt", ("yesterday", "today"))
    assert ask(odd_shop, STATES) == [(CUSTOMERS, 4, False)]
    chosen = Choice(path="shop/customers/replay-*")
    [group] = groups(odd_shop, chosen)
    assert (group.reason, group.open_count) == ("bad_timestamp", 1)
    assert "bob" not in people(odd_shop)
    replayed(odd_shop, tmp_path / "2.txt", ("today", "2025-01-01"))
    assert people(odd_shop) == ["ann", "bob"]
    assert groups(odd_shop, chosen)[0].open_count == 0


def test_a_mended_line_that_landed_by_itself_is_a_duplicate(
    odd_shop: Settings, tmp_path: Path
) -> None:
    land(odd_shop, "web/events/day 2.jsonl", call("broken").encode())
    result = replayed(odd_shop, tmp_path / "to mend.txt", MEND_CALL)
    assert visitors(odd_shop) == ["device-a", "device-b", "device-broken"]
    account = {path: counts for path, *counts in ask(odd_shop, ACCOUNT)}
    both = [account[result.landed[0].path], account["web/events/day 2.jsonl"]]
    assert sorted(both) == [[1, 0, 1, 0], [1, 1, 0, 0]]


@pytest.mark.parametrize(
    ("repairs", "told"),
    [
        ([(BROKEN_CALL, '{"type": ')], r"day 1\.jsonl:2: this line is still broken"),
        ([(BROKEN_CALL, "[1]")], "it is JSON, but no object"),
        ([(BROKEN_CALL, "{}\n{}")], "it has more than one line"),
        ([MEND_CALL, ("short,", "short,,")], "3 cells, and its header 5"),
        ([MEND_CALL, ("short,", '"short,')], "it is no CSV"),
        ([(HEADER_LINE, "#| a,b,c,d,e")], "names no declared column"),
        ([(" load 2 ", " load 7 ")], "no such line stands in the quarantine"),
        ([("#> ", "")], "there is no line with its place"),
    ],
)
def test_what_is_still_broken_takes_in_nothing(
    odd_shop: Settings, tmp_path: Path, repairs: list[tuple[str, str]], told: str
) -> None:
    out = written(odd_shop, tmp_path / "to mend.txt")
    mend(out, *repairs)
    with pytest.raises(TesseraError, match=told):
        replay(odd_shop, out)
    assert read_replays(odd_shop) == []
    assert not list(odd_shop.raw_dir.rglob("replay-*"))


def test_a_header_is_mended_with_its_lines(settings: Settings, tmp_path: Path) -> None:
    land(settings, CUSTOMERS, b"mail,born\nann,2025-01-01\nbob,2025-01-02\n")
    build(settings)
    replayed(settings, tmp_path / "to mend.txt", ("#| mail,born", "#| id,created_at"))
    assert people(settings) == ["ann", "bob"]


def test_a_crash_leaves_a_replay_to_finish(
    odd_shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = written(odd_shop, tmp_path / "to mend.txt")
    mend(out, MEND_CALL)

    def crash(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            replay(odd_shop, out)
    build(odd_shop)
    assert visitors(odd_shop) == ["device-a", "device-b"]
    assert replay(odd_shop, out).already_count == 1
    build(odd_shop)
    assert visitors(odd_shop) == ["device-a", "device-b", "device-broken"]
    assert ask(odd_shop, STATES) == [(EVENTS, 2, True)]


def test_the_record_says_which_line_mends_which(
    odd_shop: Settings, tmp_path: Path, say: Says
) -> None:
    out = written(odd_shop, tmp_path / "to mend.txt")
    mend(out, MEND_CALL, MEND_SHORT, MEND_BOB)
    told = say("quarantine", "replay", str(out), "--no-run")
    assert told.exit_code == 0, told.output
    assert "2 mended lines landed as shop/customers/replay-" in told.output
    assert "2 are as they were" in told.output
    lines = (odd_shop.raw_dir / "replays.jsonl").read_text().splitlines()
    noted = [json.loads(line) for line in lines]
    rows = [
        (row["path"], row["line_number"], row["replayed_line_number"])
        for note in noted
        for row in note["rows"]
    ]
    assert sorted(rows) == [(CUSTOMERS, 3, 2), (CUSTOMERS, 4, 3), (EVENTS, 2, 1)]
    listed = say("quarantine").output
    assert "3 mended lines wait for `tessera run`" in listed


def test_a_mended_line_does_not_count_twice_when_a_rule_is_mended_too(
    settings: Settings, tmp_path: Path
) -> None:
    """Both lines would be accepted then; the mended one is meant."""
    land(settings, EVENTS, call("late", timestamp="2025-01-02T20:00:00Z").encode())
    land(settings, CUSTOMERS, (HEADER + person("eve", at="2999-01-01")).encode())
    build(settings)
    mends = ("20:00:00Z", "10:00:00Z"), ("2999-01-01", "2025-01-01")
    assert replayed(settings, tmp_path / "to mend.txt", *mends).row_count == 2
    patient = {"clock_tolerance_minutes": 60 * 24 * 365 * 1_000}
    dbt_build(settings, select=STAGED, variables=patient)
    assert visitors(settings) == ["device-late"]
    born = ask(settings, "select year(created_at) from staging.stg_shop__customers")
    assert born[0][0] in (2024, 2025)
    reasons = "select distinct reason, is_mended from staging.quarantine"
    assert ask(settings, reasons) == [("mended", True)]
    assert [counts for _, *counts in ask(settings, ACCOUNT)] == [
        [1, 0, 0, 1],
        [1, 0, 0, 1],
        [1, 1, 0, 0],
        [1, 1, 0, 0],
    ]


@pytest.mark.parametrize("entity", entities(), ids="/".join)
def test_every_entity_knows_what_was_mended(entity: tuple[str, str]) -> None:
    source, name = entity
    folder = PROJECT_DIR / "models" / "staging"
    (model,) = folder.rglob(f"base_{source}__{name}.sql")
    text = " ".join(model.read_text(encoding="utf-8").split())
    last = f"{{{{ or_mended('{source}', '{name}') }}}} end as quarantine_reason"
    judged_by_macro = (
        f"{{{{ web_events_from('told', '{source}', '{name}') }}}}",
        f"{{{{ segment_calls('{name}', ",
        f"{{{{ named_things('{source}', '{name}', ",
    )
    assert last in text or any(call in text for call in judged_by_macro)


def test_the_macros_that_judge_know_what_was_mended() -> None:
    macros = PROJECT_DIR / "macros"
    events, calls, things = (
        " ".join((macros / f"{name}.sql").read_text(encoding="utf-8").split())
        for name in ("web_events", "segment_calls", "fivetran")
    )
    last = "{{ or_mended(source, entity) }} end as quarantine_reason"
    assert last in events
    assert last in things
    assert "{{ web_events_from('told', 'segment', entity, devices='web') }}" in calls
