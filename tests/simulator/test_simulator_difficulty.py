"""Every figure of the difficulty holds, within the band that chance allows."""

from collections import defaultdict
from math import sqrt

import pytest

from simulator import difficulty
from simulator.seasons import TYPES

from .conftest import CUSTOMERS, Shop

SIGMAS = 4
LATE = "interval 5 minute"
HONEST = "(?i)bot|external|Headless|python"


def assert_share(hits: float, total: float, share: float, spread: float = 1.0) -> None:
    """Hold hits / total to a share; `spread` widens the band for clustered draws."""
    band = SIGMAS * spread * sqrt(share * (1 - share) / total)
    assert total > 0
    assert abs(hits / total - share) <= band, (hits / total, share, band)


def test_the_figures_themselves_are_fixed() -> None:
    """An easier shop would flatter every result: see DECISIONS.md before a change."""
    figures = {
        name: value for name, value in vars(difficulty).items() if name.isupper()
    }
    assert figures == {
        "DUPLICATE_SHARE": 0.12,
        "HARD_SHARE": 1 / 3,
        "HOUSEHOLD_PHONE_SHARE": 0.03,
        "JUNK_SHARE": 0.005,
        "LATE_SHARE": 0.05,
        "REDELIVERED_SHARE": 0.02,
        "MALFORMED_SHARE": 0.001,
        "WRONG_CLOCK_SHARE": 0.0005,
        "NAMELESS_SHARE": 0.0025,
        "OWNERLESS_SHARE": 0.0025,
        "BOT_SHARE": 0.08,
        "HONEST_BOT_SHARE": 0.8,
        "MACHINE_OPEN_SHARE": 0.25,
        "SEASONAL_SHARE": 0.06,
        "SWISS_SHARE": 0.03,
        "PASSER_BY_RATIO": 1.2,
    }


def test_malformed_lines(shop: Shop) -> None:
    for table in ("web", "mail"):
        hits, total = shop.one(
            f"select count(*) filter (event is null"
            f"{' and type is null' if table == 'web' else ''}), "
            f"count(*) from {table}"
        )
        assert_share(hits, total, difficulty.MALFORMED_SHARE)
    assert total == shop.report.lines["esp/events"]


def test_events_without_an_id(shop: Shop) -> None:
    nameless, ownerless, total = shop.one(
        """
        select
            count(*) filter ("messageId" is null),
            count(*) filter ("anonymousId" is null and "userId" is null),
            count(*)
        from web where type is not null
        """
    )
    assert_share(nameless, total, difficulty.NAMELESS_SHARE)
    assert_share(ownerless, total, difficulty.OWNERLESS_SHARE)


@pytest.mark.parametrize(
    ("table", "name", "claimed", "received"),
    [
        ("web", '"messageId"', '"timestamp"', '"receivedAt"'),
        (
            "mail",
            "sg_event_id",
            'to_timestamp("timestamp")',
            "to_timestamp(received_at)",
        ),
    ],
)
def test_late_repeated_and_misdated(
    shop: Shop, table: str, name: str, claimed: str, received: str
) -> None:
    late, wrong, events, lines = shop.one(
        f"""
        with firsts as (
            select {name}, any_value({claimed}) as claimed,
                min({received}) as received, count(*) as lines
            from {table} where {name} is not null group by {name}
        )
        select
            count(*) filter (received - claimed >= {LATE}),
            count(*) filter (claimed > received + interval 1 day),
            count(*), sum(lines)
        from firsts
        """
    )
    assert_share(late, events, difficulty.LATE_SHARE)
    assert_share(wrong, events, difficulty.WRONG_CLOCK_SHARE)
    assert_share(lines - events, events, difficulty.REDELIVERED_SHARE)


def test_a_repeated_event_has_the_same_content(shop: Shop) -> None:
    (differing,) = shop.one(
        """
        select count(*) from (
            select "messageId" from web where "messageId" is not null
            group by "messageId"
            having count(*) > 1 and count(distinct (type, event, "anonymousId",
                "userId", "timestamp", context, properties, traits)) > 1
        )
        """
    )
    assert differing == 0


def test_bots(shop: Shop) -> None:
    bots, honest, total = shop.one(
        f"""
        select
            count(*) filter (anonymous_id is not null),
            count(distinct anonymous_id) filter (
                regexp_matches(context->>'userAgent', '{HONEST}')
            ) / count(distinct anonymous_id),
            count(*)
        from web left join true_bot_devices on anonymous_id = "anonymousId"
        where type is not null and "anonymousId" is not null
        """
    )
    assert_share(bots, total, difficulty.BOT_SHARE)
    assert honest == pytest.approx(difficulty.HONEST_BOT_SHARE, abs=0.12)


def test_machine_opens(shop: Shop) -> None:
    machine, total, told = shop.one(
        """
        select
            count(*) filter (m.sg_event_id is not null), count(*),
            count(*) filter (m.sg_event_id is not null and useragent = 'Mozilla/5.0')
        from (select distinct sg_event_id, event, useragent from mail) e
        left join true_machine_opens m on m.sg_event_id = e.sg_event_id
        where event = 'open'
        """
    )
    assert_share(machine, total, difficulty.MACHINE_OPEN_SHARE)
    assert 0.5 < told / machine < 0.7


