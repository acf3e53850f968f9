"""What is followed through time comes, now, to what the features say of now."""

import shutil
from pathlib import Path

from tests.ledger.exact import VIEWS, compiled
from tests.ledger.shop import inputs
from warehouse.connection import connect
from warehouse.segments.live import RUN_ONLY
from warehouse.segments.timers import AGE
from warehouse.settings import Settings

FOLLOWED = (
    "exact_horizon", "exact_facts", "exact_days", "exact_order_moments",
    "exact_order_records", "exact_orders", "exact_beginnings", "exact_fact_steps",
    "exact_day_steps", "exact_order_steps", "exact_steps", "exact_timers",
    "exact_inputs",
)  # fmt: skip


def test_every_column_that_a_live_rule_may_ask_for(
    small_shop: Settings, compile_dir: Path, tmp_path: Path
) -> None:
    columns = sorted(inputs().keys() - RUN_ONLY - {"customer_id", "as_of_at"})
    rule = " or ".join(f"{column} is not null" for column in columns)
    models = compiled(compile_dir, ("all", rule))
    copy = tmp_path / small_shop.build_path.name
    shutil.copy(small_shop.build_path, copy)
    # An age goes on from step to step; the moment that it counts from does not.
    still = [column for column in columns if not column.startswith(AGE)]
    listed = ", ".join(["customer_id", *still])
    with connect(copy) as build:
        for model in FOLLOWED:
            name, sql = models[model]
            kind = "view" if model in VIEWS else "table"
            build.execute(f"create or replace {kind} {name} as {sql}")
        last = (
            f"select {listed} from (select *, row_number() over (partition by"
            " customer_id order by as_of_at desc) as place"
            " from segments.exact_inputs) where place = 1"
        )
        now = f"select {listed} from segments.segment_inputs"
        for one, other in ((last, now), (now, last)):
            assert build.execute(f"{one} except {other} limit 3").fetchall() == []
        [(count,)] = build.execute(f"select count(*) from ({now})").fetchall()
    assert count > 100
