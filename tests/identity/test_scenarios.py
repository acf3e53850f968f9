"""Each scenario of SCENARIOS.md, on landed lines; in any order of arrival the same."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.behavior import shop
from tests.behavior.shop import Row
from tests.identity.conftest import BUILT, TABLES, VARIABLES, Shop, Stay
from tests.identity.scenarios import CAP, LARGEST, SCENARIOS, mail
from warehouse.dbt import dbt_build

Stays = list[Stay]
PAGE = Path(__file__).with_name("SCENARIOS.md").read_text(encoding="utf-8")


def on(month: int, day: int) -> datetime:
    """Noon of a day of 2025."""
    return datetime(2025, month, day, 12)


def named(record: str) -> str:
    """The id of the customer whose oldest record this is."""
    return "c_" + hashlib.md5(record.encode()).hexdigest()[:16]


def mailing(name: str) -> str:
    """The record of a subscriber, by the name of the scenario."""
    return f"esp:{hashlib.md5(mail(name).encode()).hexdigest()}"


def of(stays: Stays, record: str) -> list[tuple[str, datetime, str, str | None]]:
    """Where a record went: the customer, since when, why and by which rule."""
    return [
        (stay.customer_id, stay.valid_from, stay.reason, stay.rule)
        for stay in stays
        if stay.record_id == record
    ]


def now(stays: Stays, records: Collection[str]) -> list[set[str]]:
    """Who of these records are together now, with whom else they are."""
    groups: dict[str, set[str]] = defaultdict(set)
    for stay in stays:
        if stay.valid_to is None:
            groups[stay.customer_id].add(stay.record_id)
    return [group for group in groups.values() if group & set(records)]


def cuts(landed: Shop) -> Counter[tuple[str, str, str]]:
    """The links that are refused now."""
    rows = shop.table(landed(0), "identity.identity_cuts")
    return Counter((row["record_id"], row["rule"], row["reason"]) for row in rows)


def test_the_page_names_each_scenario() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
    assert rows[1:] == [name for name in SCENARIOS if name != "the clock"]


def test_chain(stays: Stays) -> None:
    assert of(stays, "web:chain-1") == [
        (named("web:chain-2"), on(3, 1), "appeared", "email"),
        (named("web:chain-3"), on(4, 1), "merged", "email"),
    ]
    assert of(stays, "web:chain-2") == [
        (named("web:chain-2"), on(2, 1), "appeared", None),
        (named("web:chain-3"), on(4, 1), "merged", "email"),
    ]
    assert of(stays, "web:chain-3") == [
        (named("web:chain-3"), on(1, 1), "appeared", None)
    ]


def test_fan_in(stays: Stays, landed: Shop) -> None:
    fans = {f"web:fan-{number}" for number in range(1, 6)}
    assert now(stays, fans) == [fans]
    aliases = shop.table(landed(0), "identity.identity_aliases")
    told = {row["alias_id"]: row["customer_id"] for row in aliases}
    for fan in fans - {"web:fan-1"}:
        assert told[named(fan)] == named("web:fan-1")
    assert named("web:fan-1") not in told


def test_diamond(stays: Stays) -> None:
    both = ["web:diamond-1", "web:diamond-2"]
    assert now(stays, both) == [{*both, "crm:diamond"}]
    for record in both:
        assert [stay[2] for stay in of(stays, record)] == ["appeared"]


def test_shared_device(stays: Stays, landed: Shop) -> None:
    records = {"shop:kiosk-a", "shop:kiosk-b", "web:kiosk"}
    groups = now(stays, records)
    assert sorted(groups, key=len) == [{"shop:kiosk-b"}, {"shop:kiosk-a", "web:kiosk"}]
    refused = {cut: n for cut, n in cuts(landed).items() if cut[0] in records}
    assert refused[("web:kiosk", "user_id", "other_account")] == 1
    assert {reason for _, _, reason in refused} == {"other_account"}


def test_kiosk(stays: Stays, landed: Shop) -> None:
    assert of(stays, "web:hall") == [
        (named("shop:hall-1"), on(2, 1), "appeared", "user_id"),
        (named("web:hall"), on(2, 5), "split", "user_id"),
    ]
    held = shop.table(landed(0), "identity.held_identifiers")
    told = [row for row in held if row["reason"] == "too many accounts"]
    assert [(row["identifier_type"], row["record_count"]) for row in told] == [
        ("device", 5)
    ]
    assert [row["held_since_at"] for row in told] == [on(2, 5)]


def test_every_scenario_passes_the_tests_of_dbt(landed: Shop) -> None:
    told = ["held_identifiers", "shared_devices", *TABLES]
    run = dbt_build(landed(0), select=told, variables=VARIABLES, excluded=["unit_test"])
    assert sum(one.resource_type == "test" for one in run.results) > len(told)


def test_late_bridge(stays: Stays) -> None:
    assert of(stays, "web:bridge-2") == [
        (named("web:bridge-2"), on(2, 1), "appeared", None),
        (named("web:bridge-1"), on(6, 1), "merged", "email"),
    ]
    assert of(stays, "crm:bridge")[-1][0] == named("web:bridge-1")


def test_conflicting_user_ids(stays: Stays, landed: Shop) -> None:
    groups = now(stays, ["shop:two-a", "shop:two-b"])
    assert sorted(groups, key=len) == [{"shop:two-a"}, {"shop:two-b", "web:two"}]
    told = cuts(landed)
    assert sum(told[(f"shop:two-{n}", "name_postcode", "other_account")] for n in "ab")


def test_one_person_two_accounts(stays: Stays) -> None:
    records = {"shop:both-a", "shop:both-b", "web:both"}
    assert now(stays, records) == [records]


def test_older_root_arrives_late(stays: Stays) -> None:
    for record, month in (("web:root-1", 2), ("web:root-2", 3)):
        appeared, merged = of(stays, record)
        assert appeared[:3] == (named("web:root-1"), on(month, 1), "appeared")
        assert merged == (named("crm:root"), on(6, 1), "merged", "email")


def test_self_link(stays: Stays, landed: Shop) -> None:
    assert of(stays, "web:self") == [(named("web:self"), on(1, 1), "appeared", None)]
    aside = shop.table(landed(0), "staging.base_identity__decisions")
    reasons = Counter(row["quarantine_reason"] for row in aside)
    assert reasons["same_value"] == 1
    assert set(reasons) == {None, "same_value"}


def test_junk_hub(stays: Stays) -> None:
    records = {f"web:junk-{number}" for number in (1, 2, 3)}
    assert len(now(stays, records)) == 3


def test_split(stays: Stays, landed: Shop) -> None:
    account, part = named("shop:split"), named("web:split-2")
    assert of(stays, "web:split-1")[-1][0] == account
    assert of(stays, "web:split-2") == [
        (account, on(3, 1), "appeared", "email"),
        (part, on(7, 1), "split", "email"),
    ]
    assert of(stays, "web:split-3")[-1] == (part, on(7, 1), "split", "email")
    assert cuts(landed)[("web:split-2", "email", "cannot_link")] == 1


def test_re_merge(stays: Stays) -> None:
    first, second = named("web:again-1"), named("web:again-2")
    assert of(stays, "web:again-2") == [
        (first, on(2, 1), "appeared", "email"),
        (second, on(5, 1), "split", "email"),
        (first, on(6, 1), "merged", "email"),
    ]


def test_cap_reached(stays: Stays) -> None:
    records = {f"web:full-{number}" for number in range(CAP)}
    assert now(stays, records) == [records]


def test_cap_reached_later(stays: Stays) -> None:
    records = [f"web:cap-{number}" for number in range(CAP + 1)]
    assert len(now(stays, records)) == CAP + 1
    one_too_many = of(stays, records[-1])
    assert len(one_too_many) == 1
    for record in records[1:-1]:
        appeared, split = of(stays, record)
        assert appeared[0] == named(records[0])
        assert split == (named(record), one_too_many[0][1], "split", "email")


def test_told_to_be_one(stays: Stays) -> None:
    assert of(stays, "web:one")[-1] == (
        named("shop:one"),
        on(7, 1),
        "merged",
        "must_link",
    )
    assert of(stays, "crm:one")[-1][0] == named("shop:one")


def test_told_what_nobody_has(landed: Shop) -> None:
    decisions = shop.table(landed(0), "identity.identity_decisions")
    held = shop.table(landed(0), "identity.identity_named_values")
    sides = {(row["decision_id"], row["side"]) for row in held}
    nobodys = [
        row["left_value"]
        for row in decisions
        if not {(row["decision_id"], side) for side in ("left", "right")} <= sides
    ]
    assert nobodys == ["nobody@example.org"]


def profiles(landed: Shop, table: str = "golden_profiles") -> dict[str, list[Row]]:
    """The rows of each customer in a table of the profiles."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in shop.table(landed(0), f"identity.{table}"):
        found[row["customer_id"]].append(row)
    return found


