"""The canary: what happens, arrives or is linked later changes no feature before."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.spec import discover
from tests.pipeline.conftest import AS_OF, build, json_lines, land
from warehouse.connection import connect
from warehouse.settings import Settings

LATER = AS_OF - timedelta(days=3)
Rows = list[tuple[Any, ...]]


@pytest.fixture
def canary_shop(small_shop: Settings, tmp_path: Path) -> Settings:
    """A copy of the small shop's raw files, to which more can land."""
    settings = Settings(small_shop.project_dir, tmp_path / "data")
    shutil.copytree(small_shop.raw_dir, settings.raw_dir)
    return settings


def features(settings: Settings, is_now: bool) -> Rows:
    """Every row and column of the features, past or now."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(
            """
            select features.*
            from features.customer_features as features
            inner join features.feature_spine as spine
                on features.customer_id = spine.customer_id
                and features.as_of_at = spine.as_of_at
            where spine.is_now = $is_now
            order by all
            """,
            {"is_now": is_now},
        ).fetchall()


def learned_from(settings: Settings) -> list[str]:
    """The tables of all that models read that tell of past moments."""
    tables = {table for spec in discover().values() for table in spec.reads.values()}
    with connect(settings.build_path, read_only=True) as connection:
        return [
            table
            for table in sorted(tables)
            if "as_of_at" in connection.table(table).columns
            and connection.execute(
                f"select 1 from {table} where as_of_at < '{AS_OF}' limit 1"
            ).fetchall()
        ]


def moments_before(settings: Settings, table: str) -> Rows:
    """The rows of past moments without the labels: they tell what came next."""
    labels = {spec.target for spec in discover().values()}
    with connect(settings.build_path, read_only=True) as connection:
        told = [one for one in connection.table(table).columns if one not in labels]
        return connection.sql(
            f"select {', '.join(told)} from {table}"
            f" where as_of_at < '{AS_OF}' order by all"
        ).fetchall()


def devices(settings: Settings) -> list[tuple[str, str]]:
    """Two devices of two different, known people, with their user ids."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(
            """
            select distinct on (identity.customer_id)
                events.anonymous_id, events.user_id
            from staging.stg_web__events as events
            inner join identity.identity_map as identity
                on events.visitor_id = identity.record_id
            where events.user_id is not null and events.anonymous_id is not null
            order by identity.customer_id, events.anonymous_id, events.user_id
            limit 2
            """
        ).fetchall()


def linking_email(settings: Settings) -> str:
    """An email that alone has long linked records; later too many will share it."""
    with connect(settings.build_path, read_only=True) as connection:
        return str(
            connection.execute(
                """
                with known_by_email_alone as (
                    select record_id, min(identifier_value) as email
                    from identity.identifiers
                    where known_since_at < timestamp '2025-09-01'
                    group by record_id
                    having count(*) = 1 and min(identifier_type) = 'email'
                )
                select min(identifiers.identifier_value)
                from identity.identifiers as identifiers
                inner join known_by_email_alone as alone
                    on identifiers.identifier_value = alone.email
                    and identifiers.record_id != alone.record_id
                where identifiers.known_since_at < timestamp '2025-09-01'
                """
            ).fetchall()[0][0]
        )


