"""The account of every file: whatever lands twice, grows, changes or contradicts."""

import json
from typing import Any

import pytest

from expectations.ingest import LINES_RECONCILED, QUARANTINE_LISTED
from tests.bad_input.conftest import ask, land
from tests.bad_input.odd_files import call
from tests.quarantine.conftest import (
    CUSTOMERS,
    EVENTS,
    STAGED,
    Says,
    build,
    people,
    visitors,
)
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

ACCOUNT = """
    select path, line_count, accepted_count, duplicate_count, quarantined_count
    from marts.data_quality where is_reconciled order by path
"""
CONFLICTS = """
    select source, reason, path from staging.event_conflicts order by all
"""
WHOLE = "select * from staging.event_conflicts order by all"
AGAIN = ("file_reconciliation", "quarantine", "mart_data_quality")


def mail(name: str, **parts: Any) -> str:
    """A line of the email service's webhook."""
    usual = {
        "sg_event_id": name,
        "event": "open",
        "email": f"{name}@shop.example",
        "timestamp": 1735812000,
        "received_at": 1735812001,
    }
    return json.dumps(usual | parts) + "\n"


def order(name: str, buyer: str) -> str:
    return f"{name},{buyer},EUR,10,paid,2025-01-01 10:00:00\n"


def test_a_replaced_file_is_taken_in_again_without_doubling(settings: Settings) -> None:
    land(settings, EVENTS, (call("a") + call("b")).encode())
    land(settings, "web/events/day 2.jsonl", (call("b") + call("c")).encode())
    build(settings)
    land(settings, EVENTS, (call("a") + call("new") + call("b")).encode())
    build(settings)
    assert visitors(settings) == ["device-a", "device-b", "device-c", "device-new"]
    assert ask(settings, ACCOUNT) == [
        (EVENTS, 3, 2, 1, 0),
        ("web/events/day 2.jsonl", 2, 2, 0, 0),
    ]


def test_a_growing_file_waits_until_it_is_sealed(settings: Settings) -> None:
    land(settings, EVENTS, call("a").encode())
    growing = land(settings, "web/events/day 2.jsonl.open", call("b").encode())
    build(settings)
    assert visitors(settings) == ["device-a"]
    assert [path for path, *_ in ask(settings, ACCOUNT)] == [EVENTS]
    growing.rename(growing.with_suffix(""))
    build(settings)
    assert visitors(settings) == ["device-a", "device-b"]


def test_versions_of_one_id_are_kept_apart_and_reported(
    settings: Settings, say: Says
) -> None:
    later = {"receivedAt": "2025-01-02T10:00:09Z"}
    land(settings, EVENTS, (call("a") + call("b") + call("c")).encode())
    land(settings, "esp/events/1.jsonl", (mail("m") + mail("n")).encode())
    build(settings)
    assert ask(settings, CONFLICTS) == []
    second = (
        call("a", **later)
        + call("b", event="Product Added", **later)
        + call("c", anonymousId="somebody else", **later)
    )
    land(settings, "web/events/day 2.jsonl", second.encode())
    others = mail("m", received_at=1735812009) + mail("n", email="o@shop.example")
    land(settings, "esp/events/2.jsonl", others.encode())
    build(settings)
    assert ask(settings, CONFLICTS) == [
        ("esp", "other_user", "esp/events/1.jsonl"),
        ("esp", "other_user", "esp/events/2.jsonl"),
        ("web", "other_content", EVENTS),
        ("web", "other_content", "web/events/day 2.jsonl"),
        ("web", "other_user", EVENTS),
        ("web", "other_user", "web/events/day 2.jsonl"),
    ]
    assert len(visitors(settings)) == 5
    counted = "select path, conflict_count from marts.data_quality order by path"
    assert [number for _, number in ask(settings, counted)] == [1, 1, 2, 2]
    listed = [
        line.split() for line in say("quarantine", "--conflicts").output.split("\n")
    ]
    assert ["web", "events", "other_user", "1", "2"] in [row[:5] for row in listed]
    ids = {tuple(row[:4]) for row in listed if row[1:2] in (["event"], ["order"])}
    assert ids == {
        ("web", "event", "other_content", "b"),
        ("web", "event", "other_user", "c"),
        ("esp", "event", "other_user", "n"),
    }
    before = ask(settings, WHOLE)
    dbt_build(settings, select=STAGED, full_refresh=True)
    assert ask(settings, WHOLE) == before


