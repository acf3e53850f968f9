"""A shop with odd lines in two systems, staged; and the words to speak of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tessera.main import commands
from tests.bad_input.conftest import ask, land
from tests.bad_input.odd_files import HEADER, call, person
from tests.conftest import Once
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

EVENTS, CUSTOMERS = "web/events/day 1.jsonl", "shop/customers/all.csv"
BROKEN_CALL = call("broken").strip().removesuffix("}")
LINES = call("a") + BROKEN_CALL + "\n" + call("undated", timestamp=None) + call("b")
RECORDS = (
    HEADER
    + person("ann")
    + "short,short@shop.example\n"
    + person("bob", first_name='"B,\nob"', at="yesterday")
    + person("cid", at="tomorrow")
    + person("ann")
)
# What an account needs, and no other staging.
MODELS = (
    *("+mart_data_quality", "+quarantine"),
    *("stg_web__events", "stg_shop__customers", "stg_shop__orders"),
)
STAGED = (
    *(f"{model},resource_type:model" for model in MODELS),
    *("mailboxes", "calling_codes"),
)
Says = Callable[..., Result]


def build(settings: Settings) -> Settings:
    """Stage what has landed."""
    dbt_build(settings, select=STAGED)
    return settings


@pytest.fixture(scope="session")
def staged_once(once: Once) -> Settings:
    """Two lines of the stream and three customers are set aside; one is told twice."""

    def make(shop: Settings) -> None:
        land(shop, EVENTS, LINES.encode())
        land(shop, CUSTOMERS, RECORDS.encode())
        build(shop)

    return once("aside", make)


@pytest.fixture
def odd_shop(staged_once: Settings, settings: Settings) -> Settings:
    """A copy of that shop, to spoil."""
    shutil.copytree(staged_once.data_dir, settings.data_dir)
    return settings


@pytest.fixture
def say(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Type a command on the shop's data folder, in a wide terminal."""

    def spoken(*words: str) -> Result:
        monkeypatch.setenv("TESSERA_DATA", str(settings.data_dir))
        monkeypatch.setattr("tessera.output.console.width", 200)
        return CliRunner().invoke(commands, list(words))

    return spoken


def visitors(settings: Settings) -> list[str]:
    """The devices whose events were accepted, one entry an event."""
    query = "select anonymous_id from staging.stg_web__events order by all"
    return [name for (name,) in ask(settings, query)]


def people(settings: Settings) -> list[str]:
    """The customers that were accepted."""
    query = "select user_id from staging.stg_shop__customers order by all"
    return [name for (name,) in ask(settings, query)]


def mend(file: Path, *repairs: tuple[str, str]) -> None:
    """Edit a file of lines set aside, as a person would; each repair must fit."""
    text = file.read_text(encoding="utf-8")
    for wrong, right in repairs:
        assert wrong in text, wrong
        text = text.replace(wrong, right)
    file.write_text(text, encoding="utf-8")
