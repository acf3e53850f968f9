"""If the build database was lost, the publication tells what its ledger had held."""

import duckdb

from warehouse.beliefs import TABLES, create_tables
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.folders import make_folder
from warehouse.publications import Publication, publications
from warehouse.scores import TABLES as SCORES
from warehouse.settings import Settings

HISTORY = "segment_history"
PUBLISHED = (
    HISTORY,
    "segment_definition_history",
    "customer_features",
)


def _columns(table: str) -> str:
    return ", ".join(column.split()[0] for column in TABLES[table].split(","))


RESTORE = (
    f"""
    insert into ledger.segment_beliefs by name
    select {_columns("segment_beliefs")} from published.segment_history order by all
    """,
    """
    insert into ledger.segment_supersessions by name
    select belief_id, belief_number, customer_id, segment_name, superseded_at,
        superseded_because as reason, superseding_run_id as run_id
    from published.segment_history where superseded_at is not null order by all
    """,
    f"""
    insert into ledger.segment_definitions by name
    select {_columns("segment_definitions")} from published.segment_definition_history
    order by all
    """,
    """
    insert into ledger.last_versions by name
    select segment_name, definition_hash, model_version, exact_since_at
    from published.segment_definition_history where is_in_force order by all
    """,
    """
    insert into ledger.segment_runs by name
    select 'restored' as run_id, greatest(max(as_of_at), (
        select max(greatest(entered_at, left_at)) from published.segment_history
    )) as as_of_at, (
        select max(greatest(recorded_at, superseded_at)) from published.segment_history
    ) as recorded_at
    from published.segment_definition_history having count(*) > 0
    """,
    "create or replace table ledger.last_inputs as from published.customer_features",
)


def open_ledger(settings: Settings, *, may_restore: bool = True) -> int:
    """Make the tables of the ledger where they are missing; how many beliefs came back.

    An empty ledger is filled from the newest publication that is kept, if that has a
    history, all of it or nothing.

    Raises:
        TesseraError: the publication cannot be read: nothing was restored.
    """
    make_folder(settings.build_dir)
    with connect(settings.build_path) as build:
        create_tables(build, {**TABLES, **SCORES})
        [(runs,)] = build.execute("select count(*) from ledger.segment_runs").fetchall()
        newest = _newest(settings) if may_restore and not runs else None
        if newest is None or not newest.rows.keys() >= set(PUBLISHED):
            return 0
        return _restore(build, newest)


def _restore(build: duckdb.DuckDBPyConnection, publication: Publication) -> int:
    path = str(publication.database).replace("'", "''")
    try:
        build.execute(f"attach '{path}' as published (read_only)")
        build.begin()
        for statement in RESTORE:
            build.execute(statement)
        build.commit()
        build.execute("detach published")
    except duckdb.Error as error:
        raise TesseraError(
            "the ledger of memberships is lost, and the publication does not tell it",
            where=str(publication.database),
            given=str(error).splitlines()[0],
            remedy="Put the build database or the publication back. To begin a new "
            "history, remove the publications folder and the link `published`",
        ) from error
    return publication.rows[HISTORY]


def _newest(settings: Settings) -> Publication | None:
    """The publication that knows most, also where readers got a former one back."""
    kept = publications(settings)
    return kept[-1] if kept else None
