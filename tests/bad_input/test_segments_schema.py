"""What editors are told of segments.yml is what the run takes and refuses."""

import json
from functools import cache
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.bad_input.test_segments_yml import SEGMENTS, rule, told
from warehouse.segments.keys import KINDS, KNOWN, NEEDED, REENTRIES, SOURCES
from warehouse.settings import PROJECT_DIR

SCHEMA = PROJECT_DIR / SEGMENTS.with_name("segments.schema.json")


@cache
def schema() -> dict[str, Any]:
    """The schema that the first line of segments.yml names."""
    text: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return text


def refusals(entries: Any) -> list[str]:
    """What the schema says against a file with these entries."""
    file = {"models": [{"name": "x", "config": {"meta": {"segments": entries}}}]}
    return [e.message for e in Draft202012Validator(schema()).iter_errors(file)]


def test_the_schema_is_one_and_the_file_names_it() -> None:
    Draft202012Validator.check_schema(schema())
    text = (PROJECT_DIR / SEGMENTS).read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA.name}\n")
    file = yaml.safe_load(text)
    assert list(Draft202012Validator(schema()).iter_errors(file)) == []


def test_the_schema_has_the_keys_that_the_run_knows() -> None:
    segment = schema()["$defs"]["segment"]
    keys = segment["properties"]
    assert sorted(keys) == sorted(KNOWN)
    assert sorted(segment["required"]) == sorted(NEEDED)
    assert keys["kind"]["enum"] == list(KINDS)
    assert keys["source"]["enum"] == list(SOURCES)
    assert keys["reentry"]["oneOf"][0]["enum"] == list(REENTRIES)
    assert all(key["description"] for key in keys.values())


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"kind": "score", "source": "web", "exclusive_group": "g"},
        {"may_overlap": ["others"], "destinations": ["ads"], "live": True},
        {"reentry": "once", "expected_share": [0.1, 0.1]},
        {"reentry": {"after_days": 30}, "destinations": []},
    ],
)
def test_what_the_run_takes_the_schema_takes(keys: dict[str, Any]) -> None:
    assert told(rule(**keys)) == []
    assert refusals(rule(**keys)) == []


@pytest.mark.parametrize(
    "keys",
    [
        {"were": "x"},
        {"name": "Two Words"},
        {"name": 3},
        {"label": 3},
        {"description": " "},
        {"owner": ""},
        {"kind": "rules"},
        {"priority": "first"},
        {"priority": True},
        {"priority": 1.5},
        {"where": 17},
        {"where": ""},
        {"exclusive_group": 1},
        {"source": "crm"},
        {"expected_share": "few"},
        {"expected_share": [0]},
        {"expected_share": [0, 1.5]},
        {"expected_share": [False, True]},
        {"expected_share": None},
        {"may_overlap": "others"},
        {"may_overlap": None},
        {"destinations": "ads"},
        {"destinations": ["The Ads"]},
        {"destinations": ["ads", "ads"]},
        {"live": "yes"},
        {"live": True, "kind": "score"},
        {"reentry": "never"},
        {"reentry": {}},
        {"reentry": {"after_day": 1}},
        {"reentry": {"after_days": 0}},
        {"reentry": {"after_days": "ten"}},
        {"kind": "catch_all"},
    ],
)
def test_a_mistake_of_structure_is_refused_by_both(keys: dict[str, Any]) -> None:
    assert told(rule(**keys)), keys
    assert refusals(rule(**keys)), keys


@pytest.mark.parametrize("key", [*NEEDED, "where"])
def test_a_missing_key_is_refused_by_both(key: str) -> None:
    entries = rule()
    del entries[0][key]
    assert any(f"has no `{key}`" in one for one in told(entries))
    assert refusals(entries)


@pytest.mark.parametrize("entries", [None, [], "rule", {}, ["rule"]])
def test_what_is_no_list_of_entries_is_refused_by_both(entries: Any) -> None:
    assert told(entries)
    assert refusals(entries)
