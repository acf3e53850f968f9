"""What BI tools and audiences rely on changes with an announcement, or not at all."""

import json
import re
from typing import Any

import pytest

from tests.contracts.contracts import CHANGELOG, declared, named, noted, unannounced
from warehouse.dbt import _invoke, load_manifest, manifest_json
from warehouse.settings import PROJECT_DIR, Settings

GRAIN = re.compile(r"One row(:| per | a )")
PROMISED = {
    "customers",
    "customer_features",
    "customer_segments",
    "segment_memberships",
    "segment_summary",
    "segment_overlap",
    "sessions",
    "carts",
    "attribution",
    "channel_attribution",
    "email_engagement",
    "lifecycle_transitions",
    "propensity_scores",
    "customer_clusters",
    "cluster_profiles",
    "product_recommendations",
    "product_neighbors",
    "identity_map",
    "data_quality",
    "run_history",
}


@pytest.fixture(scope="module")
def models() -> dict[str, dict[str, Any]]:
    """Every model of the project, as dbt parsed it."""
    data_dir = PROJECT_DIR / "data"
    nodes = manifest_json(Settings(PROJECT_DIR, data_dir))["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def test_no_contract_changes_without_a_word() -> None:
    changelog = CHANGELOG.read_text("utf-8")
    assert unannounced(noted(), declared(), changelog) == []


def test_every_promised_mart_is_there() -> None:
    assert declared().keys() >= PROMISED


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({"a": {"id": "varchar", "age": "bigint"}}, "age bigint is new"),
        ({"a": {}}, "id varchar is gone"),
        ({"a": {"id": "bigint"}}, "id varchar is now bigint"),
        ({}, "id varchar is gone"),
        ({"a": {"id": "varchar"}, "b": {"x": "date"}}, "marts.b: x date is new"),
    ],
)
def test_a_change_is_noticed_and_may_be_announced(
    new: dict[str, dict[str, str]], told: str
) -> None:
    old = {"a": {"id": "varchar"}}
    below = "## 1.1\n- nothing\n## 1.0\n- marts.a and marts.b are new\n"
    (sentence,) = unannounced(old, new, below)
    assert told in sentence
    above = "# Changes\n## 1.1\n- `marts.a` and `marts.b` changed\n## 1.0\n"
    assert unannounced(old, new, above) == []
    assert unannounced(old, old, below) == []
    assert named("nothing yet") == set()


def test_another_order_of_columns_is_noticed() -> None:
    old, new = {"a": {"x": "date", "y": "date"}}, {"a": {"y": "date", "x": "date"}}
    assert "another order" in unannounced(old, new, "")[0]


def test_every_mart_has_an_enforced_contract(models: dict[str, Any]) -> None:
    marts = {name: node for name, node in models.items() if "marts" in node["fqn"]}
    assert {name.removeprefix("mart_") for name in marts} == declared().keys()
    for name, node in marts.items():
        assert node["config"]["contract"]["enforced"], name
        assert "as_of_at" in node["columns"], name


def test_every_column_of_a_mart_is_described(models: dict[str, Any]) -> None:
    empty = [
        f"{name}.{column['name']}"
        for name, node in models.items()
        if "marts" in node["fqn"]
        for column in node["columns"].values()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert empty == []


def test_every_description_starts_with_its_grain(models: dict[str, Any]) -> None:
    without = [
        name for name, node in models.items() if not GRAIN.match(node["description"])
    ]
    assert without == []


def test_dbt_docs_can_be_made(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a clean clone, before anything was built."""
    monkeypatch.setenv("DBT_WRITE_JSON", "true")
    arguments = ["docs", "generate"]
    outcome = _invoke(settings, arguments, load_manifest(settings), "docs")
    assert outcome.success, outcome.exception
    assert (settings.target_dir / "index.html").stat().st_size > 100_000
    assert (settings.target_dir / "catalog.json").exists()
    shown = json.loads((settings.target_dir / "manifest.json").read_text("utf-8"))
    for mart in PROMISED:
        assert shown["nodes"][f"model.tessera.mart_{mart}"]["description"]
