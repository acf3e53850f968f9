"""What is tried again, how long after, and what ends a run at once."""

import errno
from collections.abc import Sequence
from typing import Any

import pytest
from dagster import AssetSelection, Definitions, define_asset_job
from dagster._core.definitions.policy import calculate_delay

from orchestration.definitions import JOB
from orchestration.execution import Options, execute
from orchestration.ingest import ingest
from orchestration.publication import publication_asset
from orchestration.retries import RETRIES
from orchestration.run import Run
from warehouse.errors import PassingError, TesseraError
from warehouse.settings import Settings

LOCKED = PassingError("the attached database is open in another process")
BUSY = OSError(errno.EBUSY, "the network drive does not answer")
FULL = OSError(errno.ENOSPC, "no space is left")
WRONG = TesseraError("there is no such database file", remedy="Name another one")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that Dagster would wait, and does not."""
    waited: list[float] = []

    def told(**asked: Any) -> float:
        waited.append(calculate_delay(**asked))
        return 0

    monkeypatch.setattr("dagster._core.definitions.policy.calculate_delay", told)
    return waited


def run_with(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, troubles: Sequence[Exception]
) -> int:
    """Take in what has landed, with one trouble after the other: the attempts."""
    left = list(troubles)
    attempts = 0

    def bring_in(*_: Any) -> list[Any]:
        nonlocal attempts
        attempts += 1
        if left:
            raise left.pop(0)
        return []

    job = define_asset_job(JOB, AssetSelection.all())
    defs = Definitions(assets=[ingest], jobs=[job], resources={"run": Run()})
    monkeypatch.setattr("orchestration.execution.pipeline", lambda: defs)
    monkeypatch.setattr("orchestration.ingest.bring_in", bring_in)
    assert execute(settings, Options()).succeeded
    return attempts


def test_what_may_pass_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    assert run_with(settings, monkeypatch, [LOCKED, BUSY]) == 3
    assert len(waits) == RETRIES.max_retries
    assert waits[0] < waits[1]


def test_what_stays_ends_in_its_own_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    with pytest.raises(PassingError, match="is open in another process"):
        run_with(settings, monkeypatch, [LOCKED] * 9)
    # It asks how long to wait before it sees that it has tried often enough.
    assert len(waits) == RETRIES.max_retries + 1


@pytest.mark.parametrize("trouble", [WRONG, KeyError("a mistake of ours")])
def test_what_a_person_must_mend_ends_the_run_at_once(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    trouble: Exception,
) -> None:
    with pytest.raises(type(trouble)) as refused:
        run_with(settings, monkeypatch, [trouble])
    assert refused.value is trouble
    assert not waits


def test_a_full_disk_is_told_and_not_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    with pytest.raises(TesseraError, match="the disk is full"):
        run_with(settings, monkeypatch, [FULL])
    assert not waits


def test_each_wait_is_longer_than_the_one_before() -> None:
    # Random as they are: the longest first is no longer than the shortest second.
    first, second = ([RETRIES.calculate_delay(n) for _ in range(99)] for n in (1, 2))
    assert max(first) <= min(second)
    assert len(set(first)) > 1


def test_publishing_is_tried_again_too() -> None:
    assert publication_asset([]).op.retry_policy == RETRIES
