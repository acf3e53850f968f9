"""Each segment begins and ends where its description says."""

from datetime import datetime
from typing import Any

import pytest

from tests.pipeline.live import in_memory, rows, run_models
from warehouse.connection import connect
from warehouse.settings import Settings

NOON = datetime(2025, 3, 1, 12)
AT_FOUR_HOURS = datetime(2025, 3, 1, 8)
WITHIN_FOUR_HOURS = datetime(2025, 3, 1, 8, 0, 1)
CASES: list[tuple[dict[str, Any], set[str]]] = [
    ({"product_view_15m_count": 1}, {"recently_active"}),
    ({"product_view_48h_count": 1, "cart_add_48h_count": 0}, {"high_intent_hesitant"}),
    ({"product_view_48h_count": 1, "cart_add_48h_count": 1}, set()),
    (
        {"last_cart_add_at": AT_FOUR_HOURS, "last_activity_at": AT_FOUR_HOURS},
        {"cart_abandoner"},
    ),
    (
        {"last_cart_add_at": AT_FOUR_HOURS, "last_activity_at": WITHIN_FOUR_HOURS},
        set(),
    ),
    (
        {
            "last_cart_add_at": AT_FOUR_HOURS,
            "last_activity_at": AT_FOUR_HOURS,
            "last_order_at": AT_FOUR_HOURS,
        },
        set(),
    ),
    # Of an exclusive group the first by priority claims the customer.
    (
        {
            "last_cart_add_at": AT_FOUR_HOURS,
            "last_activity_at": AT_FOUR_HOURS,
            "product_view_48h_count": 1,
            "cart_add_48h_count": 0,
        },
        {"cart_abandoner"},
    ),
    ({"purchase_30d_probability": 0.801}, {"high_value"}),
    ({"purchase_30d_probability": 0.8}, set()),
    ({"high_value_click_7d_count": 1}, {"highly_engaged"}),
    ({"activity_24h_count": 10, "activity_30d_count": 100}, {"engagement_spike"}),
    ({"activity_24h_count": 10, "activity_30d_count": 101}, set()),
    ({"activity_24h_count": 9, "activity_30d_count": 9}, set()),
    ({"activity_24h_count": 0, "activity_7d_count": 5}, {"dormant"}),
    ({"activity_24h_count": 0, "activity_7d_count": 4}, set()),
    ({"activity_24h_count": 1, "activity_7d_count": 5}, set()),
    ({"activity_30d_count": 4, "activity_prior_30d_count": 10}, {"waning_engagement"}),
    ({"activity_30d_count": 5, "activity_prior_30d_count": 10}, set()),
    ({"order_count": 1, "days_since_first_order": 29}, {"new_customer"}),
    ({"order_count": 1, "days_since_first_order": 30}, set()),
    ({"order_count": 2, "days_since_last_order": 59}, {"repeat_buyer"}),
    ({"order_count": 2, "days_since_last_order": 60}, {"lapsed"}),
    ({"cluster_name": "quiet"}, {"cluster_quiet"}),
]


@pytest.mark.parametrize(("inputs", "expected"), CASES)
def test_a_segment_holds_exactly_where_it_says(
    small_shop: Settings, inputs: dict[str, Any], expected: set[str]
) -> None:
    given = {"customer_id": "c", "as_of_at": NOON, **inputs}
    with connect(small_shop.build_path, read_only=True) as batch:
        shape = batch.sql("select * from segments.segment_inputs limit 0")
        empty = shape.to_arrow_table()
    with in_memory() as live:
        live.register("empty", empty)
        live.execute("create schema segments")
        live.execute("create table segments.segment_inputs as from empty")
        names, places = ", ".join(given), ", ".join("?" for _ in given)
        live.execute(
            f"insert into segments.segment_inputs ({names}) values ({places})",
            list(given.values()),
        )
        models = ("segment_flags", "segment_memberships", "primary_segments")
        run_models(small_shop, live, models)
        held = {row[1] for row in rows(live, "segments.segment_memberships")}
        primary = [row[2] for row in rows(live, "segments.primary_segments")]
    assert held == (expected or {"everyone_else"})
    assert len(primary) == 1
    assert primary[0] in held
