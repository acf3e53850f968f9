"""The ledger of memberships: opened before anything reads it, written after gates."""

from collections.abc import Iterator

from dagster import (
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    asset,
    multi_asset,
)

from orchestration.gates import GUARDED, require_gates
from orchestration.owners import OPERATIONS
from orchestration.run import Run
from warehouse.beliefs import record_memberships
from warehouse.flow import Flow, tables_flow
from warehouse.restoring import open_ledger
from warehouse.settings import BUILD

GROUP = "ledger"
CHANGES = AssetKey(["segments", "segment_changes"])
DESCRIPTIONS = {
    "segment_beliefs": "Who was in which segment, as the runs came to know it.",
    "segment_supersessions": "Which beliefs a later one corrects or carries on.",
    "segment_definitions": "Each rule that a segment ever had.",
    "segment_runs": "The runs that the ledger heard of.",
    "last_versions": "Rules and models of the newest of these runs.",
    "last_inputs": "What the rules asked of in the newest of these runs.",
    "scores_told": "What readers were told of a sample of customers, to be judged.",
}


def ledger_tables() -> AssetsDefinition:
    """The tables of the ledger, made or brought back where the build was lost."""

    @multi_asset(
        name="ledger",
        group_name=GROUP,
        specs=[
            AssetSpec(
                AssetKey(["ledger", table]),
                kinds={"duckdb"},
                owners=OPERATIONS,
                description=told,
            )
            for table, told in DESCRIPTIONS.items()
        ],
    )
    def ledger(run: Run) -> Iterator[MaterializeResult[None]]:
        with run.step("ledger") as note:
            # A rebuild is a comparison of what is built from raw files.
            is_standing = run.build_name == BUILD
            note.row_count = open_ledger(run.settings, may_restore=is_standing)
            note.tell_rows(Flow(None, note.row_count))
            if note.row_count:
                note.detail = f"{note.row_count} beliefs restored from the publication"
        for table in DESCRIPTIONS:
            yield MaterializeResult(asset_key=AssetKey(["ledger", table]))

    return ledger


def recording_asset() -> AssetsDefinition:
    """What this run came to know of memberships, recorded once its gates passed."""

    @asset(
        name="segment_ledger",
        # With what else waits for the last gates; what models read of it comes first.
        group_name="publication",
        deps=[CHANGES, GUARDED["after_ml"]],
        kinds={"duckdb"},
        owners=OPERATIONS,
    )
    def segment_ledger(run: Run) -> MaterializeResult[None]:
        """Who entered and left segments: added to the ledger, all of it or nothing."""
        with run.step("segment_ledger") as note:
            require_gates(run, "segment_ledger")
            news = tables_flow(run.settings, ".".join(CHANGES.path), [])
            recorded = record_memberships(run.settings, run.run_id)
            note.row_count, note.detail = recorded.belief_count, str(recorded)
            note.tell_rows(news._replace(went_out=recorded.belief_count))
        return MaterializeResult(
            metadata={
                "dagster/row_count": recorded.belief_count,
                "beliefs_added": recorded.belief_count,
                "beliefs_superseded": recorded.supersession_count,
                "refused": recorded.refusal or "no",
            }
        )

    return segment_ledger
