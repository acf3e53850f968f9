"""A model trained and asked at once, as tests want it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ml.common.frames import empty
from ml.spec import SCORING, Frames, Inputs, ModelSpec, Trained

YEARS = "features.customer_years"
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Said:
    """What a model learned, and what it says of the customers of now."""

    trained: Trained
    version: str
    frames: Frames

    @property
    def state(self) -> str:
        return self.trained.state

    @property
    def reason(self) -> str:
        return self.trained.reason

    @property
    def card(self) -> dict[str, Any]:
        return self.trained.card


def inputs_of(
    spec: ModelSpec,
    tables: Tables,
    as_of: pd.Timestamp,
    variables: Mapping[str, object] | None = None,
) -> Inputs:
    """Return what training reads; tables are named as in the warehouse."""
    frames = {name: tables[table] for name, table in spec.reads.items()}
    return Inputs(frames, as_of, variables or {})


def moment_of(tables: Tables) -> pd.Timestamp:
    """Return the moment of now in the tables; one long ago where they are empty."""
    now = tables.get("features.customers_now", tables.get(YEARS, pd.DataFrame()))
    if now.empty:
        return pd.Timestamp("2000-01-01")
    return pd.to_datetime(now["as_of_at"], utc=True).max().tz_localize(None)


def say(
    spec: ModelSpec,
    tables: Tables,
    seed: int = 3,
    variables: Mapping[str, object] | None = None,
    champion: Any = None,
    **options: Any,
) -> Said:
    """Train on the tables and score them, in two batches where there are rows."""
    inputs = inputs_of(spec, tables, moment_of(tables), variables)
    trained = spec.train(inputs, champion, seed, **options)
    if trained.state != "trained":
        none = {name: empty(schema) for name, schema in spec.outputs.items()}
        return Said(trained, "", none)
    return ask(spec, trained, tables, seed)


def ask(spec: ModelSpec, trained: Trained, tables: Tables, seed: int = 3) -> Said:
    """Score tables with what was learned before."""
    inputs = inputs_of(spec, tables, moment_of(tables))
    version = spec.version(seed, trained.data)
    frames = spec.score(trained.estimator, inputs, halves(inputs[SCORING]), version)
    return Said(trained, version, frames)


def halves(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the frame as two batches."""
    half = len(frame) // 2
    return [frame.iloc[:half], frame.iloc[half:]]
