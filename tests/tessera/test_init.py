"""`tessera init` writes the vars asked for, and a folder that tells of itself."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tessera.main import commands
from warehouse.contract import packs, whole_contract
from warehouse.errors import TesseraError
from warehouse.landing import GUIDE, landed_paths, strangers
from warehouse.meanings import MEANINGS
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.variables import change_variables, variables

GIVEN = ("--sources", "ga4,shopify", "--zone", "America/New_York", "--currency", "usd")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project whose vars may change, and a data folder that is not there yet."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT_DIR / "macros", project / "macros")
    shutil.copy(PROJECT_DIR / "dbt_project.yml", project)
    made = Settings(project_dir=project, data_dir=tmp_path / "a shop's data")
    change_variables(project, {("sources",): [], ("shop_zone",): "Europe/Berlin"})
    monkeypatch.setattr("tessera.init.load_settings", lambda: replace(made))
    return made


def say(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(commands, ["init", *words], input=typed)


def text_of(settings: Settings) -> str:
    return (settings.project_dir / "dbt_project.yml").read_text(encoding="utf-8")


def test_flags_change_their_lines_only(copy: Settings) -> None:
    before = text_of(copy)
    result = say(*GIVEN, "--yes")
    assert result.exit_code == 0, result.output
    said = variables(copy.project_dir)
    assert said["sources"] == ["ga4", "shopify"]
    assert (said["shop_zone"], said["reporting_currency"]) == (
        "America/New_York",
        "USD",
    )
    zones = said["source_zones"]
    assert isinstance(zones, dict)
    assert (zones["shop"], zones["crm"], zones["web"]) == (
        "America/New_York",
        "America/New_York",
        "UTC",
    )
    changed = [
        line
        for line, now in zip(before.split("\n"), text_of(copy).split("\n"), strict=True)
        if line != now
    ]
    assert len(changed) == 5
    assert "sources: [] -> [ga4, shopify]" in result.output


def test_the_same_answers_change_nothing(copy: Settings) -> None:
    say(*GIVEN, "--yes")
    file = copy.project_dir / "dbt_project.yml"
    first = file.read_bytes(), file.stat().st_mtime_ns
    again = say(*GIVEN, "--yes")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == first
    assert "says so already" in again.output
    assert "new" not in again.output
    assert say("--yes").exit_code == 0
    assert file.read_bytes() == first[0]


def test_questions_are_asked_and_the_standing_answer_is_one(copy: Settings) -> None:
    result = say(typed="klaviyo\n\nchf\n")
    assert result.exit_code == 0, result.output
    said = variables(copy.project_dir)
    assert (said["sources"], said["shop_zone"]) == (["klaviyo"], "Europe/Berlin")
    assert said["reporting_currency"] == "CHF"


@pytest.mark.parametrize(
    ("sources", "named"),
    [
        ("shopify", "web"),
        ("segment", "web"),
        ("ga4,crm", "ga4"),
        ("snowplow", "snowplow"),
    ],
)
def test_the_only_tracker_names_the_devices(
    copy: Settings, sources: str, named: str
) -> None:
    change_variables(copy.project_dir, {("device_source",): "another"})
    result = say("--sources", sources, "--yes")
    assert result.exit_code == 0, result.output
    assert variables(copy.project_dir)["device_source"] == named
    assert f"device_source: another -> {named}" in result.output


def test_of_two_trackers_one_is_asked_for(copy: Settings) -> None:
    change_variables(copy.project_dir, {("sources",): ["ga4", "snowplow"]})
    result = say(typed="\n\n\nSnowplow\n")
    assert result.exit_code == 0, result.output
    assert "Whose devices the checkout names (ga4, snowplow)" in result.output
    assert variables(copy.project_dir)["device_source"] == "snowplow"
    # What stands is an answer, typed or not.
    assert say(typed="\n\n\n\n").exit_code == 0
    assert say("--yes").exit_code == 0
    assert variables(copy.project_dir)["device_source"] == "snowplow"
    assert say("--devices", "ga4", "--yes").exit_code == 0
    assert variables(copy.project_dir)["device_source"] == "ga4"


@pytest.mark.parametrize(
    "words",
    [
        ("--sources", "ga4,snowplow"),
        ("--sources", "ga4,segment", "--devices", "snowplow"),
        ("--sources", "ga4", "--devices", "web"),
    ],
)
def test_a_tracker_is_not_guessed(copy: Settings, words: tuple[str, ...]) -> None:
    before = text_of(copy)
    result = say(*words, "--yes")
    assert isinstance(result.exception, TesseraError)
    assert "whose devices" in str(result.exception)
    assert text_of(copy) == before
    assert not copy.raw_dir.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sources", "shopfy"), "Did you mean `shopify`"),
        (("--zone", "Europe/Berln"), "Did you mean `Europe/Berlin`"),
        (("--currency", "Euro"), "ISO 4217"),
    ],
)
def test_mistakes_are_told_before_anything_changes(
    copy: Settings, words: tuple[str, str], told: str
) -> None:
    before = text_of(copy)
    result = say(*words, "--yes")
    assert isinstance(result.exception, TesseraError)
    assert told in str(result.exception)
    assert text_of(copy) == before
    assert not copy.raw_dir.exists()


def test_every_entity_gets_a_page_that_is_no_landed_file(copy: Settings) -> None:
    say("--sources", ",".join(packs()), "--yes")
    for (source, name), entity in whole_contract().items():
        text = (copy.raw_dir / source / name / GUIDE).read_text(encoding="utf-8")
        for column, spellings in entity.names.items():
            row = next(line for line in text.splitlines() if f"| `{column}` |" in line)
            assert all(f"`{one}`" in row for one in spellings)
            others = [one for key in entity.keys if column in key for one in key]
            wanted = "yes, or `" if len(others) > 1 else "yes |" if others else "|"
            assert row.rsplit(" | ", 1)[-1].lstrip().startswith(wanted), row
        page = next(p for p, sources in packs().items() if source in sources)
        assert f"docs/sources/{page}.md" in text
    contract = whole_contract()
    assert list(landed_paths(copy.raw_dir, contract)) == []
    assert strangers(copy.raw_dir, contract) == []


def test_what_somebody_wrote_stays_and_is_told(copy: Settings) -> None:
    say("--sources", "crm", "--yes")
    page = copy.raw_dir / "crm" / "contacts" / GUIDE
    page.write_text("Ask Ada.\n")
    result = say("--sources", "crm", "--yes")
    assert page.read_text() == "Ask Ada.\n"
    assert "says something else and was kept" in result.output.replace("\n", " ")


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("vars:\n  sources: [] # mine\n", "vars:\n  sources: [ga4] # mine\n"),
        (
            "vars:\n  sources:\n    - crm\n\n  b: 1\n",
            "vars:\n  sources:\n    [ga4]\n\n  b: 1\n",
        ),
        ("vars: {sources: [crm], b: 1}\n", "vars: {sources: [ga4], b: 1}\n"),
        ("vars:\r\n  sources: []\r\n", "vars:\r\n  sources: [ga4]\r\n"),
        ("vars:\n  sources: ['ga4']\n", "vars:\n  sources: ['ga4']\n"),
    ],
)
def test_any_spelling_of_the_file_keeps_its_rest(
    tmp_path: Path, former: str, now: str
) -> None:
    file = tmp_path / "dbt_project.yml"
    file.write_bytes(former.encode())
    change_variables(tmp_path, {("sources",): ["ga4"]})
    assert file.read_bytes().decode() == now


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("vars:\n  b: 1\n", "the var `sources` is not there"),
        ("name: x\n", "the var `sources` is not there"),
        ("vars:\n  sources: [crm, # why\n    esp]\n", "a comment stands amid"),
    ],
)
def test_the_place_of_a_var_is_not_guessed(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "dbt_project.yml"
    file.write_text(text)
    with pytest.raises(TesseraError, match=told):
        change_variables(tmp_path, {("sources",): ["ga4"]})
    assert file.read_text() == text


def test_every_entity_has_a_meaning() -> None:
    contract = whole_contract()
    assert set(MEANINGS) == set(contract)
    for place, meaning in MEANINGS.items():
        assert meaning.without
        assert not meaning.without.endswith(".")
        assert set(meaning.moments) <= set(contract[place].names or meaning.moments)
