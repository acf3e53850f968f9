"""What readers were told of customers, kept until it can be judged and a while after.

A record of a sample, at moments some days apart: how well scores hold shows in a few
thousand customers as in a million.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from warehouse.beliefs import create_tables
from warehouse.connection import connect
from warehouse.settings import Settings

# As models/staging/_ledger__sources.yml has it.
TABLES = {
    "scores_told": (
        "model_name varchar, as_of_at timestamp, customer_id varchar,"
        " probability double, score_decile bigint, model_version varchar,"
        " recorded_at timestamp, run_id varchar"
    )
}
COLUMNS = "customer_id, as_of_at, model_version"
SIBLING = f"""
    select {COLUMNS}, predicted_value as probability, null::bigint as score_decile
    from predictions.sibling_predictions where prediction = """
# What readers are told, by the name in `ml.models`. Amounts are no probabilities.
SAID = {
    "purchase_30d": f"""
        select {COLUMNS}, purchase_30d_probability as probability, score_decile
        from ml.propensity_scores
    """,
    "purchase_7d": f"{SIBLING} 'purchase_7d_probability'",
    "purchase_90d": f"{SIBLING} 'purchase_90d_probability'",
    "churn": f"{SIBLING} 'churn_probability'",
}
# Another moment is due so many midnights (UTC) after the newest, and never before it.
DUE = """
    select count(*) > 0 from staging.as_of
    where not exists (
        select 1 from ledger.scores_told as told
        where told.model_name = $model
            and date_diff('day', told.as_of_at, staging.as_of.as_of_at) < $every_days
    )
"""
# Another sample at each moment, and nobody's choice. Where readers are told no decile
# it is that of the sample.
ADD = """
    with sampled as (
        select said.* from ({said}) as said
        inner join staging.as_of as moments on said.as_of_at = moments.as_of_at
        order by md5(customer_id || said.as_of_at::varchar), customer_id
        limit $customers
    )
    insert into ledger.scores_told by name
    select $model as model_name, * replace (coalesce(
            score_decile, ntile(10) over (order by probability desc, customer_id)
        ) as score_decile), $recorded_at as recorded_at, $run_id as run_id
    from sampled
"""
FORGET = """
    delete from ledger.scores_told
    where model_name = $model and as_of_at not in (
        select distinct as_of_at from ledger.scores_told
        where model_name = $model order by as_of_at desc limit $moments
    )
"""


@dataclass(frozen=True)
class Kept:
    """How much is kept of each model: the days between moments, moments, customers."""

    every_days: int
    moments: int
    customers: int


@dataclass(frozen=True)
class Told:
    """What a run added to the record, and what it let go."""

    added: int = 0
    forgotten: int = 0

    def __str__(self) -> str:
        """In a few words, for the run's own record."""
        if not self.added:
            return "no moment is due"
        return f"{self.added} scores kept, {self.forgotten} let go"


def record_scores(settings: Settings, run_id: str, kept: Kept) -> Told:
    """Keep this run's scores of each model of which a moment is due, all or nothing.

    To do so again adds nothing, and neither does a run whose `as_of` is before what is
    kept.

    Raises:
        TesseraError: the build database cannot be opened.
    """
    recorded_at = datetime.now(UTC).replace(tzinfo=None)
    given = {"run_id": run_id, "recorded_at": recorded_at, **vars(kept)}
    with connect(settings.build_path) as build:
        create_tables(build, TABLES)
        build.begin()
        found = [_record(build, given, model) for model in SAID]
        told = Told(*(sum(counts) for counts in zip(*found, strict=True)))
        build.commit()
    return told


def _record(
    build: duckdb.DuckDBPyConnection, given: Mapping[str, object], model: str
) -> tuple[int, int]:
    """How many scores of a model were added, and how many let go."""

    def counted(statement: str) -> int:
        known = {**given, "model": model}
        asked = {key: one for key, one in known.items() if f"${key}" in statement}
        [(count,)] = build.execute(statement, asked).fetchall()
        return int(count)

    if not counted(DUE):
        return 0, 0
    return counted(ADD.format(said=SAID[model])), counted(FORGET)
