"""A build that was killed, or built one model alone: the next one makes good."""

import pytest

from tests.behavior import shop
from tests.behavior.kept import kept_models
from tests.behavior.killing import killed_build
from tests.behavior.loads import many_lines, other_than_afresh, take_in, troubles
from warehouse.dbt import manifest_json
from warehouse.settings import Settings

BASES = ("landed_files", "salvaged_rows", "base_web__events", "base_esp__events")
KEPT = kept_models()


def test_all_that_is_kept_is_found(settings: Settings) -> None:
    nodes = manifest_json(settings)["nodes"].values()
    wanted = {
        node["name"]
        for node in nodes
        if node["config"]["materialized"] == "incremental"
        or node.get("language") == "python"
    }
    assert set(KEPT) == wanted


@pytest.mark.soak
def test_kills_between_and_within_commits_cost_nothing(settings: Settings) -> None:
    lines = many_lines(100, seed=3)
    take_in(settings, lines, 0)
    shop.land(settings, lines, 1)
    killed_build(settings, "as_of")
    # The clock and the carts' changes are behind: what is left out must not be lost.
    shop.build(settings, ["sessions"])
    shop.build(settings, ["carts", "daily_event_states"])
    shop.land(settings, lines, 2)
    killed_build(settings, "base_web__events", after_seconds=0.03)
    take_in(settings, lines, 3)
    assert troubles(settings, lines) == []


@pytest.mark.soak
@pytest.mark.parametrize("after_seconds", [0, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("model", KEPT)
def test_a_kill_at_any_moment_costs_nothing(
    settings: Settings, model: str, after_seconds: float
) -> None:
    lines = many_lines(60, seed=6)
    take_in(settings, lines, 0)
    for load in (1, 2):
        shop.land(settings, lines, load)
        killed_build(settings, model, after_seconds)
    take_in(settings, lines, 3)
    assert troubles(settings, lines) == []


@pytest.mark.soak
@pytest.mark.parametrize("model", KEPT)
def test_a_model_run_alone_costs_nothing(settings: Settings, model: str) -> None:
    lines = many_lines(60, seed=5)
    take_in(settings, lines, 0)
    for load in (1, 2, 3):
        shop.land(settings, lines, load)
    shop.build(settings, BASES)
    shop.build(settings, [model])
    shop.build(settings)
    assert troubles(settings, lines) == []


@pytest.mark.soak
@pytest.mark.parametrize("model", KEPT)
def test_a_model_run_alone_by_new_rules_costs_nothing(
    settings: Settings, model: str
) -> None:
    lines = many_lines(60, seed=5)
    for load in range(4):
        shop.land(settings, lines, load)
    shop.build(settings)
    stricter = {"clock_tolerance_minutes": 0}
    shop.build(settings, [model], variables=stricter)
    shop.build(settings, variables=stricter)
    assert other_than_afresh(settings, stricter) == []


@pytest.mark.soak
def test_an_odd_file_that_nobody_has_looked_at_waits(settings: Settings) -> None:
    lines = many_lines(60, seed=5)
    take_in(settings, lines, 0)
    shop.land(settings, lines, 1)
    odd = settings.raw_dir / "web/events/8.jsonl"
    odd.write_bytes(odd.read_bytes() + b'{"a": "\x1f"}\n\xff\xfe\n')
    shop.build(settings, ["landed_files", "base_web__events"])
    shop.build(settings)
    assert other_than_afresh(settings) == []
