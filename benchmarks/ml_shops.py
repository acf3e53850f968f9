"""Simulated shops up to their features, with the truth beside: what clusters see."""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from duckdb import DuckDBPyConnection

from simulator import simulate
from warehouse.connection import connect
from warehouse.contract import read_contract
from warehouse.dbt import NOT_IN_RUNS, dbt_build
from warehouse.ledger import take_in
from warehouse.settings import load_settings

# The day before the last one too, to see who changes cluster from day to day.
VARIABLES = {"with_matching": False, "training_moments_days": [1, 30]}
MADE = ["+customer_features", "+customer_months", "identity_map"]
MONTHS = Path("compiled", "tessera", "models", "features", "customer_months.sql")
# A customer is the person to whom most of its records belong.
FEATURES = """
with told as (
    select identity.customer_id, records.person_id, count(*) as record_count
    from identity.identity_map as identity
    inner join '{truth}/records.parquet' as records
        on identity.record_id = records.source || ':' || records.record_key
    group by all
),
whose as (
    select customer_id, person_id, record_count from told
    qualify row_number() over (
        partition by customer_id order by record_count desc, person_id
    ) = 1
)
select
    features.*,
    whose.person_id,
    whose.record_count,
    persons.latent_type,
    coalesce(persons.is_seasonal, false) as is_seasonal
from features.customer_features as features
left join whose using (customer_id)
left join '{truth}/persons.parquet' as persons using (person_id)
order by all
"""
PEOPLE = """
select person_id, is_seasonal from '{truth}/persons.parquet'
where latent_type <> 'passer_by' order by person_id
"""


@dataclass(frozen=True)
class Shop:
    """Features of customers by moment, the latest last, and its people with the truth.

    `people` are those who have a name; who only passes by is none of them.
    """

    moments: dict[pd.Timestamp, pd.DataFrame]
    people: pd.DataFrame


def shop_features(folder: Path, customers: int, days: int, seed: int) -> Shop:
    """Make a shop in an empty folder, as far as its features."""
    os.environ["TESSERA_DATA"] = str(folder)
    settings = load_settings()
    truth = simulate(settings.raw_dir, customers=customers, days=days, seed=seed).truth
    take_in(settings, read_contract(VARIABLES))
    dbt_build(
        settings, select=MADE, variables=VARIABLES, excluded=(*NOT_IN_RUNS, "test")
    )
    with connect(settings.build_path, read_only=True) as build:
        rows = build.sql(FEATURES.format(truth=truth)).df()
        people = build.sql(PEOPLE.format(truth=truth)).df()
        counted = (settings.target_dir / MONTHS).read_text()
        moments = {
            moment: _with_months(build, frame, counted)
            for moment, frame in rows.groupby("as_of_at")
        }
    return Shop(moments, people)


def _with_months(
    build: DuckDBPyConnection, frame: pd.DataFrame, counted: str
) -> pd.DataFrame:
    """Add the days by month of the year, which the warehouse keeps of now alone."""
    moment = frame["as_of_at"].iloc[0]
    if counted.count("spine.is_now") != 1:
        raise ValueError("customer_months asks for the customers of now otherwise")
    asked = counted.replace("spine.is_now", f"spine.as_of_at = '{moment}'")
    return frame.merge(build.sql(asked).df(), on="customer_id", how="left")
