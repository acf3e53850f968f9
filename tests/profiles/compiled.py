"""The models of profiles as dbt compiles them, on tables in memory."""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from tests.pipeline.live import in_memory
from warehouse.dbt import _invoke, load_manifest
from warehouse.settings import PROJECT_DIR, Settings

MODELS = (
    "attribute_claims",
    "profile_choices",
    "profile_lineage",
    "consent_verdicts",
    "consents",
    "golden_profiles",
)
GIVEN = """
    create schema identity;
    create table identity.profile_statements (
        record_id varchar, source varchar, updated_at timestamp, email varchar,
        phone varchar, first_name varchar, last_name varchar, birth_on varchar,
        street varchar, city varchar, postcode varchar, country_code varchar
    );
    create table identity.verified_emails (email varchar, arrived_at timestamp);
    create table identity.identity_map (
        record_id varchar, customer_id varchar, as_of_at timestamp,
        first_received_at timestamp
    );
    create table identity.consent_statements (
        record_id varchar, source varchar, channel varchar, kind varchar,
        stated_at timestamp, told_by varchar
    );
"""


@cache
def compiled(data_dir: Path) -> dict[str, str]:
    """Of each of these models: the SQL that dbt would run."""
    settings = Settings(PROJECT_DIR, data_dir)
    arguments = ["compile", "--select", *MODELS]
    outcome: Any = _invoke(settings, arguments, load_manifest(settings), "compile")
    assert outcome.success, outcome.exception
    nodes = [result.node for result in outcome.result.results]
    return {node.name: str(node.compiled_code) for node in nodes}


def empty() -> duckdb.DuckDBPyConnection:
    """A database with the tables that these models read, and no rows."""
    database = in_memory()
    database.execute(GIVEN)
    return database


def run(data_dir: Path, database: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of all these models."""
    for model in MODELS:
        sql = compiled(data_dir)[model]
        database.execute(f"create or replace table identity.{model} as {sql}")
