"""profiles.yml: complete, checked on reading, and standing above segments.yml."""

from collections.abc import Callable
from pathlib import Path

import pytest

import expectations
from expectations.engine.profiles import Bounds, Profile, load_profile
from warehouse.errors import TesseraError
from warehouse.settings import Settings

pytestmark = pytest.mark.usefixtures("without_pages")
SEGMENTS = next(gate for gate in expectations.discover() if gate.name == "segments")


@pytest.mark.parametrize(
    "name", ["default", "simulated", "cdnow", "online_retail", "web_shop"]
)
def test_every_profile_is_complete(name: str) -> None:
    assert load_profile(name).name == name


def test_a_profile_overrides_the_default_key_by_key() -> None:
    default, simulated = load_profile("default"), load_profile("simulated")
    assert simulated.quarantined_share != default.quarantined_share
    assert simulated.freshness_days == default.freshness_days


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("freshness_day: [null, 3]", "Did you mean `freshness_days`?"),
        ("freshness_days: 3", "pair of numbers"),
        ("freshness_days: [null, three]", "pair of numbers"),
        ("segment_shares: {dormant: [0.1]}", "segment_shares.dormant"),
    ],
)
def test_a_mistake_is_told(line: str, told: str, tmp_path: Path) -> None:
    from expectations.engine.profiles import PROFILES_PATH

    path = tmp_path / "profiles.yml"
    path.write_text(f"{PROFILES_PATH.read_text()}\nmine:\n  {line}\n")
    with pytest.raises(TesseraError, match=told.replace("?", r"\?")):
        load_profile("mine", path)


def test_a_profiles_segment_share_stands_above_the_declared_one(
    sound_shop: Settings, expecting: Callable[..., None]
) -> None:
    expecting(segment_shares={"repeat_buyer": Bounds(0.9, None)})
    results = {r.entry: r for r in SEGMENTS.run(sound_shop, "simulated")}
    assert results["share:repeat_buyer"].state == "failed"
    assert results["share:repeat_buyer"].allowed == "at least 90 %"
    assert results["share:repeat_buyer"].observed == "50 %"


def test_a_segment_that_only_the_profile_knows_is_told(
    sound_shop: Settings, expecting: Callable[..., None]
) -> None:
    expecting(segment_shares={"repeat_buyers": Bounds(0.1, None)})
    results = {r.entry: r for r in SEGMENTS.run(sound_shop, "simulated")}
    assert results["profile_names"].state == "warned"
    assert "repeat_buyers" in results["profile_names"].message


@pytest.fixture
def expecting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes keys of the profile that gates read."""

    def change(**keys: object) -> None:
        profile = Profile(**{**vars(load_profile("simulated")), **keys})
        monkeypatch.setattr("expectations.engine.run.load_profile", lambda _: profile)

    return change
