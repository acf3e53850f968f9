"""The registry as the table `ml.models`: one row a version, as its run knows it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from warehouse.registry import Entry, Registry

ModelState: TypeAlias = Literal[
    "champion", "challenger", "retired", "below_floor", "unusable", "not_enough_data"
]
COLUMNS = {
    "model_name": "str",
    "model_version": "str",
    "spec_hash": "str",
    "as_of_at": "datetime64[us]",
    "recorded_at": "datetime64[us]",
    "data_from_at": "datetime64[us]",
    "data_to_at": "datetime64[us]",
    "state": "str",
    "reason": "str",
    "decided_by": "str",
    "decision": "str",
    "former_version": "str",
    "figures": "str",
    "metrics": "str",
}


def model_rows(
    registry: Registry, problems: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the rows of `ml.models`, values of COLUMNS, by model and age.

    A version's row has its newest decision. An attempt that found too little data is a
    row while it is the model's newest. `problems` are of champions that cannot be used,
    by version.
    """
    rows = (
        _row(entry, _training(registry, entry), registry, problems or {})
        for model in registry.models()
        for entry in _newest(registry.of(model))
    )
    return list(rows)


def _newest(registry: Registry) -> Iterator[Entry]:
    """The newest entry of each version, and of an attempt that made none, if last."""
    by_version = {one.model_version: one for one in registry.entries}
    by_version.pop("", None)
    yield from by_version.values()
    if not registry.entries[-1].model_version:
        yield registry.entries[-1]


def _training(registry: Registry, entry: Entry) -> Entry:
    return registry.version(entry.model_version) or entry


def _row(
    entry: Entry, training: Entry, registry: Registry, problems: Mapping[str, str]
) -> dict[str, Any]:
    state = model_state(registry, training)
    problem = problems.get(entry.model_version, "")
    if state == "champion" and problem:
        state = "unusable"
    idle = training.reason or training.decision
    return {
        "model_name": training.model_name,
        "model_version": training.model_version,
        "spec_hash": training.spec_hash,
        "as_of_at": training.as_of_at,
        "recorded_at": entry.recorded_at,
        "data_from_at": training.data_from_at,
        "data_to_at": training.data_to_at,
        "state": state,
        "reason": {
            "unusable": problem,
            "not_enough_data": idle,
            "below_floor": idle,
        }.get(state, ""),
        "decided_by": entry.decided_by,
        "decision": _decision(entry, training),
        "former_version": entry.former_version,
        "figures": json.dumps(dict(entry.figures or training.figures), sort_keys=True),
        "metrics": json.dumps(dict(training.card), sort_keys=True),
    }


def _decision(entry: Entry, training: Entry) -> str:
    """What a hand decided does not hide what the contest said."""
    if entry.decision == training.decision:
        return entry.decision
    return f"{entry.decision} When it was trained: {training.decision}"


def model_state(registry: Registry, training: Entry) -> ModelState:
    """Return what a version is today: who scores, who did, who was kept out and why."""
    champions = registry.champions(training.model_name)
    if not training.model_version:
        return "not_enough_data"
    if champions and training.model_version == champions[-1]:
        return "champion"
    if training.model_version in champions:
        return "retired"
    return "below_floor" if training.decided_by == "floor" else "challenger"
