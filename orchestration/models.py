"""The models of ml/ as assets: frames in from the features, frames out to `ml`."""

import base64
import json
from collections.abc import Iterator, Mapping
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

from ml.spec import SCORING, ModelSpec, discover
from orchestration.cards import keep_plots
from orchestration.lives import Life, live
from orchestration.occasions import occasion
from orchestration.owners import DATA_SCIENCE
from orchestration.run import Run
from warehouse.flow import Flow
from warehouse.model_states import COLUMNS
from warehouse.tables import row_counts, write_frames

# An output is the table `<model>_<output>`, but for those that have a plainer name.
PLAIN_NAMES = {
    "clustering_assignments": "customer_clusters",
    "clustering_profiles": "cluster_profiles",
    "clustering_elbow": "cluster_elbow",
    "recommendations_recommendations": "product_recommendations",
    "recommendations_neighbors": "product_neighbors",
    "clustering_changes": "cluster_changes",
}
REGISTER = "models"
UNASKED = "no training asked for"


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
        lives = {name: _live(spec, run) for name, spec in specs.items()}
        rows = [row for life in lives.values() for row in life.rows()]
        register = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
        write_frames(run.settings, {f"ml.{REGISTER}": register})
        run.tag(_versions(register))
        for name, life in lives.items():
            for output, table in tables_of(specs[name]).items():
                metadata = _metadata(life, len(life.frames[output]))
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
    return {
        **told,
        REGISTER: "One row per version of each model: its state, card and decision.",
    }


def _key(table: str) -> AssetKey:
    return AssetKey(["ml", table])


def _live(spec: ModelSpec, run: Run) -> Life:
    """Let one model score, and write what it says, as one recorded step."""
    with run.step(spec.name) as note:
        now = occasion(spec, run)
        life = live(now)
        if life.trained:
            keep_plots(run.settings, now.name, life.challenger, life.trained.plots)
        frames, tables = life.frames, tables_of(spec)
        write_frames(
            run.settings, {f"ml.{tables[name]}": frames[name] for name in tables}
        )
        note.row_count = max(len(frame) for frame in frames.values())
        came_in = row_counts(run.settings, [spec.reads[SCORING]])
        note.tell_rows(Flow(sum(came_in.values()), note.row_count))
        note.detail = life.told
    return life


def _versions(register: pd.DataFrame) -> dict[str, str]:
    """Each model that scored, with its version, as a tag of the run."""
    champions = register[register["state"] == "champion"]
    named = zip(champions["model_name"], champions["model_version"], strict=True)
    return {f"model/{name}": version for name, version in named}


def _metadata(life: Life, rows: int) -> dict[str, Any]:
    """Who scored, what was decided, figures and plots of a model, for the UI."""
    champion, trained = life.champion, life.trained
    card = dict(champion.card) if champion else trained.card if trained else {}
    shown: dict[str, Any] = {
        name: float(value) for name, value in card.get("metrics", {}).items()
    }
    for name, image in (trained.plots if trained else {}).items():
        encoded = base64.b64encode(image).decode()
        picture = f"![{name}](data:image/png;base64,{encoded})"
        shown[name] = MetadataValue.md(picture)
    return shown | {
        "dagster/row_count": rows,
        "champion": champion.model_version if champion else "none",
        "trained_as_of": champion.as_of_at.isoformat() if champion else "never",
        "challenger": life.challenger or "none",
        "decision": life.decision.words
        if life.decision
        else life.note or "no training asked for",
        "card": MetadataValue.json(json.loads(json.dumps(card, default=str))),
    }
