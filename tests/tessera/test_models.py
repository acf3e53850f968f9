"""`tessera models` lists, compares, promotes and takes back: the registry suffices."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tessera.main import commands
from warehouse.artifacts import keep_artifact
from warehouse.errors import TesseraError
from warehouse.registry import Entry, register
from warehouse.settings import PROJECT_DIR, Settings

FIRST = Entry(
    model_name="purchase_30d",
    model_version="propensity-1",
    spec_hash="spec",
    as_of_at=datetime(2026, 3, 1),
    state="trained",
    reason="",
    is_promoted=True,
    decided_by="first",
    decision="The first model above its quality floor.",
    card={"metrics": {"pr_auc": 0.31, "ece": 0.01}},
)
SECOND = replace(
    FIRST,
    model_version="propensity-2",
    as_of_at=datetime(2026, 3, 2),
    decided_by="contest",
    decision="PR-AUC 0.34 [interval] against 0.31.",
    card={"metrics": {"pr_auc": 0.34}},
)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TESSERA_DATA", str(tmp_path))
    # Wide enough for what is looked for.
    monkeypatch.setattr("tessera.models.console.width", 200)
    return Settings(PROJECT_DIR, tmp_path)


@pytest.fixture
def trained(settings: Settings) -> Settings:
    for one in (FIRST, SECOND):
        sha256 = keep_artifact(settings, one.model_version, b"x")
        register(settings, replace(one, artifact=sha256))
    return settings


def say(*words: str) -> str:
    done = CliRunner().invoke(commands, ["models", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def scoring() -> str:
    rows = json.loads(say("--json"))
    [champion] = [row for row in rows if row["state"] == "champion"]
    return str(champion["model_version"])


def test_without_models_it_says_what_trains_them() -> None:
    assert "No model was trained yet" in say()
    assert json.loads(say("--json")) == []


def test_the_list_tells_states_and_reasons(trained: Settings) -> None:
    lines = [line.rstrip() for line in say().splitlines()]
    assert [line for line in lines if "propensity-1" in line and "retired" in line]
    [second] = [line for line in lines if "propensity-2" in line]
    assert "champion" in second
    assert f"    {SECOND.decision}" in lines
    [_, row] = json.loads(say("--json"))
    assert row["metrics"] == SECOND.card


def test_two_versions_side_by_side(trained: Settings) -> None:
    [figures] = [
        line
        for line in say("compare", "propensity-1", "propensity-2").splitlines()
        if line.strip().startswith("pr_auc")
    ]
    assert figures.split() == ["pr_auc", "0.3100", "0.3400"]
    pair = json.loads(say("compare", "propensity-2", "propensity-1", "--json"))
    assert [row["model_version"] for row in pair] == ["propensity-2", "propensity-1"]
    with pytest.raises(TesseraError, match="no such version"):
        say("compare", "propensity-1", "propensity-9")


@pytest.mark.parametrize(
    ("other", "told"),
    [("propensity-1", "one version twice"), ("churn-1", "two models")],
)
def test_what_cannot_be_compared_is_refused(
    trained: Settings, other: str, told: str
) -> None:
    register(trained, replace(FIRST, model_name="churn", model_version="churn-1"))
    with pytest.raises(TesseraError, match=told) as refused:
        say("compare", "propensity-1", other)
    assert "`propensity-1` of purchase_30d and `" in str(refused.value)


def test_a_person_has_the_last_word(trained: Settings) -> None:
    assert scoring() == "propensity-2"
    told = say("rollback", "purchase_30d")
    assert "propensity-1 scores from the next run on" in told
    assert scoring() == "propensity-1"
    say("promote", "propensity-2")
    assert scoring() == "propensity-2"
    [_, row] = json.loads(say("--json"))
    assert "by hand" in row["decision"].lower()
    assert row["decision"].endswith(SECOND.decision)