def test_address_denied(stays: Stays, landed: Shop) -> None:
    account, mailing_list = named("shop:denied"), of(stays, mailing("denied"))[-1][0]
    assert mailing_list != account
    told = profiles(landed)
    ((denied,), (kept,)) = told[account], told[mailing_list]
    assert (denied["email"], denied["is_email_reachable"]) == (None, False)
    assert (kept["email"], kept["is_email_reachable"]) == ("denied@example.org", True)
    (row,) = profiles(landed, "profile_lineage")[account]
    assert (row["attribute_name"], row["attribute_value"], row["rule"]) == (
        *("email", None, "cannot_link"),
    )
    assert row["losers"] == [
        {
            "record_id": "shop:denied",
            "source": "shop",
            "masked_value": "d…@example.org",
            "lost_by": "cannot_link",
        }
    ]
    # What the account agreed to was mail to an address that is not its.
    (verdict,) = profiles(landed, "consent_verdicts")[account]
    assert (verdict["is_allowed"], verdict["rule"]) == (False, "cannot_link")


def test_address_denied_and_given_back(stays: Stays, landed: Shop) -> None:
    together = [{"shop:given", mailing("given")}]
    assert now(stays, ["shop:given"]) == together
    ((profile,), (row,)) = (
        profiles(landed, table)[named("shop:given")]
        for table in ("golden_profiles", "profile_lineage")
    )
    assert (profile["email"], profile["is_email_reachable"]) == (mail("given"), True)
    assert row["rule"] == "only_value"