def test_machines_open_by_agent_or_within_seconds(shop: Shop) -> None:
    (hidden, quick_humans) = shop.one(
        """
        with opens as (
            select o.sg_event_id, o.useragent, o."timestamp" - d."timestamp" as seconds
            from mail o
            join mail d on d.sg_message_id = o.sg_message_id and d.event = 'delivered'
            where o.event = 'open' and o."timestamp" < o.received_at + 86400
                and d."timestamp" < d.received_at + 86400
        )
        select
            count(*) filter (
                sg_event_id in (from true_machine_opens)
                and useragent != 'Mozilla/5.0' and seconds > 10
            ),
            count(*) filter (
                sg_event_id not in (from true_machine_opens) and seconds < 30
            )
        from opens
        """
    )
    assert (hidden, quick_humans) == (0, 0)


@pytest.mark.parametrize(
    ("table", "key", "source"),
    [
        ("customers", "id", "shop"),
        ("contacts", "contact_id", "crm"),
        ("subscribers", "email", "esp"),
    ],
)
def test_duplicates_and_what_twins_share(
    shop: Shop, table: str, key: str, source: str
) -> None:
    rows = shop.all(
        f"""
        select distinct on ({key}) person_id, lower(trim(email)),
            regexp_replace(coalesce(phone, ''), '[^0-9]', '', 'g')
        from {table} join true_records on record_key = {key} and source = '{source}'
        """
    )
    people = defaultdict(list)
    for person, email, phone in rows:
        people[person].append((email, str(phone)[-11:]))
    twins = [records for records in people.values() if len(records) > 1]
    extra = len(rows) - len(people)
    assert_share(extra, len(rows), difficulty.DUPLICATE_SHARE)
    hard = sum(not _share_a_key(*records) for records in twins)
    assert_share(hard, len(twins), difficulty.HARD_SHARE)


def _share_a_key(one: tuple[str, str], two: tuple[str, str]) -> bool:
    return one[0] == two[0] or (one[1] != "" and one[1] == two[1])


def test_junk(shop: Shop) -> None:
    emails, phones, total, with_phone = shop.one(
        """
        select
            count(*) filter (email in ('test@test.com', 'noreply@example.com',
                'none@none.com', 'asdf@asdf.com', 'na@na.de')),
            count(*) filter (phone in ('0000000000', '1234567890', '9999999999',
                '1111111111', '0')),
            count(*), count(phone)
        from (
            select email, phone from customers
            union all
            select email, phone from contacts
        )
        """
    )
    assert_share(emails, total, difficulty.JUNK_SHARE)
    assert_share(phones, with_phone, difficulty.JUNK_SHARE)


def test_households_share_phones(shop: Shop) -> None:
    (homes, shared) = shop.one(
        """
        select count(*), count(*) filter (people > 1) from (
            select household_id, count(*) as people from true_persons
            where latent_type != 'passer_by' group by household_id
        )
        """
    )
    assert_share(shared, homes, difficulty.HOUSEHOLD_PHONE_SHARE)


def test_seasonal_people_come_alive_in_two_months(shop: Shop) -> None:
    (seasonal, people) = shop.one(
        """
        select count(*) filter (is_seasonal), count(*) from true_persons
        where latent_type != 'passer_by'
        """
    )
    assert people == CUSTOMERS
    assert_share(seasonal, people, difficulty.SEASONAL_SHARE)
    (early, late) = shop.one(
        """
        select
            count(*) filter ("timestamp" < '2025-11-01'),
            count(*) filter ("timestamp" between '2025-11-01' and '2026-01-01')
        from web
        join true_records on record_key = "anonymousId"
        join true_persons using (person_id)
        where is_seasonal
        """
    )
    assert 0 < early < late


def test_orders_of_every_kind(shop: Shop) -> None:
    (swiss, total, test, voided, refunded, traceless) = shop.one(
        """
        select
            count(distinct customer_id) filter (currency = 'CHF'),
            count(distinct customer_id),
            count(*) filter (test = 'true'),
            count(*) filter (cancelled_at is not null),
            count(*) filter (financial_status = 'refunded'),
            count(*) filter (client_id is null and created_at > '2025-08-01')
        from orders
        """
    )
    assert_share(swiss, total, difficulty.SWISS_SHARE, spread=1.5)
    assert min(test, voided, refunded, traceless) > 0


def test_every_latent_type_lives(shop: Shop) -> None:
    kinds = {kind for (kind,) in shop.all("select latent_type from true_persons")}
    assert kinds == {*TYPES, "passer_by"}


def test_about_a_hundred_web_events_a_customer(shop: Shop) -> None:
    assert 80 < shop.report.lines["web/events"] / CUSTOMERS < 125
    (visitors,) = shop.one('select count(distinct "anonymousId") from web')
    assert visitors > CUSTOMERS
