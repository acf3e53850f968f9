"""The ledger of memberships: who was in which segment, as the runs came to know it.

dbt says what is new (`segments.segment_changes`); what gates let pass is added here.
Nothing that stands is changed: a belief that turns out otherwise is superseded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from warehouse.connection import connect
from warehouse.settings import Settings

# As models/staging/_ledger__sources.yml has them.
TABLES = {
    "segment_beliefs": (
        "belief_id varchar, belief_number bigint, customer_id varchar,"
        " segment_name varchar, entered_at timestamp, left_at timestamp,"
        " precision varchar, entered_by_clause varchar,"
        " entered_by_event_id varchar, entered_by_timer varchar,"
        " left_by_clause varchar, left_by_event_id varchar, left_by_timer varchar,"
        " cause varchar, definition_hash varchar, model_version varchar,"
        " recorded_at timestamp, run_id varchar"
    ),
    "segment_supersessions": (
        "belief_id varchar, belief_number bigint, customer_id varchar,"
        " segment_name varchar, superseded_at timestamp, reason varchar,"
        " run_id varchar"
    ),
    "segment_definitions": (
        "definition_hash varchar, segment_name varchar, rule_text varchar,"
        " entry varchar, first_recorded_at timestamp"
    ),
    "segment_runs": (
        "run_id varchar, as_of_at timestamp, recorded_at timestamp,"
        " belief_count bigint, supersession_count bigint"
    ),
    "last_versions": (
        "segment_name varchar, definition_hash varchar, model_version varchar,"
        " exact_since_at timestamp"
    ),
    "last_inputs": "customer_id varchar, as_of_at timestamp",
}
ADDED = """
    from segments.segment_changes as changes
    where belief_id is not null and not exists (
        select 1 from ledger.segment_beliefs as known
        where known.belief_id = changes.belief_id
    )
"""
SUPERSEDED = """
    from segments.segment_changes as changes
    where former_belief_id is not null and not exists (
        select 1 from ledger.segment_supersessions as known
        where known.belief_id = changes.former_belief_id
    )
"""
RECORD = (
    f"""
    insert into ledger.segment_runs by name
    select $run_id as run_id, $recorded_at as recorded_at, as_of_at,
        (select count(*) {ADDED}) as belief_count,
        (select count(*) {SUPERSEDED}) as supersession_count
    from staging.as_of
    """,
    f"""
    insert into ledger.segment_supersessions by name
    select former_belief_id as belief_id, former_belief_number as belief_number,
        customer_id, segment_name, move as reason, $recorded_at as superseded_at,
        $run_id as run_id {SUPERSEDED} order by all
    """,
    f"""
    insert into ledger.segment_beliefs by name
    select belief_id, belief_number, customer_id, segment_name, entered_at, left_at,
        precision, entered_by_clause, entered_by_event_id, entered_by_timer,
        left_by_clause, left_by_event_id, left_by_timer, cause, definition_hash,
        model_version, $recorded_at as recorded_at, $run_id as run_id
    {ADDED} order by all
    """,
    """
    insert into ledger.segment_definitions by name
    select definition_hash, segment_name, rule_text, entry,
        $recorded_at as first_recorded_at
    from segments.segment_versions as versions
    where not exists (
        select 1 from ledger.segment_definitions as known
        where known.definition_hash = versions.definition_hash
            and known.segment_name = versions.segment_name
    ) order by all
    """,
    """
    create or replace table ledger.last_versions as
    select segment_name, definition_hash, model_version, exact_since_at
    from segments.exact_versions order by all
    """,
    "create or replace table ledger.last_inputs as from segments.segment_inputs",
)
# Who was in a segment at a moment, as it was known at another one.
AS_KNOWN = """
    select customer_id from segment_history
    where segment_name = $segment
        and entered_at <= $moment and (left_at is null or $moment < left_at)
        and recorded_at <= $known and (superseded_at is null or $known < superseded_at)
    order by customer_id
"""


@dataclass(frozen=True)
class Recorded:
    """What a run added to the ledger, or why it added nothing."""

    belief_count: int = 0
    supersession_count: int = 0
    refusal: str = ""

    def __str__(self) -> str:
        """In a few words, for the run's own record."""
        return self.refusal or (
            f"{self.belief_count} beliefs added, {self.supersession_count} superseded"
        )


def record_memberships(settings: Settings, run_id: str) -> Recorded:
    """Add what `segments.segment_changes` says to the ledger, all of it or nothing.

    To do so again adds nothing. Where the ledger knows a later `as_of`, nothing is
    added either: that moment has been told.

    Raises:
        TesseraError: the build database cannot be opened.
    """
    with connect(settings.build_path) as build:
        return record(build, run_id)


def record(build: duckdb.DuckDBPyConnection, run_id: str) -> Recorded:
    """The same, on a connection to the build database."""
    create_tables(build)
    [(moment, newest, recorded)] = build.execute(
        "select (select max(as_of_at) from staging.as_of), max(as_of_at),"
        " max(recorded_at) from ledger.segment_runs"
    ).fetchall()
    if newest is not None and newest > moment:
        return Recorded(refusal=_behind(moment, newest))
    given = {"run_id": run_id, "recorded_at": _later_than(recorded)}
    build.begin()
    for statement in RECORD:
        asked = {name: one for name, one in given.items() if f"${name}" in statement}
        build.execute(statement, asked)
    build.commit()
    [(beliefs, supersessions)] = build.execute(
        "select belief_count, supersession_count from ledger.segment_runs"
        " where recorded_at = $recorded_at",
        {"recorded_at": given["recorded_at"]},
    ).fetchall()
    return Recorded(int(beliefs), int(supersessions))


def create_tables(
    build: duckdb.DuckDBPyConnection, tables: Mapping[str, str] = TABLES
) -> None:
    """Make these tables of the ledger where they are missing."""
    build.execute("create schema if not exists ledger")
    for table, columns in tables.items():
        build.execute(f"create table if not exists ledger.{table} ({columns})")
        for column in columns.split(","):
            build.execute(
                f"alter table ledger.{table} add column if not exists {column}"
            )


def members(
    tables: duckdb.DuckDBPyConnection, segment: str, moment: datetime, known: datetime
) -> list[str]:
    """The customers who were in a segment at a moment, as it was known at another one.

    `tables` is a connection to a publication, or to whatever has `segment_history`.
    """
    asked = {"segment": segment, "moment": moment, "known": known}
    return [str(name) for (name,) in tables.execute(AS_KNOWN, asked).fetchall()]


def _later_than(recorded: datetime | None) -> datetime:
    """Now, but always later than what was recorded before: clocks may be set back."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return now if recorded is None else max(now, recorded + timedelta(microseconds=1))


def _behind(moment: datetime, newest: datetime) -> str:
    return (
        f"nothing recorded: this run speaks of {moment}, and the ledger of memberships"
        f" knows {newest} already"
    )
