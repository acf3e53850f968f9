"""Live is batch, smaller: the compiled SQL on three customers gives the batch rows."""

import pytest

from tests.pipeline.live import compiled, in_memory, rows, run_models
from warehouse.connection import connect
from warehouse.settings import Settings

# What live is given: of the customers touched, their memory and what they did lately.
GIVEN_BY_CUSTOMER = (
    "features.feature_spine",
    "features.spine_records",
    "features.customer_memory",
    "lifecycle.customer_lifecycle",
    "predictions.propensity_predictions",
    "predictions.prediction_columns",
    "predictions.cluster_predictions",
)
GIVEN_BY_RECORD = ("features.activity", "behavior.orders", "behavior.refunds")
COMPUTED = (
    "customer_recent",
    "customer_orders",
    "customer_features",
    "customers_now",
    "segment_inputs",
    "segment_flags",
    "segment_memberships",
    "primary_segments",
)


@pytest.fixture(scope="module")
def three_customers(small_shop: Settings) -> list[str]:
    """A buyer, an abandoner and a mere visitor."""
    with connect(small_shop.build_path, read_only=True) as batch:
        found = batch.execute(
            """
            select min_by(customer_id, customer_id) from features.customers_now
            where order_count > 1
            union all
            select min(customer_id) from segments.segment_memberships
            where segment_name = 'cart_abandoner'
            union all
            select max(customer_id) from features.customers_now
            where not is_identified and page_view_count > 0
            """
        ).fetchall()
    return [row[0] for row in found]


def test_compiled_sql_gives_the_batch_rows(
    small_shop: Settings, three_customers: list[str]
) -> None:
    assert len(set(three_customers)) == 3
    chosen = "customer_id in (" + ", ".join(f"'{c}'" for c in three_customers) + ")"
    with connect(small_shop.build_path, read_only=True) as batch, in_memory() as live:
        records = "record_id in (select record_id from features.spine_records where "
        for table in GIVEN_BY_CUSTOMER + GIVEN_BY_RECORD:
            where = chosen if table in GIVEN_BY_CUSTOMER else f"{records}{chosen})"
            given = batch.sql(f"select * from {table} where {where}").to_arrow_table()
            live.register("given", given)
            live.execute(f"create schema if not exists {table.split('.')[0]}")
            live.execute(f"create table {table} as from given")
        run_models(small_shop, live, COMPUTED)
        known = compiled(small_shop.target_dir / "manifest.json")
        for model in COMPUTED:
            schema, table, _ = known[model]
            expected = rows(batch, f"{schema}.{table}", chosen)
            assert expected, f"{model} is a test of nothing"
            assert rows(live, f"{schema}.{table}") == expected, model


@pytest.mark.parametrize("model", COMPUTED)
def test_live_models_are_plain_selects(small_shop: Settings, model: str) -> None:
    _, table, sql = compiled(small_shop.target_dir / "manifest.json")[model]
    assert sql.strip()
    for clock in ("current_timestamp", "now()", "run_started_at", f'"{table}"'):
        assert clock not in sql