def late_for_a_bot(
    settings: Settings, call: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    """One more call of a minute in which a visitor was found out to be a bot."""
    with connect(settings.build_path, read_only=True) as connection:
        bots = connection.execute(
            """
            select events.anonymous_id, min(events.occurred_at)
            from staging.stg_web__events as events
            inner join identity.bot_visitors as bots
                on events.visitor_id = bots.record_id
            where bots.reason = 'rate' and bots.known_since_at < timestamp '2025-10-01'
            group by
                events.anonymous_id, date_trunc('minute', events.occurred_at)
            having count(*) >= 30
            """
        ).fetchall()
    assert bots
    return [
        call("page", at, received_at=LATER, anonymousId=device) for device, at in bots
    ]


def land_later_records(small: Settings, canary: Settings) -> None:
    """New prices for all products, and more refunds of orders that are paid back."""
    at = LATER.strftime("%Y-%m-%d %H:%M:%S")
    with connect(small.build_path, read_only=True) as connection:
        products = connection.execute(
            "select product_id from staging.stg_shop__products"
        ).fetchall()
        refunded = connection.execute(
            """
            select order_id, split_part(record_id, ':', 2) from behavior.orders
            where refunded_amount >= total_amount and void_since_at < '2025-11-01'
                and cancelled_at is null
            """
        ).fetchall()
    assert products
    assert refunded
    prices = "".join(f"{row[0]},999.00,EUR,{at}\n" for row in products)
    header = "id,price,currency,updated_at\n"
    land(canary, "shop", "products", "canary.csv", header + prices)
    refunds = "".join(
        f"canary-{order},{order},{customer},1.00,EUR,{at}\n"
        for order, customer in refunded
    )
    header = "id,order_id,customer_id,amount,currency,created_at\n"
    land(canary, "shop", "refunds", "canary.csv", header + refunds)


def later_events(
    call: Callable[..., dict[str, Any]], people: list[tuple[str, str]], email: str
) -> list[dict[str, Any]]:
    """A merging address, late arrivals, a bot's burst, an email that many share."""
    (left, _), (right, _) = people
    merging = [
        call(
            "identify", LATER, anonymousId=device, traits={"email": "both@example.org"}
        )
        for device in (left, right)
    ]
    old = [
        call(
            "track",
            AS_OF - timedelta(days=days),
            received_at=LATER,
            anonymousId=right,
            event="Product Viewed",
            properties={"product_id": "canary"},
        )
        for days in range(20, 140, 5)
    ]
    burst = [
        call("page", LATER + timedelta(seconds=second), anonymousId=left)
        for second in range(50)
    ]
    shared = [
        call(
            "identify",
            LATER,
            anonymousId=f"canary-{number}",
            traits={"email": email},
        )
        for number in range(30)
    ]
    return [*merging, *old, *burst, *shared]


def test_later_news_changes_no_feature_before(
    small_shop: Settings,
    canary_shop: Settings,
    web_call: Callable[..., dict[str, Any]],
) -> None:
    people, email = devices(small_shop), linking_email(small_shop)
    calls = later_events(web_call, people, email)
    calls += late_for_a_bot(small_shop, web_call)
    land(canary_shop, "web", "events", "canary.jsonl", json_lines(calls))
    order = "canary,{user},EUR,99.00,{at},{at}\n"
    at = (LATER + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    header = "id,customer_id,currency,total_amount,created_at,updated_at\n"
    user = devices(small_shop)[0][1]
    orders = header + order.format(user=user, at=at)
    land(canary_shop, "shop", "orders", "canary.csv", orders)

    land_later_records(small_shop, canary_shop)

    tables = learned_from(small_shop)
    assert "features.training_set" in tables
    models = [table.split(".")[1] for table in tables]
    build(canary_shop, [f"+{name}" for name in ("customer_features", *models)])

    before = features(small_shop, is_now=False)
    assert len(before) > 1_000
    assert features(canary_shop, is_now=False) == before
    for table in tables:
        known = moments_before(small_shop, table)
        assert len(known) > 500
        assert moments_before(canary_shop, table) == known
    # The canary can sing: what is known now did change.
    assert features(canary_shop, is_now=True) != features(small_shop, is_now=True)


def test_a_greater_amount_told_later_changes_no_feature_before(
    small_shop: Settings,
    canary_shop: Settings,
    web_call: Callable[..., dict[str, Any]],
) -> None:
    """The device told its order long ago, without a total."""
    (device, _), _ = devices(small_shop)
    order = {"anonymousId": device, "event": "Order Completed"}
    moment = AS_OF - timedelta(days=130)
    first = web_call("track", moment, **order, properties={"order_id": "canary"})
    land(canary_shop, "web", "events", "first.jsonl", json_lines([first]))
    build(canary_shop, ["+customer_features"])
    before, now = (features(canary_shop, is_now) for is_now in (False, True))
    told = {"order_id": "canary", "total": "500.00"}
    again = web_call("track", moment, received_at=LATER, **order, properties=told)
    land(canary_shop, "web", "events", "again.jsonl", json_lines([again]))
    build(canary_shop, ["+customer_features"])
    assert features(canary_shop, is_now=False) == before
    assert features(canary_shop, is_now=True) != now


def test_the_merge_of_the_canary_is_one(
    small_shop: Settings,
    canary_shop: Settings,
    web_call: Callable[..., dict[str, Any]],
) -> None:
    """The address of the canary does join two customers, under the older name."""
    people = devices(small_shop)
    merging = later_events(web_call, people, linking_email(small_shop))[:2]
    land(canary_shop, "web", "events", "merge.jsonl", json_lines(merging))
    build(canary_shop, ["+identity_map"])
    records = [f"web:{device}" for device, _ in people]
    assert len(owners(small_shop, records)) == 2
    merged = owners(canary_shop, records)
    assert len(merged) == 1
    assert merged <= owners(small_shop, records)


def owners(settings: Settings, records: list[str]) -> set[str]:
    """The customers to whom these records belong."""
    with connect(settings.build_path, read_only=True) as connection:
        rows = connection.execute(
            "select customer_id from identity.identity_map where record_id in $records",
            {"records": records},
        ).fetchall()
    return {row[0] for row in rows}


def test_now_is_the_moment_that_was_asked_for(small_shop: Settings) -> None:
    with connect(small_shop.build_path, read_only=True) as connection:
        moments = connection.execute(
            "select distinct as_of_at from features.customers_now"
        ).fetchall()
    assert moments == [(datetime(2025, 12, 31),)]