def test_an_earlier_copy_takes_its_place_in_the_conflict(settings: Settings) -> None:
    """The copy that was received first counts, though it landed last."""
    land(settings, EVENTS, (call("a") + call("a", event="Other")).encode())
    build(settings)
    early = call("a", receivedAt="2025-01-02T10:00:00Z")
    land(settings, "web/events/day 2.jsonl", early.encode())
    build(settings)
    assert ask(settings, CONFLICTS) == [
        ("web", "other_content", EVENTS),
        ("web", "other_content", "web/events/day 2.jsonl"),
    ]
    before = ask(settings, WHOLE)
    dbt_build(settings, select=STAGED, full_refresh=True)
    assert ask(settings, WHOLE) == before


def test_an_order_id_of_two_buyers_is_two_orders(settings: Settings, say: Says) -> None:
    header = "id,customer_id,currency,total_amount,financial_status,created_at\n"
    rows = order("1", "ann") + order("1", "bob") + order("2", "ann") + order("2", "ann")
    land(settings, "shop/orders/all.csv", (header + rows).encode())
    bought = {"event": "Order Completed", "properties": {"order_id": "7"}}
    land(settings, EVENTS, (call("a", **bought) + call("b", **bought)).encode())
    build(settings)
    orders = "select order_id from staging.stg_shop__orders order by all"
    assert ask(settings, orders) == [("1",), ("1",), ("2",)]
    reported = "select source, order_id, path from staging.order_conflicts order by all"
    assert ask(settings, reported) == [
        *[("shop", "1", "shop/orders/all.csv")] * 2,
        *[("web", "7", EVENTS)] * 2,
    ]
    told = say("quarantine", "--conflicts").output
    listed = [line.split() for line in told.splitlines()]
    assert ["shop", "order", "other_buyer", "1", "2"] in [row[:5] for row in listed]
    assert ["web", "order", "other_buyer", "7", "2"] in [row[:5] for row in listed]
    assert "ann" not in told
    assert "device-a" not in told
    told = say("quarantine", "--conflicts", "--limit", "1").output
    assert "1 more: `--limit 2`" in told


def test_events_of_nobody_are_kept_counted_and_never_one_stranger(
    settings: Settings,
) -> None:
    nobodys = [
        call(name, anonymousId=blank, timestamp=f"2025-01-02T10:0{minute}:00Z")
        for minute, (name, blank) in enumerate([("x", None), ("y", ""), ("z", " ")])
    ]
    land(settings, EVENTS, (call("a") + "".join(nobodys)).encode())
    stages = [
        f"{stage},resource_type:model" for stage in ("staging", "identity", "behavior")
    ]
    chosen = ["resource_type:seed", *stages, "mart_data_quality"]
    dbt_build(settings, select=chosen)
    counted = "select accepted_count, no_visitor_count from marts.data_quality"
    assert ask(settings, counted) == [(4, 3)]
    assert ask(settings, "select count(*) from behavior.events") == [(4,)]
    sessions = "select visitor_id, event_count from behavior.sessions"
    assert ask(settings, sessions) == [("web:device-a", 1)]
    assert ask(settings, "select record_id from identity.records") == [
        ("web:device-a",)
    ]


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        (
            "delete from staging.base_web__events where anonymous_id = 'device-b'",
            LINES_RECONCILED,
        ),
        (
            "delete from staging.stg_shop__customers where user_id = 'ann'",
            LINES_RECONCILED,
        ),
        (
            "insert into staging.base_web__events"
            " from staging.base_web__events where anonymous_id = 'device-a'",
            LINES_RECONCILED,
        ),
        ("delete from staging.set_aside where line_number = 3", QUARANTINE_LISTED),
    ],
)
def test_a_lost_or_doubled_line_breaks_the_gate(
    odd_shop: Settings, harm: str, rule: Any
) -> None:
    assert ask(odd_shop, rule.offenders) == []
    assert (CUSTOMERS, 5, 1, 1, 3) in ask(odd_shop, ACCOUNT)
    with connect(odd_shop.build_path) as build_database:
        build_database.execute(harm)
    dbt_build(odd_shop, select=[f"{name},resource_type:model" for name in AGAIN])
    assert len(ask(odd_shop, rule.offenders)) >= 1


def test_files_are_listed_with_their_account(odd_shop: Settings, say: Says) -> None:
    listed = say("quarantine", "--files").output
    [customers] = [line.split() for line in listed.splitlines() if CUSTOMERS in line]
    assert customers[2:6] == ["5", "1", "1", "3"]
    [events] = [line for line in listed.splitlines() if EVENTS in line]
    assert "day 1" in events
    assert "bytes, SHA-256" in listed
    assert ["2", "files", "9", "3", "1", "5", "0", "0", "0"] in [
        line.split() for line in listed.splitlines()
    ]
    only = say("quarantine", "--files", "--source", "web").output
    assert EVENTS in only
    assert CUSTOMERS not in only
    assert people(odd_shop) == ["ann"]
