"""A seed that was edited, and models that are built before it is loaded."""

from functools import partial
from pathlib import Path

import pytest

from tests.behavior import shop
from tests.behavior.lines import Call, Line
from tests.behavior.mutants import Mutant, mutated, project_copy
from warehouse import rules
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

# The bot of these tests: no pattern of the seed fits its agent before the edit.
EDIT = Mutant(
    "seeds/bot_agents.csv", "%crawl%,0.95", "%firefox%,0.95,a test\n%crawl%,0.95"
)
CALL: Call = {
    "type": "page",
    "messageId": "m",
    "anonymousId": "v",
    "timestamp": "2019-06-02T00:00:00.000Z",
    "receivedAt": "2019-06-02T00:00:00.000Z",
    "context": {"userAgent": "Firefox/140", "page": {"title": "e"}},
}


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A shop of one visitor, whose agent the seed calls a bot since it was built."""
    project = project_copy(tmp_path / "project")
    in_copy = partial(rules.fingerprint, project_dir=project)
    monkeypatch.setattr(rules, "fingerprint", in_copy)
    settings = Settings(project, tmp_path / "data")
    shop.land(settings, [Line("web", 0, CALL)], 0)
    shop.build(settings, ["+bot_visitors"])
    assert shop.table(settings, "identity.bot_visitors") == []
    return settings


def bots_after(settings: Settings, model: str) -> list[str]:
    """The bots once models without seeds (as by `dbt run`), then all, were built."""
    with mutated(settings.project_dir, EDIT):
        dbt_build(settings, select=[model], excluded=["test", "unit_test", "seed"])
        shop.build(settings, ["+bot_visitors"])
    bots = shop.table(settings, "identity.bot_visitors")
    return [bot["record_id"] for bot in bots]


def test_one_model_built_before_its_seed_starts_afresh(edited: Settings) -> None:
    assert bots_after(edited, "bot_visitors") == ["web:v"]


def test_models_built_before_their_seed_start_afresh(edited: Settings) -> None:
    assert bots_after(edited, "+bot_visitors") == ["web:v"]
