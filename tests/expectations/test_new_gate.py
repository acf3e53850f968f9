"""A newcomer's gate: one file, found unasked, with what Great Expectations offers."""

from pathlib import Path

import pytest

import expectations
from expectations import Gate
from expectations.engine.rules import NoOffenders, Rule, Standard
from warehouse.settings import Settings

NEW_GATE = '''
"""Gate: events are worth reading."""

from expectations import Gate
from expectations.engine.rules import NoOffenders

GATE = Gate(
    name="curiosity",
    stage="before_ml",
    title="Worth reading",
    description="Somebody did something.",
    rules=lambda shop: [
        NoOffenders(
            entry="braces",
            expects="No {curly} braces",
            table="behavior.events",
            offenders="select 1 as one from behavior.events where event_id = '{x}'",
            remedy="Straighten them",
        )
    ],
)
'''

# Ours needs few of them; a newcomer may want any of these.
STANDARD = {
    "ExpectColumnToExist": {"column": "email_click_30d_share"},
    "ExpectTableRowCountToBeBetween": {"min_value": 800, "max_value": 800},
    "ExpectColumnValuesToNotBeNull": {"column": "customer_id"},
    "ExpectColumnValuesToBeNull": {"column": "days_since_last_order"},
    "ExpectColumnValuesToBeBetween": {"column": "tenure_days", "min_value": 40},
    "ExpectColumnValuesToBeInSet": {"column": "order_count", "value_set": [1, 2]},
    "ExpectColumnMaxToBeBetween": {"column": "tenure_days", "max_value": 40},
    "ExpectColumnMeanToBeBetween": {"column": "order_count", "max_value": 1},
    "ExpectColumnMedianToBeBetween": {"column": "order_count", "max_value": 1},
    "ExpectColumnSumToBeBetween": {"column": "order_count", "max_value": 800},
    "ExpectColumnStdevToBeBetween": {"column": "order_count", "max_value": 0},
    "ExpectColumnUniqueValueCountToBeBetween": {"column": "as_of_at", "max_value": 2},
    "ExpectColumnValueLengthsToBeBetween": {"column": "customer_id", "min_value": 3},
    "ExpectColumnPairValuesToBeEqual": {
        "column_A": "order_count",
        "column_B": "order_30d_count",
    },
}


@pytest.mark.usefixtures("without_pages")
def test_a_new_file_is_a_gate_without_another_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound_shop: Settings
) -> None:
    (tmp_path / "curiosity.py").write_text(NEW_GATE, encoding="utf-8")
    folders = [*expectations.__path__, str(tmp_path)]
    monkeypatch.setattr(expectations, "__path__", folders)
    gates = {gate.name: gate for gate in expectations.discover()}
    (result,) = gates["curiosity"].run(sound_shop, "default")
    assert (result.entry, result.state) == ("braces", "passed")


@pytest.mark.usefixtures("without_pages")
def test_great_expectations_own_rules_read_duckdb(sound_shop: Settings) -> None:
    rules = [_standard(name, arguments) for name, arguments in STANDARD.items()]
    results = _gate(rules).run(sound_shop, "default")
    assert {r.entry: r.message for r in results if r.state != "passed"} == {}
    assert [result.entry for result in results] == list(STANDARD)


def test_a_careless_rule_shows_no_personal_data(sound_shop: Settings) -> None:
    careless = NoOffenders(
        entry="careless",
        expects="There are no profiles",
        table="identity.golden_profiles",
        offenders="select customer_id, email, email as hidden"
        " from identity.golden_profiles",
        remedy="Select ids",
    )
    (result,) = _gate([careless]).run(sound_shop, "default")
    assert result.state == "failed"
    assert "customer_id c-0, email (withheld), hidden (withheld)" in result.message
    pages = list((sound_shop.reports_dir / "gates" / "new").rglob("*.html"))
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert "(withheld)" in text
    assert "@example.com" not in text


@pytest.mark.usefixtures("without_pages")
def test_a_standard_rule_may_not_look_at_personal_columns(sound_shop: Settings) -> None:
    unique = _standard("ExpectColumnValuesToBeUnique", {"column": "email"})
    (result,) = _gate([unique]).run(sound_shop, "default")
    assert result.state == "failed"
    assert "personal data" in result.message


def _standard(name: str, arguments: dict[str, object]) -> Rule:
    return Standard(
        entry=name,
        expects=f"{name} holds",
        table="features.customer_features",
        remedy="Look",
        expectation=name,
        arguments=arguments,
    )


def _gate(rules: list[Rule]) -> Gate:
    return Gate("new", "before_ml", "New", "Made up.", lambda _: rules)
