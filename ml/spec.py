"""The small common spec of every model, and how the models are found: by their file."""

import hashlib
import importlib
import importlib.metadata
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

import pandas as pd

import ml
from ml.common.frames import Schema
from warehouse.errors import TesseraError

State: TypeAlias = Literal["trained", "not_enough_data"]
Card: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Inputs:
    """What every model may draw on: past moments with labels, and customers now."""

    training: pd.DataFrame
    scoring: pd.DataFrame


class ModelResult(Protocol):
    """What every build returns. Without enough data `reason` says what is missing."""

    @property
    def state(self) -> State: ...
    @property
    def reason(self) -> str: ...
    @property
    def model_version(self) -> str: ...
    @property
    def card(self) -> Card: ...
    def frames(self) -> dict[str, pd.DataFrame]: ...


@dataclass(frozen=True)
class ModelSpec:
    """One model: what it predicts, from what, how well at least, and by which function.

    `target` is the label's column in the training frame (None: nothing is predicted).
    `outputs` gives the schema of each frame the build returns. `quality_floor` holds
    the least acceptable values of figures in the card. `settings` and `features` are
    part of the model's version.
    """

    name: str
    target: str | None
    features: tuple[str, ...]
    outputs: Mapping[str, Schema]
    quality_floor: Mapping[str, float]
    settings: Mapping[str, Any]
    build: Callable[[Inputs, int], ModelResult]

    def version(self, seed: int, data: str) -> str:
        """Return `<name>-<hash>`: the same spec, seed, data and library, the same."""
        spec = [self.name, self.target, self.features, dict(self.settings)]
        library = importlib.metadata.version("scikit-learn")
        content = json.dumps([*spec, seed, data, library], sort_keys=True)
        return f"{self.name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


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
