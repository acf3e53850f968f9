"""Any order of arrival gives the same tables: hundreds of histories, whole tables."""

import random
from datetime import datetime
from typing import NamedTuple

import pytest

from tests.behavior import shop
from tests.behavior.histories import LOADS
from tests.behavior.judging import judgement
from tests.behavior.lines import Line
from tests.behavior.loads import (
    landed,
    many_lines,
    other_than_afresh,
    take_in,
    take_in_all,
    troubles,
)
from warehouse.settings import PROJECT_DIR, Settings

# Most has arrived by then, and much has not.
PAST = datetime(2019, 6, 2, 0, 0, 30)


class Standing(NamedTuple):
    """A shop whose loads have all been taken in, and what the judge said after each."""

    settings: Settings
    lines: list[Line]
    told: dict[int, list[str]]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """Hundreds of histories, taken in load by load."""
    settings = Settings(PROJECT_DIR, tmp_path_factory.mktemp("exact") / "data")
    lines, told = many_lines(180, seed=1), {}
    for load in range(LOADS):
        take_in(settings, lines, load)
        told[load] = judgement(settings, landed(lines, load))
    return Standing(settings, lines, told)


@pytest.mark.parametrize("load", range(LOADS))
def test_each_load_leaves_what_its_lines_mean(standing: Standing, load: int) -> None:
    assert standing.told[load] == []


def test_increments_leave_what_a_full_refresh_leaves(standing: Standing) -> None:
    assert other_than_afresh(standing.settings) == []


def test_a_clock_set_back_forgets_and_remembers(standing: Standing) -> None:
    settings, lines, _ = standing
    back = {"as_of": PAST.isoformat(sep=" ")}
    shop.build(settings, variables=back)
    assert judgement(settings, lines, as_of=PAST) == []
    shop.build(settings)
    assert judgement(settings, lines) == []


def test_a_replaced_file_takes_its_events_back(standing: Standing) -> None:
    settings, lines, _ = standing
    kept = [line for at, line in enumerate(lines) if line.load != 1 or at % 2]
    shop.land(settings, kept, 1)
    shop.build(settings)
    assert judgement(settings, kept) == []


@pytest.mark.soak
@pytest.mark.parametrize("round_number", range(20))
def test_any_histories_are_exact(settings: Settings, round_number: int) -> None:
    seed = random.randrange(1_000_000)
    lines = many_lines(600, seed)
    take_in_all(settings, lines)
    assert troubles(settings, lines) == [], f"round {round_number}, seed {seed}"
