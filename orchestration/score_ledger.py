"""What this run says of customers, kept so that it can be judged when it came true."""

from dagster import AssetKey, AssetsDefinition, MaterializeResult, asset

from orchestration.gates import GUARDED, require_gates
from orchestration.owners import DATA_SCIENCE
from orchestration.run import Run
from warehouse.flow import Flow
from warehouse.scores import Kept, record_scores

NAME = "score_ledger"


def score_recording_asset() -> AssetsDefinition:
    """A sample of the scores of this run, recorded once its gates passed."""

    @asset(
        name=NAME,
        group_name="publication",
        # After the memberships: one writer, and one order of steps.
        deps=[
            AssetKey(["ml", "propensity_scores"]),
            AssetKey(["predictions", "sibling_predictions"]),
            AssetKey("segment_ledger"),
            GUARDED["after_ml"],
        ],
        kinds={"duckdb"},
        owners=DATA_SCIENCE,
    )
    def score_ledger(run: Run) -> MaterializeResult[None]:
        """What readers are told of a sample of customers, once in some days."""
        with run.step(NAME) as note:
            require_gates(run, NAME)
            told = record_scores(run.settings, run.run_id, _kept(run))
            note.row_count, note.detail = told.added, str(told)
            note.tell_rows(Flow(None, told.added))
        return MaterializeResult(
            metadata={"dagster/row_count": told.added, "told": str(told)}
        )

    return score_ledger


def _kept(run: Run) -> Kept:
    return Kept(
        every_days=run.kept("scores_kept_every_days"),
        moments=run.kept("scores_kept_moments"),
        customers=run.kept("scores_kept_customers"),
    )
