"""Small shops, built by dbt alone: the stages from raw files to features."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.simulation import simulate
from tests.conftest import Once
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

AS_OF = datetime(2025, 12, 31)
EVERYTHING = [
    *("staging", "identity", "behavior", "lifecycle", "features"),
    *("predictions", "segments", "marts"),
]
MODELS_ONLY = "resource_type:model"


def build(settings: Settings, selected: list[str]) -> None:
    """Build the models among these at a fixed moment, without their tests."""
    chosen = [f"{one},{MODELS_ONLY}" for one in selected]
    dbt_build(
        settings,
        select=["resource_type:seed", *chosen],
        variables={"as_of": AS_OF.isoformat(sep=" ")},
    )


@pytest.fixture(scope="session")
def small_shop(once: Once) -> Settings:
    """300 customers over 150 days, built from raw files to the marts."""

    def make(settings: Settings) -> None:
        simulate(settings.raw_dir, customers=300, days=150, seed=11)
        with pytest.MonkeyPatch.context() as patch:
            # Its manifest has the compiled SQL.
            patch.setenv("DBT_WRITE_JSON", "true")
            build(settings, EVERYTHING)

    return once("small shop", make)


def stamp(moment: datetime) -> str:
    """A moment as the web stream writes it."""
    return moment.isoformat(timespec="milliseconds") + "Z"


@pytest.fixture
def web_call() -> Callable[..., dict[str, Any]]:
    """Make a call of the web stream; each has an id of its own."""
    numbers: Iterator[int] = iter(range(1_000_000))

    def make(kind: str, at: datetime, **parts: Any) -> dict[str, Any]:
        received = parts.pop("received_at", at + timedelta(seconds=1))
        return {
            "type": kind,
            "messageId": f"test-{next(numbers)}",
            "timestamp": stamp(at),
            "receivedAt": stamp(received),
            **parts,
        }

    return make


def land(settings: Settings, source: str, entity: str, name: str, text: str) -> Path:
    """Put one file into the raw folder."""
    file = settings.raw_dir / source / entity / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def json_lines(calls: list[dict[str, Any]]) -> str:
    """Calls as the lines of a file."""
    return "".join(json.dumps(call) + "\n" for call in calls)
