"""Others that make sessions of the same events: the bound, dbt-labs/segment, pandas.

dbt-labs/segment publishes a rule of sessions: an event opens one after more than 30
minutes, a session is named after the visitor and its number among theirs, and a run
takes up the visitors who did something since three hours before the newest event it
knows. It is said here in our own words, and each event counts as its page view.
"""

from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from benchmarks.behavior_load import DAYS, FIRST_DAY, opened, statements

BOUND: Final = Path(__file__).with_name("behavior_bound.sql")
FIRSTS: Final = (
    "page_url",
    "page_referrer",
    "campaign_source",
    "campaign_medium",
    "campaign_name",
    "device_type",
    "country_code",
)
NEEDED: Final = ", ".join(("event_id", "visitor_id", "occurred_at", *FIRSTS))


def bound(files: Path, made: Path) -> None:
    """Run the hand-written script: from the files of a folder to both tables."""
    with opened(made) as database:
        database.execute("set preserve_insertion_order = false")
        for statement in statements(BOUND):
            database.execute(statement.replace("RAW_FILES", str(files / "*.jsonl")))
        database.execute("checkpoint")


def segment_full(exact: Path, made: Path, condition: str = "true") -> None:
    """Sessions by the rule of dbt-labs/segment, all anew."""
    with _beside(exact, made) as database:
        database.execute(f"create table views as {_numbered(condition)}")
        database.execute(f"create table sessions as {_summed('true')}")


def segment_history(exact: Path, made: Path) -> None:
    """The same of what had been received before the new day."""
    segment_full(exact, made, f"received_at < {FIRST_DAY} + to_days({DAYS})")


def segment_increment(exact: Path, made: Path) -> None:
    """The new day on top, as the package's incremental models go about it."""
    touched = """visitor_id in (
        select visitor_id from exact.events
        where occurred_at > (select max(occurred_at) - interval 3 hour from views)
    )"""
    since = "occurred_at > (select max(started_at) - interval 3 hour from sessions)"
    with _beside(exact, made) as database:
        database.execute(f"create temp table fresh as {_numbered(touched)}")
        _replace(database, "views", "event_id")
        database.execute(f"create or replace temp table fresh as {_summed(since)}")
        _replace(database, "sessions", "session_id")


def write_frame(exact: Path, made: Path) -> None:
    """The typed events as a Parquet file, for those who read no database."""
    columns = NEEDED.replace("event_id", "event_id::varchar as event_id")
    with opened(exact, read_only=True) as database:
        database.execute(
            f"copy (select {columns} from events where visitor_id is not null)"
            f" to '{made}'"
        )


def with_pandas(events: Path, made: Path) -> None:
    """Sessions by pandas; it has no increment but all anew."""
    frame = pd.read_parquet(events)
    frame = frame.sort_values(["visitor_id", "occurred_at", "event_id"])
    pause = frame.groupby("visitor_id", sort=False)["occurred_at"].diff()
    opens = pause.isna() | (pause > pd.Timedelta(minutes=30))
    grouped = frame.groupby(opens.cumsum(), sort=False)
    sessions = grouped.agg(
        visitor_id=("visitor_id", "first"),
        started_at=("occurred_at", "first"),
        ended_at=("occurred_at", "last"),
        event_count=("event_id", "size"),
    )
    firsts = frame.loc[opens, list(FIRSTS)].set_index(sessions.index)
    sessions.join(firsts).to_parquet(made, index=False)


def _beside(exact: Path, made: Path) -> duckdb.DuckDBPyConnection:
    database = opened(made)
    database.execute(f"attach '{exact}' as exact (read_only)")
    return database


def _numbered(condition: str) -> str:
    """Each event with the number of its session among those of its visitor."""
    return f"""
        select *, md5(visitor_id || '|' || session_number) as session_id
        from (
            select * exclude (pause), sum(if(pause <= 1800, 0, 1)) over (
                partition by visitor_id order by place rows unbounded preceding
            ) as session_number
            from (
                select
                    {NEEDED},
                    row_number() over by_time as place,
                    datediff('second', lag(occurred_at) over by_time, occurred_at)
                        as pause
                from exact.events
                where visitor_id is not null and {condition}
                window by_time as (partition by visitor_id order by occurred_at)
            )
        )"""


def _summed(condition: str) -> str:
    """One row a session, with what its first event says."""
    firsts = ", ".join(f"arg_min({name}, place) as {name}" for name in FIRSTS)
    return f"""
        select session_id, visitor_id, min(occurred_at) as started_at,
            max(occurred_at) as ended_at, count(*) as event_count, {firsts}
        from views where {condition} group by session_id, visitor_id"""


def _replace(database: duckdb.DuckDBPyConnection, table: str, key: str) -> None:
    database.execute(f"delete from {table} where {key} in (select {key} from fresh)")
    database.execute(f"insert into {table} by name from fresh")
