"""The registry of models only grows, and tells who scores and who did."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from warehouse import artifacts
from warehouse.artifacts import keep_artifact, read_artifact, sweep_artifacts
from warehouse.errors import TesseraError
from warehouse.model_states import COLUMNS, model_rows
from warehouse.promoting import promote, roll_back_model
from warehouse.registry import Entry, Registry, read_registry, register
from warehouse.settings import PROJECT_DIR, Settings

DAY = datetime(2026, 3, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(PROJECT_DIR, tmp_path)


def entry(version: str, day: int = 1, **told: Any) -> Entry:
    """Return a decision on a version trained on a day of March."""
    common: dict[str, Any] = {
        "model_name": "purchase_30d",
        "spec_hash": "spec",
        "state": "trained",
        "reason": "",
        "is_promoted": True,
        "decided_by": "contest",
        "decision": "It is better.",
    }
    moment = DAY.replace(day=day)
    return Entry(**{**common, "model_version": version, "as_of_at": moment, **told})


def states(registry: Registry, **problems: str) -> dict[str, str]:
    rows = model_rows(registry, problems)
    assert all(row.keys() == COLUMNS.keys() for row in rows)
    return {row["model_version"]: row["state"] for row in rows}


def test_what_was_registered_is_read_again(settings: Settings) -> None:
    told = [
        entry("v1", card={"k": 3}, data_from_at=DAY, recorded_at=DAY, artifact="abc"),
        entry("v2", day=2, figures={"low": 0.1}, is_promoted=False),
    ]
    for one in told:
        register(settings, one)
    assert read_registry(settings).entries == tuple(told)


def test_a_torn_line_is_no_entry_and_goes(settings: Settings) -> None:
    register(settings, entry("v1"))
    with settings.registry_path.open("ab") as file:
        file.write(b'{"model_name": "purch')
    assert len(read_registry(settings).entries) == 1
    register(settings, entry("v2"))
    assert [one.model_version for one in read_registry(settings).entries] == [
        "v1",
        "v2",
    ]


@pytest.mark.parametrize("line", ["no json", '{"model_name": "x"}', "[]"])
def test_a_changed_line_is_told_with_its_number(settings: Settings, line: str) -> None:
    register(settings, entry("v1"))
    with settings.registry_path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(TesseraError, match=r"models\.jsonl, line 2.*not an entry|line"):
        read_registry(settings)


def test_states_follow_from_the_decisions() -> None:
    kept_out = entry("v3", day=3, is_promoted=False)
    nothing = entry("", day=4, state="not_enough_data", reason="12 buyers.")
    nothing = replace(nothing, is_promoted=False, decided_by="data")
    known = Registry((entry("v1"), entry("v2", day=2), kept_out))
    expected = {"v1": "retired", "v2": "champion", "v3": "challenger"}
    assert states(known) == expected
    assert states(known.plus(nothing)) == {**expected, "": "not_enough_data"}
    # What came to nothing is told until a training comes to something.
    assert states(known.plus(nothing).plus(entry("v5", day=5)))["v2"] == "retired"
    assert "" not in states(known.plus(nothing).plus(entry("v5", day=5)))
    assert states(known, v2="It is gone.")["v2"] == "unusable"


def test_a_first_model_below_its_floor_says_why_nobody_scores() -> None:
    poor = entry("v1", is_promoted=False, decided_by="floor", decision="AUC 0.5.")
    [row] = model_rows(Registry((poor,)))
    assert (row["state"], row["reason"]) == ("below_floor", "AUC 0.5.")


def test_the_past_knows_nothing_of_later_models() -> None:
    known = Registry((entry("v1"), entry("v2", day=5)))
    champion = known.as_of(DAY.replace(day=4)).champion("purchase_30d")
    assert champion is not None
    assert champion.model_version == "v1"
    assert known.as_of(datetime(2026, 2, 1)).champion("purchase_30d") is None


@pytest.fixture
def promoted(settings: Settings) -> Settings:
    """Two champions, one after the other, and one that was kept out."""
    for day, version in enumerate(["v1", "v2", "v3"], start=1):
        sha256 = keep_artifact(settings, version, version.encode())
        is_promoted = version != "v3"
        told = entry(version, day, artifact=sha256, is_promoted=is_promoted)
        register(settings, told)
    return settings


def champion(settings: Settings) -> str:
    found = read_registry(settings).champion("purchase_30d")
    assert found is not None
    return found.model_version


def test_a_rollback_and_a_promotion_are_decisions_like_others(
    promoted: Settings,
) -> None:
    assert champion(promoted) == "v2"
    roll_back_model(promoted, "purchase_30d")
    assert champion(promoted) == "v1"
    roll_back_model(promoted, "purchase_30d")
    assert champion(promoted) == "v2"
    promote(promoted, "v3")
    assert champion(promoted) == "v3"
    entries = read_registry(promoted).entries
    assert [one.decided_by for one in entries[3:]] == ["hand"] * 3
    assert entries[-1].decision == "Promoted by hand, in the place of v2."
    assert states(read_registry(promoted))["v2"] == "retired"
    promote(promoted, "v3")
    assert len(read_registry(promoted).entries) == len(entries)


def test_what_is_below_its_floor_is_promoted_by_nobody(promoted: Settings) -> None:
    sha256 = keep_artifact(promoted, "v4", b"v4")
    poor = entry("v4", 4, artifact=sha256, is_promoted=False)
    poor = replace(poor, decided_by="floor", decision="It is below its floor.")
    register(promoted, poor)
    with pytest.raises(TesseraError, match="may not score: It is below its floor"):
        promote(promoted, "v4")
    assert champion(promoted) == "v2"


def test_a_word_by_hand_leaves_the_past_as_it_was(promoted: Settings) -> None:
    roll_back_model(promoted, "purchase_30d")
    assert champion(promoted) == "v1"
    then = read_registry(promoted).as_of(DAY.replace(day=2)).champion("purchase_30d")
    assert then is not None
    assert then.model_version == "v2"


def test_only_what_is_whole_can_be_promoted(promoted: Settings) -> None:
    path = promoted.models_dir / "v1.skops"
    path.write_bytes(b"another")
    with pytest.raises(TesseraError, match="not the one that was registered"):
        promote(promoted, "v1")
    path.unlink()
    with pytest.raises(TesseraError, match="cannot be read"):
        roll_back_model(promoted, "purchase_30d")
    with pytest.raises(TesseraError, match=r"no such version.*`v9`.*`v1`, `v2`"):
        promote(promoted, "v9")
    with pytest.raises(TesseraError, match=r"no such model.*purchase_30d"):
        roll_back_model(promoted, "purchase")
    assert champion(promoted) == "v2"


def test_a_first_champion_has_none_before_it(settings: Settings) -> None:
    register(settings, entry("v1"))
    with pytest.raises(TesseraError, match="no other version"):
        roll_back_model(settings, "purchase_30d")


def test_what_a_crash_left_goes_and_what_may_score_stays(
    promoted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_artifact(promoted, "never-registered", b"x")
    (promoted.models_dir / ".v4.skops.unfinished").write_bytes(b"x")
    assert sweep_artifacts(promoted) == 2
    assert sweep_artifacts(promoted) == 0
    monkeypatch.setattr(artifacts, "KEPT", 1)
    # Champion and former champion stay, however old.
    assert sweep_artifacts(promoted) == 0
    register(promoted, entry("v4", 4, artifact=keep_artifact(promoted, "v4", b"4")))
    assert sweep_artifacts(promoted) == 2
    assert read_artifact(promoted, "v2") == b"v2"
    # Made anew and in its place again: the one before it is still the former.
    register(promoted, entry("v4", 5, artifact=keep_artifact(promoted, "v4", b"4")))
    assert sweep_artifacts(promoted) == 0
    with pytest.raises(TesseraError, match="cannot be read"):
        read_artifact(promoted, "v1")
