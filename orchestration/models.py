"""The models of ml/ as assets: frames in from the features, frames out to `ml`."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

from ml.common.frames import empty
from ml.spec import SCORING, Frames, Inputs, ModelSpec, Trained, discover
from orchestration.owners import DATA_SCIENCE
from orchestration.run import Run
from warehouse.flow import Flow
from warehouse.tables import TableFrames, as_of, row_counts, write_frames

SEED = 1
# An output is the table `<model>_<output>`, but for those that have a plainer name.
PLAIN_NAMES = {
    "clustering_assignments": "customer_clusters",
    "clustering_profiles": "cluster_profiles",
    "clustering_elbow": "cluster_elbow",
    "recommendations_recommendations": "product_recommendations",
    "recommendations_neighbors": "product_neighbors",
}
REGISTER = "models"
# The names under which `ml.models` lists them, and the gates and marts know them.
REGISTERED = {"propensity": "purchase_30d", "clustering": "clusters"}


@dataclass(frozen=True)
class Result:
    """What a run has of one model: how it was trained, and what it says."""

    trained: Trained
    version: str
    frames: Frames


def model_assets() -> AssetsDefinition:
    """Every output of every model, and the table of their states."""
    specs = discover()
    read = {table for spec in specs.values() for table in spec.reads.values()}
    deps = [AssetKey(table.split(".")) for table in sorted(read)]

    @multi_asset(
        name="ml",
        group_name="ml",
        specs=[
            AssetSpec(
                _key(table),
                deps=deps,
                kinds={"scikitlearn"},
                owners=DATA_SCIENCE,
                description=told,
            )
            for table, told in _descriptions(specs).items()
        ],
    )
    def ml(run: Run) -> Iterator[MaterializeResult[None]]:
        results = {name: _build(spec, run) for name, spec in specs.items()}
        register = pd.DataFrame([_state(run, *item) for item in results.items()])
        write_frames(run.settings, {f"ml.{REGISTER}": register})
        run.tag(_versions(register))
        for name, result in results.items():
            for output, table in tables_of(specs[name]).items():
                metadata = _metadata(result, len(result.frames[output]))
                yield MaterializeResult(asset_key=_key(table), metadata=metadata)
        yield MaterializeResult(asset_key=_key(REGISTER))

    return ml


def tables_of(spec: ModelSpec) -> dict[str, str]:
    """The table in the schema `ml` of each output of a model."""
    names = {output: f"{spec.name}_{output}" for output in spec.outputs}
    return {output: PLAIN_NAMES.get(name, name) for output, name in names.items()}


def _descriptions(specs: Mapping[str, ModelSpec]) -> dict[str, str]:
    """A sentence for each table that the models write."""
    told = {
        table: f"The {output} of the model `{name}`: {', '.join(spec.outputs[output])}."
        for name, spec in specs.items()
        for output, table in tables_of(spec).items()
    }
    return {**told, REGISTER: "One row per model: its last state, version and card."}


def _key(table: str) -> AssetKey:
    return AssetKey(["ml", table])


def _build(spec: ModelSpec, run: Run) -> Result:
    """Train, score and write one model, as one recorded step."""
    with run.step(spec.name) as note:
        result = _trained_and_scored(spec, run)
        frames, tables = result.frames, tables_of(spec)
        write_frames(
            run.settings, {f"ml.{tables[name]}": frames[name] for name in tables}
        )
        note.row_count = max(len(frame) for frame in frames.values())
        came_in = row_counts(run.settings, [spec.reads[SCORING]])
        note.tell_rows(Flow(sum(came_in.values()), note.row_count))
        note.detail = result.trained.reason or result.version
    return result


def _trained_and_scored(spec: ModelSpec, run: Run) -> Result:
    frames = TableFrames(run.settings, spec.reads)
    inputs = Inputs(frames, pd.Timestamp(as_of(run.settings)))
    trained = spec.train(inputs, None, SEED)
    if trained.state != "trained":
        none = {name: empty(schema) for name, schema in spec.outputs.items()}
        return Result(trained, "", none)
    version = spec.version(SEED, trained.data)
    batches = iter([frames[SCORING]])
    return Result(
        trained, version, spec.score(trained.estimator, inputs, batches, version)
    )


def _state(run: Run, name: str, result: Result) -> dict[str, Any]:
    """One row of `ml.models`."""
    return {
        "model_name": REGISTERED.get(name, name),
        "model_version": result.version,
        "as_of_at": as_of(run.settings),
        "state": result.trained.state,
        "reason": result.trained.reason,
        "metrics": json.dumps(result.trained.card, sort_keys=True, default=str),
    }


def _versions(register: pd.DataFrame) -> dict[str, str]:
    """Each model that has a version, as a tag of the run that trained it."""
    named = zip(register["model_name"], register["model_version"], strict=True)
    return {f"model/{name}": version for name, version in named if version}


def _metadata(result: Result, rows: int) -> dict[str, Any]:
    """State, figures and plots of a model, for the UI."""
    card = result.trained.card
    figures = card.get("metrics", {})
    shown: dict[str, Any] = {name: float(value) for name, value in figures.items()}
    for name, image in result.trained.plots.items():
        encoded = base64.b64encode(image).decode()
        picture = f"![{name}](data:image/png;base64,{encoded})"
        shown[name] = MetadataValue.md(picture)
    return shown | {
        "dagster/row_count": rows,
        "state": result.trained.state,
        "reason": result.trained.reason or "none",
        "model_version": result.version or "none",
        "card": MetadataValue.json(json.loads(json.dumps(card, default=str))),
    }
