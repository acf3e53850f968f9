"""What an operator asks: what ran, what stands, how fresh it is, and what waits.

A run at work is left alone: a reader of its database would stop it. Then, and where the
database cannot be read, the publication tells what it knows.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import duckdb

from warehouse.connection import connect
from warehouse.erasure.requests import read_requests
from warehouse.errors import TesseraError
from warehouse.landing import strangers
from warehouse.ledger import current_files, pending_files
from warehouse.locking import Holder, looking
from warehouse.publications import Publication, current
from warehouse.quarantine import Choice, groups
from warehouse.runs import Ran, Verdict, last_runs, last_verdicts, verdicts
from warehouse.settings import Settings

RUNS_SHOWN = 5
FRESHNESS = """
    select source, newest_at, epoch(as_of_at) - epoch(newest_at)
    from staging.arrivals cross join staging.as_of
    where source is not null and newest_at is not null
    order by newest_at, source
"""


@dataclass(frozen=True)
class Arrival:
    """The newest accepted record of a source, and its age in seconds at `as_of`."""

    source: str
    newest_at: datetime
    age_seconds: float


@dataclass(frozen=True)
class Aside:
    """How many lines nobody has mended yet, by source, entity and reason."""

    place: str
    reason: str
    open_count: int


@dataclass(frozen=True)
class Waiting:
    """What landed, what waits to be taken in, erased or mended, and what nobody reads.

    `quarantine` is None where nobody could look.
    """

    file_count: int
    line_count: int
    waiting_file_count: int
    erasure_request_count: int
    strangers: list[str]
    quarantine: list[Aside] | None = None


@dataclass(frozen=True)
class Published:
    """The publication that readers get, and what a person let pass in it."""

    id: str
    as_of: datetime
    created_at: datetime
    accepted: list[Verdict]


@dataclass(frozen=True)
class Situation:
    """All of it, at one moment (UTC). `trouble` says why the build was not read."""

    looked_at: datetime
    data_dir: str
    waiting: Waiting
    published: Published | None
    at_work: Holder | None = None
    trouble: str = ""
    runs: list[Ran] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    arrivals: list[Arrival] | None = None


def situation(settings: Settings) -> Situation:
    """Look at everything, whatever state it is in.

    Raises:
        TesseraError: the ledger of landed files or the publication cannot be read.
    """
    publication = current(settings)
    seen = Situation(
        looked_at=datetime.now(UTC),
        data_dir=str(settings.data_dir),
        waiting=_waiting(settings),
        published=_published(publication),
    )
    with looking(settings) as holder:
        if holder:
            return _as_published(replace(seen, at_work=holder), publication)
        if not settings.build_path.exists():
            return _as_published(seen, publication)
        try:
            return _as_built(seen, settings)
        except (TesseraError, duckdb.Error) as error:
            trouble = _trouble(error)
    return _as_published(replace(seen, trouble=trouble), publication)


def _trouble(error: TesseraError | duckdb.Error) -> str:
    """What is wrong and what to do; the path is known, and long."""
    if isinstance(error, TesseraError):
        return f"The build database: {error.what}. {error.remedy or ''}"
    return f"The build database: {str(error).splitlines()[0]}"


def _waiting(settings: Settings) -> Waiting:
    files = current_files(settings)
    return Waiting(
        file_count=len(files),
        line_count=sum(file.line_count for file in files),
        waiting_file_count=len(pending_files(settings)),
        erasure_request_count=len(read_requests(settings).people),
        strangers=strangers(settings.raw_dir),
    )


def _published(publication: Publication | None) -> Published | None:
    if publication is None:
        return None
    accepted = verdicts(publication.accepted)
    return Published(
        publication.id, publication.as_of, publication.created_at, accepted
    )


def _as_built(seen: Situation, settings: Settings) -> Situation:
    with connect(settings.build_path, read_only=True) as build:
        runs = last_runs(build, "ops.run_history", "ops.gate_results", RUNS_SHOWN)
        judged = last_verdicts(build, "ops.gate_results", runs)
        arrivals = _arrivals(build)
    waiting = replace(seen.waiting, quarantine=_quarantine(settings))
    return replace(seen, runs=runs, verdicts=judged, arrivals=arrivals, waiting=waiting)


def _arrivals(build: duckdb.DuckDBPyConnection) -> list[Arrival] | None:
    """None where no run came so far, or one of an older version did."""
    try:
        rows = build.execute(FRESHNESS).fetchall()
    except duckdb.CatalogException:
        return None
    return [Arrival(*row) for row in rows]


def _quarantine(settings: Settings) -> list[Aside] | None:
    """None where the tables of the quarantine were not built yet."""
    try:
        found = groups(settings, Choice())
    except TesseraError:
        return None
    return [
        Aside(f"{group.source}/{group.entity}", group.reason, group.open_count)
        for group in found
        if group.open_count
    ]


def _as_published(seen: Situation, publication: Publication | None) -> Situation:
    """What the publication knows of runs, and of the gates that let it pass."""
    if publication is None:
        return seen
    judged = verdicts(publication.gates)
    try:
        with connect(publication.database, read_only=True) as tables:
            runs = last_runs(tables, "run_history", "gate_results", RUNS_SHOWN)
    except TesseraError as error:
        return replace(seen, trouble=seen.trouble or _trouble(error), verdicts=judged)
    # It was made before the run that made it could say that it had.
    makers = {one.run_id for one in judged}
    runs = [
        replace(run, result="published", reason="") if run.run_id in makers else run
        for run in runs
    ]
    return replace(seen, runs=runs, verdicts=judged)
