"""The recipes of the papers work: their segment, their gate, their way to a source."""

import json
import re
from typing import Any

import jinja2
import pytest
import yaml

from expectations import Gate
from warehouse.landing import entities
from warehouse.segments import mistakes
from warehouse.settings import PROJECT_DIR

SEGMENTS = PROJECT_DIR / "models" / "segments"
README, CONTRIBUTING, RAW_CONTRACT = (
    (PROJECT_DIR / name).read_text(encoding="utf-8")
    for name in ("README.md", "CONTRIBUTING.md", "docs/raw-contract.md")
)


def inputs_of_segments() -> dict[str, str]:
    """The columns of segment_inputs with their types."""
    text = (SEGMENTS / "_segments.yml").read_text(encoding="utf-8")
    models = {model["name"]: model for model in yaml.safe_load(text)["models"]}
    columns = models["segment_inputs"]["columns"]
    return {column["name"]: column["data_type"] for column in columns}


def declared_segments() -> list[dict[str, Any]]:
    """The entries of segments.yml."""
    text = (SEGMENTS / "segments.yml").read_text(encoding="utf-8")
    entries = yaml.safe_load(text)["models"][0]["config"]["meta"]["segments"]
    return list(entries)


def shown_segment() -> dict[str, Any]:
    """The segment that README adds."""
    block = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert block
    (entry,) = yaml.safe_load(block.group(1))
    return dict(entry)


def told(entries: list[dict[str, Any]]) -> str:
    """The mistakes in these segments."""
    return mistakes(json.dumps(entries), json.dumps(inputs_of_segments()))


def test_the_segment_that_readme_adds_is_sound() -> None:
    assert told([*declared_segments(), shown_segment()]) == ""


def test_the_mistake_that_readme_shows_is_told_in_these_words() -> None:
    wrong = shown_segment()
    wrong["where"] = wrong["where"].replace("order_count", "order_counts")
    shown = " ".join(README.split())
    assert told([*declared_segments(), wrong]) in shown


def test_the_gate_that_contributing_shows_is_one() -> None:
    block = re.search(r"```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert block
    space: dict[str, Any] = {}
    exec(re.sub(r"^   ", "", block.group(1), flags=re.MULTILINE), space)
    assert isinstance(space["GATE"], Gate)
    assert [rule.entry for rule in space["rules"](None)] == ["reachable_have_consent"]


def raw_contract() -> dict[str, dict[str, list[str]]]:
    """All sources that can be read, as the macro hands them to the models."""
    source = (PROJECT_DIR / "macros" / "raw_contract.sql").read_text(encoding="utf-8")
    handed: list[dict[str, dict[str, list[str]]]] = []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = handed.append
    environment.from_string(source + "{% do all_sources() %}").render()
    return handed[0]


def test_the_kernel_and_the_models_know_the_same_entities() -> None:
    contract = raw_contract()
    known = {(source, entity) for source in contract for entity in contract[source]}
    assert known == set(entities())


@pytest.mark.parametrize(("source", "entity"), entities())
def test_the_raw_contract_tells_of_every_entity_and_column(
    source: str, entity: str
) -> None:
    sections = re.split(r"^## ", RAW_CONTRACT, flags=re.MULTILINE)
    (section,) = [one for one in sections if re.match(rf"{source}\b", one)]
    assert entity in section
    words = set(re.findall(r"\w+", section))
    columns = raw_contract()[source][entity]
    assert [column for column in columns if column not in words] == []
