"""What the stages of a million customers cost, beside one window over the same acts.

Every run reads all acts, since a late one may move any stage. The bound is one
statement of DuckDB that joins the acts to their customers and looks back and ahead
once; our models also tell orders once, end windows, and compare weeks.
"""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from time import perf_counter, process_time

from benchmarks.figures import Figure, tell
from warehouse.connection import connect
from warehouse.dbt import dbt_build, load_manifest
from warehouse.settings import Settings, load_settings

CUSTOMERS = 1_000_000
EVENTS_EACH = 10
TURNS = 2
RATIO = 8.0
AS_OF = "timestamp '2025-12-31 00:00:00'"
# Visits of four acts, five minutes apart, on days of two years; a few orders besides.
LOAD = """
create schema staging; create schema identity; create schema behavior;
create table staging.as_of as select {as_of} as as_of_at, true as is_newest;
create table identity.identity_map as
select 'web:' || i as record_id, 'c_' || md5(i::varchar) as customer_id
from range({customers}) as rows (i);
create table identity.golden_profiles as
select
    'c_' || md5(i::varchar) as customer_id,
    {as_of} - to_hours(cast(hash(i) % 17520 as bigint)) as first_received_at
from range({customers}) as rows (i);
create table behavior.events as
select
    'web:' || i % {customers} as record_id,
    {as_of}
    - to_minutes(cast(hash(i % {customers}, i // {customers} // 4) % 1051200 as bigint))
    + to_minutes(5 * (i // {customers} % 4)) as occurred_at,
    ['product_viewed', 'product_viewed', 'page_viewed', 'product_added',
        'email_link_clicked'][cast(hash(i, 1) % 5 as bigint) + 1] as event_name,
    true as is_human,
    true as is_activity
from range({events}) as rows (i);
create table behavior.orders as
select
    'web:' || hash(i) % {customers} as record_id,
    {as_of} - to_minutes(cast(hash(i, 2) % 1051200 as bigint)) as ordered_at,
    null::timestamp as void_since_at,
    'o' || i as order_id,
    'shop' as source,
    19.90::decimal(18, 2) as total_amount,
    {as_of} as known_since_at,
    'shop:o' || i as order_key
from range({orders}) as rows (i);
"""
BOUND = """
create or replace table behavior.bound as
select
    identity.customer_id,
    acts.occurred_at,
    acts.event_name,
    lead(acts.occurred_at) over history as next_at,
    max(case when acts.event_name = 'product_added' then acts.occurred_at end) over (
        history rows unbounded preceding
    ) as last_cart_add_at
from (
    select record_id, occurred_at, event_name from behavior.events
    where is_human and is_activity
    union all
    select record_id, ordered_at, 'order_placed' from behavior.orders
) as acts
inner join identity.identity_map as identity on acts.record_id = identity.record_id
window history as (partition by identity.customer_id order by acts.occurred_at)
"""


def main() -> None:
    """Write the acts, then build the stages of them, and the bound."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=CUSTOMERS)
    asked.add_argument("--turns", type=int, default=TURNS)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA"] = folder
        settings = load_settings()
        write_acts(settings, given.customers)
        for figure in figures(settings, given.turns):
            tell(figure)


def write_acts(settings: Settings, customers: int) -> None:
    """Write what the stages are told from, as the stages before leave it."""
    settings.build_dir.mkdir(parents=True)
    with connect(settings.build_path) as build:
        build.execute(
            LOAD.format(
                as_of=AS_OF,
                customers=customers,
                events=EVENTS_EACH * customers,
                orders=customers * 4 // 5,
            )
        )


def figures(settings: Settings, turns: int) -> Iterator[Figure]:
    """What both ways take, taking turns; of each, and of each model, the least counts.

    `cpu_seconds` is the work of all cores, in ours that of dbt too.
    """
    bounds: list[tuple[float, float]] = []
    works: list[float] = []
    nodes: dict[str, float] = {}
    load_manifest(settings)
    for _ in range(turns):
        bounds.append(_bound(settings))
        began = process_time()
        built = dbt_build(settings, select=["lifecycle,resource_type:model"])
        works.append(process_time() - began)
        for one in built.results:
            if one.resource_type == "model":
                nodes[one.name] = min(nodes.get(one.name, one.seconds), one.seconds)
    seconds, work = (min(taken) for taken in zip(*bounds, strict=True))
    yield Figure("lifecycle.bound.seconds", seconds)
    yield Figure("lifecycle.bound.cpu_seconds", work)
    for name, took in nodes.items():
        yield Figure(f"lifecycle.{name}.seconds", took)
    stages = sum(nodes.values())
    yield Figure("lifecycle.seconds", stages)
    yield Figure("lifecycle.cpu_seconds", min(works))
    yield Figure("lifecycle.ratio", stages / seconds, at_most=RATIO)
    yield Figure("lifecycle.cpu_ratio", min(works) / work, at_most=RATIO)
    yield Figure("lifecycle.stays", _stays(settings))


def _bound(settings: Settings) -> tuple[float, float]:
    """The seconds of the bound, and those of all cores."""
    with connect(settings.build_path) as build:
        began, worked = perf_counter(), process_time()
        build.execute(BOUND)
        return perf_counter() - began, process_time() - worked


def _stays(settings: Settings) -> int:
    with connect(settings.build_path, read_only=True) as build:
        query = "select count(*) from lifecycle.lifecycle_history"
        return int(build.execute(query).fetchall()[0][0])


if __name__ == "__main__":
    main()
