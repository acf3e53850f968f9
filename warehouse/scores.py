"""What readers were told of customers, kept until it can be judged and a while after.

A record of a sample, at moments some days apart: how well scores hold shows in a few
thousand customers as in a million.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

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
MODEL = "purchase_30d"
# Another moment is due so many midnights (UTC) after the newest, and never before it.
DUE = """
    select count(*) > 0 from staging.as_of
    where not exists (
        select 1 from ledger.scores_told as told
        where told.model_name = $model
            and date_diff('day', told.as_of_at, staging.as_of.as_of_at) < $every_days
    )
"""
# Another sample at each moment, and nobody's choice.
ADD = """
    insert into ledger.scores_told by name
    select $model as model_name, scores.as_of_at, customer_id,
        purchase_30d_probability as probability, score_decile, model_version,
        $recorded_at as recorded_at, $run_id as run_id
    from ml.propensity_scores as scores
    inner join staging.as_of as moments on scores.as_of_at = moments.as_of_at
    order by md5(customer_id || scores.as_of_at::varchar), customer_id
    limit $customers
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
    """How much is kept: the days between moments, moments, and customers of each."""

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
    """Keep this run's scores where a moment is due, all of it or nothing.

    To do so again adds nothing, and neither does a run whose `as_of` is before what is
    kept.

    Raises:
        TesseraError: the build database cannot be opened.
    """
    recorded_at = datetime.now(UTC).replace(tzinfo=None)
    given = {
        "model": MODEL,
        "run_id": run_id,
        "recorded_at": recorded_at,
        **vars(kept),
    }

    with connect(settings.build_path) as build:
        create_tables(build, TABLES)

        def counted(statement: str) -> int:
            asked = {key: one for key, one in given.items() if f"${key}" in statement}
            [(count,)] = build.execute(statement, asked).fetchall()
            return int(count)

        if not counted(DUE):
            return Told()
        build.begin()
        told = Told(counted(ADD), counted(FORGET))
        build.commit()
    return told
