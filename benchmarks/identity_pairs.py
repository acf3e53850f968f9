"""Pairs of records: how many are true, how many are ours, and how many are both."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from benchmarks.figures import Figure
from warehouse.connection import connect
from warehouse.folders import make_folder
from warehouse.settings import Settings

MAP = "identity.identity_map"
# An address that was typed twice is one record of the list.
TRUTH = """
select
    case source
        when 'esp' then 'esp:' || md5(lower(trim(record_key)))
        else source || ':' || record_key
    end as record_id,
    min(source) as source,
    min(person_id) as person_id
from read_parquet($truth || '/records.parquet')
group by record_id
"""
COUNTED = """
with judged as (
    select
        records.person_id,
        coalesce(identity.customer_id, records.record_id) as customer_id
    from ({records}) as records
    left join {mapped} as identity
        on records.record_id = identity.record_id
),

sizes as (
    select person_id, customer_id, count(*) as size
    from judged
    group by grouping sets ((person_id), (customer_id), (person_id, customer_id))
)

select
    coalesce(sum(size * (size - 1) // 2)
        filter (where person_id is not null and customer_id is not null), 0),
    coalesce(sum(size * (size - 1) // 2) filter (where person_id is null), 0),
    coalesce(sum(size * (size - 1) // 2) filter (where customer_id is null), 0)
from sizes
"""


@dataclass(frozen=True)
class Pairs:
    """How many pairs are true and ours, ours, and true."""

    hits: int
    ours: int
    true: int

    @property
    def precision(self) -> float:
        """The share of our pairs that are true; no number without any."""
        return self.hits / self.ours if self.ours else float("nan")

    @property
    def recall(self) -> float:
        """The share of the true pairs that are ours; no number without any."""
        return self.hits / self.true if self.true else float("nan")

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.ours + self.true
        return 2 * self.hits / both if both else float("nan")


def figures(name: str, pairs: Pairs, goals: Mapping[str, float]) -> list[Figure]:
    """Precision, recall and F1, with the goals that there are for them."""
    values = {"precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1}
    return [Figure(f"{name}.pair_count", pairs.true)] + [
        Figure(f"{name}.{kind}", value, at_least=goals.get(kind))
        for kind, value in values.items()
    ]


def count_pairs(
    settings: Settings, records: str, mapped: pd.DataFrame | None = None
) -> Pairs:
    """The pairs among the records of a query over `truth` (record_id, person_id).

    Who is who is said by `identity_map`, or by a frame of its columns.
    """
    make_folder(settings.build_dir)
    with connect(settings.build_path) as connection:
        connection.execute(
            f"create temp table truth as {TRUTH}", {"truth": str(settings.truth_dir)}
        )
        if mapped is not None:
            connection.register("mapped", mapped)
        table = MAP if mapped is None else "mapped"
        query = COUNTED.format(records=records, mapped=table)
        rows = connection.execute(query).fetchall()
    return Pairs(*(int(count) for count in rows[0]))
