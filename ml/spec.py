"""The small common spec of every model, and how the models are found: by their file.

A model trains and scores apart: `train` learns and is judged, `score` tells of every
customer with what was learned, at any later moment and without the training data.
"""

import hashlib
import importlib
import importlib.metadata
import json
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pandas as pd

import ml
from ml.common.frames import Schema
from warehouse.errors import TesseraError

State: TypeAlias = Literal["trained", "not_enough_data", "refused"]
Card: TypeAlias = dict[str, Any]
Frames: TypeAlias = dict[str, pd.DataFrame]
Window: TypeAlias = tuple[pd.Timestamp, pd.Timestamp]
# Whatever was fitted: plain values, arrays, and what ml/life/artifacts.py keeps.
Estimator: TypeAlias = Any

SCORING = "scoring"
# A sample of the rows of now: for what a training wants to know of them.
SAMPLE = "sample"


@dataclass(frozen=True)
class Place:
    """A version that took the place, and when (ISO); a hand may have put it there."""

    version: str
    changed_at: str
    is_by_hand: bool


def nothing_refused(data: str) -> bool:
    """Say of any data that a model of it may be wanted."""
    return False


@dataclass(frozen=True)
class Inputs:
    """The frames a model reads, by the names in its `reads`, and the run's moment.

    `scoring` is not among them: it is streamed to `score`. The frames may be read one
    by one when they are asked for, so ask once. `variables` are the project's vars as
    this run has them. `allowed` are the highest figures of a card that the shop's gates
    let through: above them a model has no place. `cards` are those of all versions that
    were registered, by version, and `places` who took the place; both oldest first.
    `is_refused` tells of a hash of data (`Trained.data`) that this very spec learned
    from it before, and that what came out has no place: to fit it again is for nothing.
    """

    frames: Mapping[str, pd.DataFrame]
    as_of_at: pd.Timestamp
    variables: Mapping[str, object] = field(default_factory=dict)
    allowed: Mapping[str, float] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    places: Sequence[Place] = ()
    is_refused: Callable[[str], bool] = nothing_refused

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the frame of this name."""
        return self.frames[name]


@dataclass(frozen=True)
class Trained:
    """What training returns. Without enough data `reason` says what is missing.

    `refused` is what was not fitted, since `Inputs.is_refused`: its `data` tells which.

    `estimator` scores: it was fitted on everything labelled. `judged` is the same
    recipe, fitted only on what had closed before the test moment, which is `test_at`:
    a contest asks it. Without `test_at` nothing was kept back for a test. Where its
    settings were chosen by what came after the test moment, `judged_to_at` is the end.
    Neither holds a customer's id. What the card has as `remark` is told of a version
    that takes the place. `data` is a hash of everything learned from, the
    former champion too where training started from it; `window` the first and the last
    moment of that data, labels included. `plots` are PNGs by name.
    """

    state: State
    reason: str
    card: Card
    estimator: Estimator = None
    judged: Estimator = None
    data: str = ""
    window: Window | None = None
    test_at: pd.Timestamp | None = None
    judged_to_at: pd.Timestamp | None = None
    plots: Mapping[str, bytes] = field(default_factory=dict)


def refused(data: str) -> Trained:
    """Return what a training does that would make what was refused before."""
    return Trained("refused", "", {}, data=data)


@dataclass(frozen=True)
class Verdict:
    """Whether the challenger takes the champion's place, by which rule and figures."""

    is_better: bool
    rule: str
    figures: Mapping[str, Any]


Train: TypeAlias = Callable[[Inputs, Estimator | None, int], Trained]
Score: TypeAlias = Callable[[Estimator, Inputs, Iterable[pd.DataFrame], str], Frames]
# Fits of champion (ml/life/entrants.py) and challenger (its `judged`), the challenger's
# inputs, and a seed. Raises if the champion cannot be judged any more: it is replaced.
Contest: TypeAlias = Callable[[Estimator, Estimator, Inputs, int], Verdict]


@dataclass(frozen=True)
class ModelSpec:
    """One model: what it predicts, from what, how well at least, by which functions.

    `target` is the label's column in the training frame (None: nothing is predicted).
    `reads` names the table of each input; the rows of the one called `scoring` are
    streamed, and of the one called `sample` only some are there. `outputs` gives the
    schema of each frame of `score`. `quality_floor` holds the least acceptable values
    of figures in the card. `quality_floor`, `settings` and `features` are part of the
    model's version. `train` takes the inputs, the champion's estimator to start from
    (or None) and a seed; `score` an estimator, the inputs, the batches of `scoring` and
    the version to write beside what it says. Without a `contest` the newest model that
    is above its floor takes the place.
    """

    name: str
    target: str | None
    features: tuple[str, ...]
    reads: Mapping[str, str]
    outputs: Mapping[str, Schema]
    quality_floor: Mapping[str, float]
    settings: Mapping[str, Any]
    train: Train
    score: Score
    contest: Contest | None = None

    def hash(self) -> str:
        """Return a hash of what makes the model: another one asks to train anew."""
        library = importlib.metadata.version("scikit-learn")
        return _hashed([*self._parts(), library])

    def version(self, seed: int, data: str) -> str:
        """Return `<name>-<hash>`: the same spec, seed, data and library, the same."""
        return f"{self.name}-{_hashed([self.hash(), seed, data])}"

    def _parts(self) -> list[Any]:
        kept = [self.name, self.target, self.features]
        return [*kept, dict(self.quality_floor), dict(self.settings)]


def _hashed(content: list[Any]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def discover() -> dict[str, ModelSpec]:
    """Return every model by name: each file of `ml/` that declares a `MODEL`.

    Raises TesseraError for a file of `ml/` without one (shared code lives in
    `ml/common/`), and for two models of one name.
    """
    found: dict[str, ModelSpec] = {}
    for module in sorted(pkgutil.iter_modules(ml.__path__), key=lambda one: one.name):
        if not module.ispkg and module.name != "spec":
            spec = _declared(module.name)
            if spec.name in found:
                raise TesseraError(f"two models are called `{spec.name}`", where="ml/")
            found[spec.name] = spec
    return found


def _declared(module: str) -> ModelSpec:
    spec = getattr(importlib.import_module(f"ml.{module}"), "MODEL", None)
    if isinstance(spec, ModelSpec):
        return spec
    raise TesseraError(
        "the file declares no model",
        where=f"ml/{module}.py",
        given=f"MODEL = {spec!r}",
        allowed="a module-level `MODEL: ModelSpec`",
        remedy="Declare it, or move shared code to ml/common/.",
    )
