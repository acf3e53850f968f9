"""Nothing is lost: every line, record and event has exactly one place."""

from typing import Any

import pytest

from warehouse.connection import connect
from warehouse.settings import Settings


def asked(settings: Settings, query: str) -> Any:
    """The only cell of a query's only row."""
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()[0][0]


def test_lines_are_accepted_duplicates_or_quarantined(small_shop: Settings) -> None:
    assert asked(small_shop, "select count(*) from marts.data_quality") > 20
    assert asked(
        small_shop,
        """
        select bool_and(
            line_count = accepted_count + duplicate_count + quarantined_count
            and duplicate_count >= 0
        ) from marts.data_quality
        """,
    )


def test_lines_are_counted_from_the_files_themselves(small_shop: Settings) -> None:
    """Not by the reader that stages them, nor by the ledger."""
    lines = {
        str(file.relative_to(small_shop.raw_dir)): sum(
            bool(line.strip()) for line in file.read_bytes().splitlines()
        )
        for file in small_shop.raw_dir.glob("*/*/*.jsonl")
    }
    with connect(small_shop.build_path, read_only=True) as connection:
        rows = connection.execute(
            """
            select path, accepted_count + duplicate_count + quarantined_count
            from marts.data_quality where path like '%.jsonl'
            """
        ).fetchall()
    assert dict(rows) == lines


@pytest.mark.parametrize("reason", ["malformed_json", "wrong_clock"])
def test_what_is_set_aside_can_be_found_again(
    small_shop: Settings, reason: str
) -> None:
    with connect(small_shop.build_path, read_only=True) as connection:
        rows = connection.execute(
            """
            select path, line_number, raw_text from staging.quarantine
            where reason = $reason
            """,
            {"reason": reason},
        ).fetchall()
    assert rows
    for path, line_number, raw_text in rows:
        lines = (small_shop.raw_dir / path).read_text(encoding="utf-8").split("\n")
        assert lines[line_number - 1] == raw_text


def test_a_record_is_a_customers_or_a_bot(small_shop: Settings) -> None:
    assert (
        asked(
            small_shop,
            """
        select count(*) from identity.records as records
        full outer join (
            select record_id from identity.identity_map
            union all
            select record_id from identity.bot_visitors
        ) as placed on records.record_id = placed.record_id
        where records.record_id is null or placed.record_id is null
        """,
        )
        == 0
    )


def test_a_visitors_events_are_all_in_its_sessions(small_shop: Settings) -> None:
    events = asked(
        small_shop,
        "select count(*) from behavior.events where visitor_id is not null",
    )
    in_sessions = asked(small_shop, "select sum(event_count) from behavior.sessions")
    assert events == in_sessions


def test_every_customer_has_one_primary_and_some_membership(
    small_shop: Settings,
) -> None:
    customers = asked(small_shop, "select count(*) from marts.customers")
    assert customers > 300
    for query in (
        "select count(*) from segments.primary_segments",
        "select count(distinct customer_id) from marts.segment_memberships",
        "select sum(primary_count) from marts.segment_summary",
        "select count(*) from marts.segment_memberships where is_primary",
    ):
        assert asked(small_shop, query) == customers


def test_net_revenue_is_what_the_shop_kept(small_shop: Settings) -> None:
    """Of orders that count, in the reporting currency, less their refunds."""
    expected = asked(
        small_shop,
        """
        with counted as (
            select orders.order_key, orders.total_amount
            from behavior.orders as orders
            inner join identity.identity_map as identity
                on orders.record_id = identity.record_id
            where orders.currency = 'EUR' and orders.void_since_at is null
                and orders.ordered_at <= identity.as_of_at
        )
        select sum(total_amount) - coalesce((
            select sum(refunded_amount) from behavior.refunds
            where currency = 'EUR'
                and (order_key is null or order_key in (select order_key from counted))
                and record_id in (select record_id from identity.identity_map)
        ), 0)
        from counted
        """,
    )
    assert expected > 1_000
    query = "select sum(net_revenue_amount) from marts.customers"
    assert asked(small_shop, query) == expected