def test_phone_denied(landed: Shop) -> None:
    told = profiles(landed)
    ((denied,), (kept,)) = told[named("shop:phone")], told[named("crm:phone")]
    assert (denied["phone"], denied["is_sms_reachable"]) == (None, False)
    assert kept["phone"] == "+49 170 1230003"
    (row,) = profiles(landed, "profile_lineage")[named("shop:phone")]
    assert (row["attribute_name"], row["rule"]) == ("phone", "cannot_link")
    (verdict,) = profiles(landed, "consent_verdicts")[named("shop:phone")]
    assert (verdict["channel"], verdict["rule"]) == ("sms", "cannot_link")


def test_account_denied(stays: Stays, landed: Shop) -> None:
    assert now(stays, ["web:other"]) == [{"web:other"}]
    (denied,) = profiles(landed, "denied_statements")[named("web:other")]
    assert (denied["identifier_type"], denied["stated_value"]) == ("user_id", "other")
    ((theirs,), (kept,)) = (
        profiles(landed)[named(record)] for record in ("web:other", "shop:other")
    )
    assert (theirs["email"], kept["email"]) == (mail("own"), mail("other"))


def test_father_and_son(stays: Stays, landed: Shop) -> None:
    records = {"crm:father", "crm:house", "shop:son"}
    assert len(now(stays, records)) == 3
    assert of(stays, "crm:house") == [
        (named("crm:father"), on(2, 1), "appeared", "phone_first_name"),
        (named("crm:house"), on(3, 1), "split", "phone_first_name"),
    ]
    assert of(stays, "shop:son") == [(named("shop:son"), on(3, 1), "appeared", None)]
    held = shop.table(landed(0), "identity.held_identifiers")
    told = [row for row in held if row["reason"] == "dates of birth differ"]
    assert [
        (row["identifier_type"], row["record_count"], row["held_since_at"])
        for row in told
    ] == [("phone_first_name", 3, on(3, 1))]


def test_a_slip_in_the_birthday(stays: Stays) -> None:
    records = {"crm:slip", "shop:slip"}
    assert now(stays, records) == [records]


def test_one_postcode_in_two_countries(stays: Stays) -> None:
    groups = [{"crm:wien", "shop:wien"}, {"crm:auckland"}, {"crm:home", "shop:home"}]
    found = now(stays, {record for group in groups for record in group})
    assert sorted(found, key=sorted) == sorted(groups, key=sorted)


def test_too_large(stays: Stays, landed: Shop) -> None:
    sizes = Counter(stay.customer_id for stay in stays if stay.valid_to is None)
    assert max(sizes.values()) == LARGEST
    told = [cut for cut in cuts(landed) if cut[2] == "oversized"]
    assert [record[:9] for record, _, _ in told] == ["web:long-"]


def test_there_is_no_gap_and_no_overlap(stays: Stays, landed: Shop) -> None:
    appears = {
        row["record_id"]: row["first_received_at"]
        for row in shop.table(landed(0), "identity.records")
    }
    by_record: dict[str, Stays] = defaultdict(list)
    for stay in stays:
        by_record[stay.record_id].append(stay)
    assert set(by_record) == set(appears)
    for record, spans in by_record.items():
        ends = [appears[record], *(span.valid_to for span in spans)]
        assert [*(span.valid_from for span in spans), None] == ends


def test_the_last_interval_is_the_map(stays: Stays, landed: Shop) -> None:
    known = shop.table(landed(0), "identity.identity_map")
    assert {row["record_id"]: row["customer_id"] for row in known} == {
        stay.record_id: stay.customer_id for stay in stays if stay.valid_to is None
    }


@pytest.mark.parametrize(
    "order", [1, *(pytest.param(order, marks=pytest.mark.soak) for order in (2, 3))]
)
@pytest.mark.parametrize("name", TABLES)
def test_any_order_of_arrival_tells_the_same(
    order: int, name: str, landed: Shop
) -> None:
    """In increments, what is told in one build from nothing."""
    straight = shop.table(landed(0), f"identity.{name}")
    other = shop.table(landed(order), f"identity.{name}")
    columns = sorted(straight[0])
    assert shop.counted(other, columns) == shop.counted(straight, columns)


@pytest.mark.soak
@pytest.mark.parametrize("name", TABLES)
def test_increments_tell_what_a_full_refresh_tells(name: str, landed: Shop) -> None:
    settings = landed(1)
    beside = replace(settings, build_name="rebuilt")
    if not beside.build_path.exists():
        shop.build(beside, BUILT, full_refresh=True, variables=VARIABLES)
    standing = shop.table(settings, f"identity.{name}")
    afresh = shop.table(beside, f"identity.{name}")
    columns = sorted(afresh[0])
    assert shop.counted(standing, columns) == shop.counted(afresh, columns)
