"""Copies, conflicts, versions, local time and clocks, in the sources' own shapes."""

from datetime import datetime
from typing import Any

import pytest

from tests.bad_input.conftest import ask
from warehouse.settings import Settings


def named(settings: Settings, query: str) -> dict[Any, Any]:
    """A query's first column to its second."""
    return dict(ask(settings, query))


def test_what_was_sent_again_is_one_event_with_the_first_arrival(
    odd_shop: Settings,
) -> None:
    rows = ask(
        odd_shop,
        "select message_id, received_at from staging.stg_web__events"
        " inner join staging.landed_files using (load_seq)"
        " where path like '%copies%' order by message_id",
    )
    first = datetime(2025, 1, 2, 10, 0, 1)
    assert rows == [("alone", first), ("copy", first), ("late", first)]
    counts = named(
        odd_shop,
        "select path, duplicate_count from marts.data_quality"
        " where path like '%copies%'",
    )
    assert sum(counts.values()) == 2


def test_one_id_with_two_contents_is_two_events(odd_shop: Settings) -> None:
    names = ask(
        odd_shop,
        "select event_name from staging.stg_web__events where message_id = 'conflict'"
        " order by all",
    )
    assert names == [("product_added",), ("product_viewed",)]


def test_one_order_id_of_two_buyers_is_two_orders(odd_shop: Settings) -> None:
    orders = ask(
        odd_shop,
        "select user_id, total_amount::double from staging.stg_shop__orders"
        " where order_id = 'o-1' order by all",
    )
    assert orders == [("ann", 10.0), ("bob", 20.0)]


def test_the_newest_version_of_an_order_stays(odd_shop: Settings) -> None:
    orders = ask(
        odd_shop,
        "select order_id, total_amount::double from staging.stg_shop__orders"
        " where path like '%versions%'",
    )
    assert orders == [("o-2", 8.0)]
    reasons = named(
        odd_shop,
        "select line_number, reason from staging.quarantine"
        " where path like '%versions%'",
    )
    assert reasons == {4: "bad_number", 5: "negative_amount"}


@pytest.mark.parametrize(
    ("refund", "moment"),
    [
        ("winter", datetime(2025, 1, 15, 11)),
        ("summer", datetime(2025, 7, 15, 10)),
        ("before", datetime(2025, 3, 30, 0, 59, 59)),
        # An hour that no clock in Berlin showed: the hour after the change.
        ("skipped", datetime(2025, 3, 30, 1, 30)),
        ("after", datetime(2025, 3, 30, 1)),
        # An hour that clocks showed twice: the second, unless the zone is given.
        ("twice", datetime(2025, 10, 26, 1, 30)),
        ("zoned", datetime(2025, 10, 26, 0, 30)),
    ],
)
def test_local_time_is_read_in_the_declared_zone(
    odd_shop: Settings, refund: str, moment: datetime
) -> None:
    query = "select refund_id, created_at from staging.stg_shop__refunds"
    assert named(odd_shop, query)[refund] == moment


def test_the_email_service_is_judged_line_by_line(odd_shop: Settings) -> None:
    accepted = "select source_event_id from staging.stg_esp__events"
    assert ask(odd_shop, accepted) == [("fine",)]
    reasons = named(
        odd_shop,
        "select line_number, reason from staging.quarantine where path like 'esp/%'",
    )
    assert reasons == {
        2: "wrong_clock",
        3: "wrong_clock",
        4: "bad_timestamp",
        5: "bad_timestamp",
        6: "missing_timestamp",
        7: "unknown_type",
        8: "not_an_object",
    }


def test_no_wrong_clock_moves_the_clock_of_the_run(odd_shop: Settings) -> None:
    ((as_of,),) = ask(odd_shop, "select as_of_at from staging.as_of")
    assert as_of == datetime(2025, 10, 26, 1, 30)


def test_a_growing_file_is_not_read(odd_shop: Settings) -> None:
    paths = ask(
        odd_shop, "select path from marts.data_quality where path like '%open%'"
    )
    assert paths == []


def test_a_file_name_is_no_pattern(odd_shop: Settings) -> None:
    products = ask(odd_shop, "select product_id from staging.stg_shop__products")
    assert sorted(products) == [("brackets",), ("one",), ("star",)]
    # The fast reader opens each by its own name: none of them had to be salvaged.
    odd = ask(
        odd_shop,
        "select path from staging.salvaged_rows where path like 'shop/products/%'"
        " or path = 'web/events/[a-z]*.jsonl'",
    )
    assert odd == []
