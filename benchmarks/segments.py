"""What a hundred segments cost on a million customers, and how long a preview takes.

The bound is one plain statement of DuckDB that evaluates the same predicates into a
table; ours has groups, and what is unknown is false, besides.
"""

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.figures import Figure, tell
from benchmarks.segments_load import entries, write_features, write_marts
from warehouse.connection import connect
from warehouse.publications import Publication
from warehouse.segments.keys import Definition
from warehouse.segments.preview import preview
from warehouse.segments.rendering import (
    claiming,
    flags_sql,
    memberships_sql,
    primaries_sql,
)
from warehouse.settings import PROJECT_DIR

CUSTOMERS = 1_000_000
SEGMENTS = 100
TURNS = 3
RATIO, SECONDS = 2.0, 2.0
# One that few customers meet, one that many do, and one that refers to segments.
PREVIEWED = (
    "order_count > 50 and last_order_at > as_of_at - interval 7 day and is_identified",
    "product_view_30d_count > 5",
    "activity_30d_count > 10 and not_in_segment('s5') and in_segment('s2')",
)


def main() -> None:
    """Write the customers, then tell what is measured as soon as it is known."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=CUSTOMERS)
    customers = asked.parse_args().customers
    segments = entries(SEGMENTS)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "tessera.duckdb"
        write_features(database, customers)
        tell(*pass_figures(database, segments))
        write_marts(database, segments)
        tell(*preview_figures(Path(folder), segments))


def pass_figures(database: Path, segments: Sequence[Definition]) -> list[Figure]:
    """The seconds of both ways, taking turns; of each the quickest counts."""
    wheres = [f"({one['where']}) as {one['name']}" for one in claiming(segments)]
    plain = (
        f"select customer_id, as_of_at, {', '.join(wheres)}, cluster_name"
        " from customer_features"
    )
    ours = flags_sql(segments, "customer_features")
    bound: list[float] = []
    flags: list[float] = []
    works: dict[str, list[float]] = defaultdict(list)
    with connect(database) as connection:

        def made(table: str, query: str) -> float:
            statement = f"create or replace temp table {table} as {query}"
            began = process_time()
            seconds = _seconds(partial(connection.execute, statement))
            works[table].append(process_time() - began)
            return seconds

        rows: list[float] = []
        firsts: list[float] = []
        both: list[float] = []
        for _ in range(TURNS):
            bound.append(made("bound", plain))
            flags.append(made("flags", ours))
            rows.append(made("members", memberships_sql(segments, "flags")))
            firsts.append(made("primaries", primaries_sql(segments, "flags")))
            both.append(made("pairs", pairs_sql(segments, "flags")))
    tables = [min(found) for found in (flags, rows, firsts, both)]
    # On a busy machine the clock says less than the work of all cores.
    work = {table: min(found) for table, found in works.items()}
    bound_work = work.pop("bound")
    return [
        Figure("segments.bound.seconds", min(bound)),
        Figure("segments.pass.seconds", min(flags)),
        Figure("segments.pass.ratio", min(flags) / min(bound), at_most=RATIO),
        Figure("segments.pass.cpu_ratio", work["flags"] / bound_work),
        Figure("segments.memberships.seconds", tables[1]),
        Figure("segments.primaries.seconds", tables[2]),
        Figure("segments.pairs.seconds", tables[3]),
        Figure("segments.all.ratio", sum(tables) / min(bound)),
        Figure("segments.all.cpu_ratio", sum(work.values()) / bound_work),
    ]


def pairs_sql(segments: Sequence[Definition], flags: str) -> str:
    """How many customers two segments share, counted as `segment_overlap` does."""
    names = ", ".join(str(one["name"]) for one in claiming(segments))
    members = memberships_sql(segments, "numbered", "kind_number, customer_count")
    return (
        f"with kinds as (select {names}, cluster_name, count(*) as customer_count"
        f" from {flags} group by all),"
        f" numbered as (select *, row_number() over (order by cluster_name, {names})"
        f" as kind_number from kinds), members as ({members})"
        " select one.segment_name as left_segment, other.segment_name as"
        " right_segment, sum(one.customer_count) as customer_count"
        " from members as one inner join members as other using (kind_number)"
        " group by all"
    )


def preview_figures(folder: Path, segments: Sequence[Definition]) -> list[Figure]:
    """The seconds of each preview, and of a whole process that previews the slowest."""
    now = datetime.now(UTC)
    publication = Publication("bench", folder, now, now, {}, {}, {}, [], [])
    found = []
    for number, where in enumerate(PREVIEWED, start=1):
        seconds = min(
            _seconds(partial(preview, publication, where, segments))
            for _ in range(TURNS)
        )
        found.append(
            Figure(f"segments.preview{number}.seconds", seconds, at_most=SECONDS)
        )
    seconds = min(_seconds(_start_tessera) for _ in range(TURNS))
    return [*found, Figure("segments.command_start.seconds", seconds)]


def _start_tessera() -> None:
    """What any command costs before it does a thing."""
    subprocess.run(
        [sys.executable, "-c", "import tessera.main"],
        cwd=PROJECT_DIR,
        env=dict(os.environ),
        check=True,
    )


def _seconds(work: Callable[[], object]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


if __name__ == "__main__":
    main()
