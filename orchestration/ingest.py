"""The first asset: what has landed, or is new in tables, is taken into the ledger."""

from dagster import AssetExecutionContext, MaterializeResult, asset

from orchestration.owners import NIGHTLY, OPERATIONS
from orchestration.retries import RETRIES, retried_if_passing
from orchestration.run import Run
from warehouse.attached import bring_in
from warehouse.attaching import attached_tables
from warehouse.contract import read_contract
from warehouse.flow import files_flow
from warehouse.landing import strangers
from warehouse.ledger import current_files, take_in


@asset(
    name="ingest",
    group_name="ingest",
    deps=["reread"],
    kinds={"python"},
    owners=OPERATIONS,
    freshness_policy=NIGHTLY,
    retry_policy=RETRIES,
)
def ingest(context: AssetExecutionContext, run: Run) -> MaterializeResult[None]:
    """The ledger of landed files: each new file gets its place in the order."""
    with retried_if_passing(), run.step("ingest") as note:
        contract = read_contract(run.variables)
        brought = bring_in(
            run.settings, attached_tables(run.variables, run.settings.project_dir)
        )
        fresh = take_in(run.settings, contract)
        files = current_files(run.settings, contract)
        note.tell_rows(files_flow(fresh))
        note.row_count = sum(file.line_count for file in files)
        warnings = strangers(run.settings.raw_dir, contract)
        note.detail = " ".join(warnings) or None
    for warning in warnings:
        context.log.warning(warning)
    return MaterializeResult(
        metadata={
            "new_files": len(fresh),
            "from_tables": len(brought),
            "files": len(files),
            "lines": note.row_count,
            "not_read": "\n".join(f"- {warning}" for warning in warnings) or "none",
        }
    )
