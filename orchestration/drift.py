"""How models hold since they were judged: drift, and past scores against what came."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from dagster import (
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from ml.common.backtest import backtest
from ml.common.drift import DRIFT, SCORE, Thresholds, drift
from ml.common.encoding import Columns
from ml.common.features import FEATURES, columns_read, encode
from ml.common.frames import empty
from ml.spec import ModelSpec, discover
from orchestration.cards import write_cards
from orchestration.lives import SEED
from orchestration.models import tables_of
from orchestration.occasions import REGISTERED, SAMPLED_CUSTOMERS
from orchestration.owners import DATA_SCIENCE
from orchestration.run import Run
from warehouse.flow import Flow
from warehouse.tables import as_of, read_frame, read_sample, write_frames
from warehouse.variables import positive_number, variables

STEP = "drift"
REGISTER, NOW, PAST = "ml.models", "features.customers_now", "features.past_scores"
DRIFT_TABLE, BACKTEST_TABLE = "model_drift", "propensity_backtest"
DESCRIPTIONS = {
    DRIFT_TABLE: "One row per model and feature, or its score: how far it moved.",
    BACKTEST_TABLE: "One row per model, scored moment and decile: told, and come true.",
}
REGISTERED_AS = ["model_name", "model_version", "metrics"]
SCHEMA = {
    "model_name": "str",
    "model_version": "str",
    **DRIFT,
    "as_of_at": "datetime64[us]",
}


def drift_assets() -> AssetsDefinition:
    """Both tables, from what the models of this run wrote."""
    tables = {spec.name: score_table(spec) for spec in discover().values()}
    read = [f"ml.{table}" for table, _ in filter(None, tables.values())]
    deps = [AssetKey(table.split(".")) for table in (REGISTER, NOW, PAST, *read)]

    @multi_asset(
        name=STEP,
        group_name="ml",
        specs=[
            AssetSpec(
                AssetKey(["ml", table]),
                deps=deps,
                kinds={"python"},
                owners=DATA_SCIENCE,
                description=told,
            )
            for table, told in DESCRIPTIONS.items()
        ],
    )
    def watch(run: Run) -> Iterator[MaterializeResult[None]]:
        with run.step(STEP) as note:
            moment = as_of(run.settings)
            outcomes = read_frame(run.settings, PAST)
            judged = backtest(outcomes, seed=SEED).assign(as_of_at=moment)
            register = read_frame(run.settings, REGISTER)
            moved = _moved(run, register).assign(as_of_at=moment)
            found = {DRIFT_TABLE: moved, BACKTEST_TABLE: judged}
            write_frames(
                run.settings, {f"ml.{name}": one for name, one in found.items()}
            )
            pages = write_cards(run.settings, register, moved, moment)
            note.row_count = len(moved) + len(judged)
            note.tell_rows(Flow(len(outcomes), int(judged["customer_count"].sum())))
            note.detail = _detail(moved, judged)
        shown = {DRIFT_TABLE: _drift_metadata(moved, pages), BACKTEST_TABLE: {}}
        for table, frame in found.items():
            metadata = {"dagster/row_count": len(frame), **shown[table]}
            yield MaterializeResult(
                asset_key=AssetKey(["ml", table]), metadata=metadata
            )

    return watch


def score_table(spec: ModelSpec) -> tuple[str, str] | None:
    """The table and column in which a model tells a figure of each customer."""
    for output, table in tables_of(spec).items():
        columns = spec.outputs[output]
        for column in columns:
            if column.endswith(("probability", "_amount")) and "customer_id" in columns:
                return table, column
    return None


def _moved(run: Run, register: pd.DataFrame) -> pd.DataFrame:
    """The drift of each champion whose card tells at whom it was judged."""
    thresholds = _thresholds(run)
    specs = {REGISTERED.get(name, name): spec for name, spec in discover().items()}
    found = []
    champions = register[register["state"] == "champion"]
    for name, version, told in champions[REGISTERED_AS].itertuples(index=False):
        known = json.loads(str(told)).get("reference")
        spec = specs.get(str(name))
        if known and spec:
            now = {**_features(run, known), **_said(run, spec)}
            rows = drift(known, now, thresholds)
            found.append(rows.assign(model_name=name, model_version=version))
    return pd.concat(found, ignore_index=True) if found else empty(SCHEMA)


def _said(run: Run, spec: ModelSpec) -> Columns:
    """What a model says of a sample of customers; nothing where it says no chance."""
    place = score_table(spec)
    if place is None:
        return {}
    table, column = place
    told = read_sample(run.settings, f"ml.{table}", [column], SAMPLED_CUSTOMERS)
    return {SCORE: told[column].to_numpy("float64")}


def _features(run: Run, known: dict[str, Any]) -> Columns:
    """The features of the same customers, but those that only a model can tell."""
    names = [name for name in known["features"] if name in FEATURES]
    if not names:
        return {}
    read = ["as_of_at", *(one for one in columns_read(names) if one != "as_of_at")]
    encoded = encode(read_sample(run.settings, NOW, read, SAMPLED_CUSTOMERS), names)
    return dict(zip(names, encoded.plain().T, strict=True))


def _thresholds(run: Run) -> Thresholds:
    given = {**variables(run.settings.project_dir), **run.variables}
    return Thresholds(
        shifted=positive_number(given, "drift_shifted_psi"),
        drifted=positive_number(given, "drift_drifted_psi"),
    )


def _detail(moved: pd.DataFrame, judged: pd.DataFrame) -> str:
    drifted = int((moved["verdict"] == "drifted").sum())
    moments = len(judged[["model_name", "scored_at"]].drop_duplicates())
    return f"{drifted} of {len(moved)} drifted; {moments} past moments judged"


def _drift_metadata(moved: pd.DataFrame, pages: Mapping[str, Path]) -> dict[str, Any]:
    """What moved most, and the card of each model that scores."""
    most = moved.nlargest(10, "psi_unusual")
    lines = [
        f"| {row.model_name} | {row.feature} | {row.verdict} | {row.psi_unusual:.3f} |"
        for row in most.itertuples()
    ]
    head = "| model | feature | verdict | unusual PSI |\n|---|---|---|---|\n"
    cards = {
        f"card of {name}": MetadataValue.path(page) for name, page in pages.items()
    }
    return {"moved most": MetadataValue.md(head + "\n".join(lines)), **cards}
