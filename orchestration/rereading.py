"""The backfill: files that landed on some days are read again by the run at hand."""

import warnings
from datetime import date

from dagster import (
    AssetExecutionContext,
    BackfillPolicy,
    DailyPartitionsDefinition,
    MaterializeResult,
    asset,
)

from orchestration.owners import OPERATIONS
from orchestration.run import Run
from warehouse.contract import read_contract
from warehouse.rereading import read_again

# No ledger is older than Tessera; the end includes today.
LANDING_DAYS = DailyPartitionsDefinition("2026-01-01", end_offset=1)


# Dagster calls the policy beta on each start; the tests run it.
warnings.filterwarnings("ignore", "Parameter `backfill_policy`")


@asset(
    name="reread",
    group_name="ingest",
    partitions_def=LANDING_DAYS,
    # However many days, one run: DuckDB has one writer, and models run once.
    backfill_policy=BackfillPolicy.single_run(),
    owners=OPERATIONS,
    kinds={"python"},
)
def reread(context: AssetExecutionContext, run: Run) -> MaterializeResult[None]:
    """Files to be read again, by the day (UTC) on which they landed.

    Their rows leave the tables; whatever run comes next reads these files, and no
    others, once more. The job `backfill` does both at once.
    """
    days = context.partition_key_range
    with run.step("reread") as note:
        again = read_again(
            run.settings,
            date.fromisoformat(days.start),
            date.fromisoformat(days.end),
            read_contract(run.variables),
        )
        note.row_count = again.line_count
        note.detail = f"{len(again.files)} files, {len(again.changed)} edited"
    return MaterializeResult(
        metadata={
            "first_day": days.start,
            "last_day": days.end,
            "files": len(again.files),
            "lines": again.line_count,
            "edited_since": "\n".join(f"- {file.path}" for file in again.changed)
            or "none",
        }
    )
