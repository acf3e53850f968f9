"""Every mistake of survivorship.yml is a sentence, told before anything is built."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from warehouse.settings import PROJECT_DIR
from warehouse.survivorship import mistakes

SURVIVORSHIP = Path("models/identity/survivorship.yml")
ATTRIBUTES = ["email", "phone"]
EMAIL = {
    "name": "email",
    "attributes": ["email"],
    "criteria": ["verified", "source_trust"],
    "source_trust": ["shop", "esp"],
}
PHONE = {"name": "phone", "attributes": ["phone"], "criteria": ["recency"]}


def told(groups: Any, attributes: list[str] = ATTRIBUTES) -> list[str]:
    """The mistakes in these groups, without the place that each begins with."""
    found = mistakes(json.dumps(groups), json.dumps(attributes)).splitlines()
    assert all(line.startswith(f"{SURVIVORSHIP}: ") for line in found)
    return [line.removeprefix(f"{SURVIVORSHIP}: ") for line in found]


def project_groups() -> list[dict[str, Any]]:
    """The groups of the project's own survivorship.yml."""
    content = yaml.safe_load((PROJECT_DIR / SURVIVORSHIP).read_text(encoding="utf-8"))
    groups: list[dict[str, Any]] = content["models"][0]["config"]["meta"][
        "survivorship"
    ]
    return groups


def test_the_projects_own_groups_are_right() -> None:
    groups = project_groups()
    attributes = [name for group in groups for name in group["attributes"]]
    assert told(groups, attributes) == []
    assert told([EMAIL, PHONE]) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "e mail"}, "needs a name of lower-case letters"),
        ({"criterions": []}, "has the unknown key `criterions`. Did you mean"),
        ({"criteria": ["newest"]}, "names `newest` in criteria. Known: `verified`"),
        ({"criteria": "recency"}, "has the criteria `recency`; it is a list of"),
        ({"criteria": []}, "has the criteria `[]`; it is a list of"),
        (
            {"criteria": ["source_trust", "source_trust"]},
            "names `source_trust` 2 times in criteria; the first decides.",
        ),
        ({"source_trust": ["shopify"]}, "names `shopify` in source_trust. Did you"),
        (
            {"source_trust": ["shop", "shop"]},
            "names `shop` 2 times in source_trust; the first decides.",
        ),
        ({"criteria": ["recency"]}, "lists source_trust, and does not ask for it"),
        ({"attributes": ["email", "mail"]}, "names `mail` in attributes. Did you mean"),
    ],
)
def test_a_mistake_in_a_group_is_told(changed: dict[str, Any], sentence: str) -> None:
    found = told([EMAIL | changed, PHONE])
    assert any(line.startswith("group `") and sentence in line for line in found), found


@pytest.mark.parametrize("key", ["name", "attributes", "criteria"])
def test_what_a_group_needs_is_told(key: str) -> None:
    without = {name: value for name, value in PHONE.items() if name != key}
    assert any(line.endswith(f"has no `{key}`.") for line in told([EMAIL, without]))


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ([], "is no list of groups"),
        ({"email": 1}, "is no list of groups"),
        (["email"], "entry 1 is `email`, and not a list of keys."),
        ([EMAIL], "the attribute `phone` is in no group; each needs one."),
        ([EMAIL, PHONE, PHONE], "2 groups have the name `phone`"),
        (
            [EMAIL, PHONE, PHONE],
            "the attribute `phone` is named 2 times; once is enough.",
        ),
        (
            [EMAIL, PHONE | {"criteria": ["source_trust"]}],
            "asks for source_trust, and has no list `source_trust` of sources.",
        ),
        (
            [EMAIL, PHONE | {"criteria": ["verified"]}],
            "asks for verified; no source proves anything but `email`.",
        ),
    ],
)
def test_a_mistake_between_groups_is_told(groups: Any, sentence: str) -> None:
    found = told(groups)
    assert any(sentence in line for line in found), found
