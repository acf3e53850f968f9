"""How the ledger of memberships grows in a year of daily runs, and what that costs.

Each day one customer in a hundred goes from one segment to another. That is two more
beliefs: the one that ended, told again with its end, and the new one. `segment_history`
shows all of them and is copied whole into each publication.
"""

import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from time import process_time

from benchmarks.figures import Figure, tell
from benchmarks.watching import megabytes
from warehouse.beliefs import create_tables
from warehouse.connection import connect
from warehouse.publishing import publish
from warehouse.settings import Settings, load_settings

CUSTOMERS, SEGMENTS_EACH, RUNS, MOVER_SHARE = 100_000, 2, 365, 0.01
AS_OF = datetime(2025, 12, 31)
# Of belief `i` of customer `c`, recorded in run `r`: who, when and why.
BELIEF = """
    select
        'c_' || md5(c::varchar) as customer_id,
        'segment_' || (hash(c, i) % 20) as segment_name,
        customer_id || '/' || segment_name || '/' || i as belief_id,
        i as belief_number,
        timestamp '2025-01-01' + to_days(cast(r as integer)) as entered_at,
        case when has_ended then entered_at + to_days(1) end as left_at,
        'run' as precision,
        'order_count > ' || (hash(c, i) % 9) as entered_by_clause,
        'a clause flipped' as cause,
        md5(segment_name) as definition_hash,
        entered_at as recorded_at,
        'run ' || r as run_id
    from ({rows})
"""
FIRST = """
    select i % {customers} as c, i, 0 as r, false as has_ended
    from range({customers} * {each}) as beliefs (i)
"""
LATER = """
    select hash(i // 2) % {customers} as c, {customers} * {each} + i as i,
        i // (2 * {movers}) + 1 as r, i % 2 = 0 as has_ended
    from range(2 * {movers} * {runs}) as beliefs (i)
"""
# Each belief that ended took the place of one that had gone on.
SUPERSEDED = """
    insert into ledger.segment_supersessions by name
    select belief_id, belief_number, customer_id, segment_name, recorded_at
        as superseded_at, 'left' as reason, run_id
    from ledger.segment_beliefs where left_at is null limit {count}
"""
HISTORY = """
    create schema if not exists marts;
    create or replace table marts.segment_history as
    select beliefs.*, superseded_at, reason as superseded_because,
        told.run_id as superseding_run_id, timestamp '{as_of}' as as_of_at
    from ledger.segment_beliefs as beliefs
    left join ledger.segment_supersessions as told using (belief_id)
"""


def main() -> None:
    """Write the ledger of the first run, then of a year, and publish each."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=CUSTOMERS)
    asked.add_argument("--runs", type=int, default=RUNS)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA"] = folder
        tell(*figures(load_settings(), given.customers, given.runs))


def figures(settings: Settings, customers: int, runs: int) -> Iterator[Figure]:
    """Rows, size and seconds of `segment_history`, on the first day and at the end."""
    movers = int(customers * MOVER_SHARE)
    size = {"customers": customers, "each": SEGMENTS_EACH, "movers": movers}
    name = f"ledger.{customers}"
    yield from _published(f"{name}.first", settings, FIRST.format(**size), 0)
    yield Figure(f"{name}.a_run.rows", 2 * movers)
    later = LATER.format(**size, runs=runs)
    yield from _published(f"{name}.{runs}_runs", settings, later, movers * runs)


def _published(
    name: str, settings: Settings, beliefs: str, superseded: int
) -> Iterator[Figure]:
    settings.build_dir.mkdir(parents=True, exist_ok=True)
    with connect(settings.build_path) as build:
        create_tables(build)
        build.execute(
            "insert into ledger.segment_beliefs by name " + BELIEF.format(rows=beliefs)
        )
        build.execute(SUPERSEDED.format(count=superseded))
        build.execute(HISTORY.format(as_of=AS_OF))
    began = process_time()
    published = publish(settings, AS_OF, marts=["segment_history"])
    worked = process_time() - began
    yield Figure(f"{name}.rows", published.rows["segment_history"])
    # On a busy machine the clock says less than the work of all cores.
    yield Figure(f"{name}.publish.cpu_seconds", worked)
    yield Figure(f"{name}.database.mb", megabytes(published.database))
    yield Figure(f"{name}.parquet.mb", megabytes(published.parquet("segment_history")))


if __name__ == "__main__":
    main()
