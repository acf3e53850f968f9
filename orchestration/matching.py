"""The matching as an asset: records in from identity, pairs and matches out to `ml`."""

from collections.abc import Iterator, Mapping

import pandas as pd
from dagster import (
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from ml.common.frames import empty, typed
from ml.matching import PAIRS, MatchResult, match
from orchestration.owners import DATA_SCIENCE
from orchestration.run import Run
from warehouse.flow import tables_flow
from warehouse.matches import Match, Pair, note_matches, read_matches
from warehouse.settings import Settings
from warehouse.tables import as_of, read_frame, write_frames
from warehouse.variables import variables

RECORDS = "identity.match_records"
PAIRS_TABLE = "ml.identity_pairs"
MATCHES_TABLE = "ml.identity_matches"
DESCRIPTIONS = {
    PAIRS_TABLE: f"The pairs of the matching: {', '.join(PAIRS)}.",
    MATCHES_TABLE: "The pairs that the matching linked, since when and until when.",
}
STEP = "matching"
SEED = 1
# Vars of dbt_project.yml: the first switches the matching off; from the second on a
# pair is linked, and below the third it is no longer.
SWITCH = "with_matching"
LINK = "match_link_probability"
REVIEW = "match_review_probability"
NOTHING = MatchResult(
    "not_enough_data", f"var `{SWITCH}` is false", "", empty(PAIRS), {}
)
MATCHES = {
    "left_record_id": "str",
    "right_record_id": "str",
    "known_since_at": "datetime64[us]",
    "retracted_at": "datetime64[us]",
}


def matching_asset() -> AssetsDefinition:
    """The pairs of records that are probably one person's, and which of them link."""
    deps = [AssetKey(RECORDS.split("."))]

    @multi_asset(
        name=STEP,
        group_name="identity",
        specs=[
            AssetSpec(
                _key(table),
                deps=deps,
                kinds={"splink"},
                owners=DATA_SCIENCE,
                description=told,
            )
            for table, told in DESCRIPTIONS.items()
        ],
    )
    def matching(run: Run) -> Iterator[MaterializeResult[None]]:
        with run.step(STEP) as note:
            result, matches = matched(run.settings, run.variables)
            note.row_count = len(result.pairs)
            note.tell_rows(tables_flow(run.settings, RECORDS, [PAIRS_TABLE]))
            note.detail = result.reason or result.model_version
        metadata = {
            "dagster/row_count": len(result.pairs),
            "state": result.state,
            "reason": result.reason or "none",
            "model_version": result.model_version or "none",
            "card": MetadataValue.json(result.card),
        }
        yield MaterializeResult(asset_key=_key(PAIRS_TABLE), metadata=metadata)
        counted = {"dagster/row_count": len(matches)}
        yield MaterializeResult(asset_key=_key(MATCHES_TABLE), metadata=counted)

    return matching


def _key(table: str) -> AssetKey:
    return AssetKey(table.split("."))


def matched(
    settings: Settings, given: Mapping[str, object]
) -> tuple[MatchResult, list[Match]]:
    """Score the pairs, note which are linked now, and write both.

    Nothing is linked where the matching is switched off; what it cannot judge (too few
    records) it leaves as it was. `given` are vars that differ from the project's.

    Raises:
        TesseraError: a table is missing, or the record of matches cannot be kept.
    """
    known = {**variables(settings.project_dir), **given}
    result = NOTHING
    found: list[Match] = []
    if known[SWITCH]:
        result = match(read_frame(settings, RECORDS), seed=SEED)
        found = _noted(settings, result, known)
    matches = typed(
        pd.DataFrame([vars(one) for one in found], columns=list(MATCHES)), MATCHES
    )
    write_frames(settings, {PAIRS_TABLE: result.pairs, MATCHES_TABLE: matches})
    return result, found


def _noted(
    settings: Settings, result: MatchResult, known: Mapping[str, object]
) -> list[Match]:
    if result.state != "trained":
        return read_matches(settings)
    pairs = result.pairs[~result.pairs["is_contradicted"]]
    sure, likely = (
        _names(pairs[pairs["match_probability"] >= float(str(known[least]))])
        for least in (LINK, REVIEW)
    )
    return note_matches(settings, as_of(settings), sure, likely)


def _names(pairs: pd.DataFrame) -> set[Pair]:
    return set(zip(pairs["left_record_id"], pairs["right_record_id"], strict=True))
