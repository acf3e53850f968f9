"""The matching as an asset: records in from identity, scored pairs out to `ml`."""

from dagster import AssetKey, AssetsDefinition, MaterializeResult, MetadataValue, asset

from ml.common.frames import empty
from ml.matching import PAIRS, MatchResult, match
from orchestration.run import Run
from warehouse.tables import read_frame, write_frames

RECORDS = "identity.match_records"
TABLE = "ml.identity_pairs"
STEP = "matching"
SEED = 1
# The var of dbt_project.yml that switches the matching off.
SWITCH = "with_matching"
SWITCHED_OFF = f"var `{SWITCH}` is false"


def matching_asset() -> AssetsDefinition:
    """The pairs of records that are probably one person's."""

    @asset(
        key=AssetKey(TABLE.split(".")),
        group_name="ml",
        deps=[AssetKey(RECORDS.split("."))],
        kinds={"splink"},
        description=f"The pairs of the matching: {', '.join(PAIRS)}.",
    )
    def identity_pairs(run: Run) -> MaterializeResult[None]:
        with run.step(STEP) as note:
            result = matched(run)
            note.row_count = len(result.pairs)
            note.detail = result.reason or result.model_version
        return MaterializeResult(
            metadata={
                "dagster/row_count": len(result.pairs),
                "state": result.state,
                "reason": result.reason or "none",
                "model_version": result.model_version or "none",
                "card": MetadataValue.json(result.card),
            }
        )

    return identity_pairs


def matched(run: Run) -> MatchResult:
    """Score the pairs and write them; none where the matching is switched off."""
    if run.variables.get(SWITCH, True):
        result = match(read_frame(run.settings, RECORDS), seed=SEED)
    else:
        result = MatchResult("not_enough_data", SWITCHED_OFF, "", empty(PAIRS), {})
    write_frames(run.settings, {TABLE: result.pairs})
    return result
