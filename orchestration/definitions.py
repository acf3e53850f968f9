"""The whole pipeline, as Dagster loads it: read it from top to bottom."""

from functools import cache

from dagster import (
    AssetKey,
    AssetSelection,
    AssetSpec,
    Definitions,
    define_asset_job,
    definitions,
    in_process_executor,
)

from orchestration.alarms import failure_sensor
from orchestration.dbt_steps import TO_FEATURES, TO_MARTS, TO_RECORDS, dbt_step
from orchestration.drift import drift_assets
from orchestration.gates import gate_checks
from orchestration.ingest import ingest
from orchestration.matching import matching_asset
from orchestration.models import model_assets
from orchestration.owners import OPERATIONS
from orchestration.publication import publication_asset
from orchestration.rereading import reread
from orchestration.run import Run
from orchestration.score_ledger import score_recording_asset
from orchestration.segment_ledger import ledger_tables, recording_asset
from orchestration.triggers import TRIGGER, drift_sensor, landing_sensor, schedules
from warehouse.dbt import manifest_json
from warehouse.settings import load_settings

JOB = "refresh"
REBUILD_JOB = "rebuild"
BACKFILL_JOB = "backfill"


# Every step of every run writes there, so no one asset makes it.
RUN_RECORDS = AssetSpec(
    AssetKey(["ops", "run_history"]),
    group_name="ops",
    description="What each step of each run did, as the steps wrote it.",
    owners=OPERATIONS,
    kinds={"duckdb"},
)


# What waits for the last gates; a rebuild is compared, not recorded.
GATED = AssetSelection.assets("segment_ledger", "score_ledger", "publication")
# What is asked for by name: files of the past, to be read again.
ASKED_FOR = AssetSelection.assets("reread")


@cache
def pipeline() -> Definitions:
    """Ingest, dbt to the records, matching, dbt to the features, gates, models, dbt to
    the marts, gates, the ledger of memberships, publish.

    Raises:
        TesseraError: the dbt project does not parse, or a gate or model is broken.
    """
    manifest = manifest_json(load_settings())
    to_marts = dbt_step(TO_MARTS, manifest)
    marts = [key for key in to_marts.keys if key.path[0] == "marts"]
    job = define_asset_job(
        JOB,
        AssetSelection.all() - ASKED_FOR,
        description="What has landed becomes a publication, if the gates agree.",
    )
    backfill = define_asset_job(
        BACKFILL_JOB,
        AssetSelection.all(),
        tags={TRIGGER: "backfill"},
        description="As `refresh`, but reads the files again that landed on the days"
        " chosen (UTC), and no others. One run for all days; the tables are those of a"
        " full refresh.",
    )
    rebuild = define_asset_job(
        REBUILD_JOB,
        (AssetSelection.all() - GATED - ASKED_FOR).without_checks(),
        description="All tables anew: what `tessera run --full-refresh` compares.",
    )
    return Definitions(
        assets=[
            RUN_RECORDS,
            reread,
            ingest,
            ledger_tables(),
            dbt_step(TO_RECORDS, manifest),
            matching_asset(),
            dbt_step(TO_FEATURES, manifest),
            model_assets(),
            drift_assets(),
            to_marts,
            recording_asset(),
            score_recording_asset(),
            publication_asset(marts),
        ],
        asset_checks=[gate_checks("before_ml"), gate_checks("after_ml")],
        jobs=[job, backfill, rebuild],
        schedules=schedules(job),
        sensors=[landing_sensor(job), drift_sensor(job), failure_sensor()],
        resources={"run": Run()},
        # DuckDB has one writer, so one process does the work of a run.
        executor=in_process_executor,
    )


@definitions
def defs() -> Definitions:
    """What `dagster dev -m orchestration.definitions` loads."""
    return pipeline()
