"""The life of a model through runs: first, asked, beaten, broken, rolled back, past.

The model is a toy on a few rows, so that its life is looked at and not its learning.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml.spec import Frames, Inputs, ModelSpec, Trained, Verdict, refused
from orchestration import lives
from orchestration.lives import Life, live
from orchestration.models import _metadata
from orchestration.occasions import occasion
from orchestration.run import RETRAIN, Run
from warehouse.artifacts import sweep_artifacts
from warehouse.errors import TesseraError
from warehouse.promoting import promote, roll_back_model
from warehouse.registry import read_registry
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.tables import write_frames

SCORES = {"customer_id": "str", "score": "float64", "model_version": "str"}
SCORING, TRAINING = "features.customers_now", "features.training_set"


def train(inputs: Inputs, champion: Any, seed: int) -> Trained:
    """Learn one number: how good it is and what it says."""
    rows = inputs["training"]
    if len(rows) < 2:
        reason = f"{len(rows)} rows; at least 2 are needed."
        return Trained("not_enough_data", reason, {"reason": reason})
    worth = float(rows["worth"].sum())
    card = {"metrics": {"worth": worth}, "is_above_floor": worth >= 1}
    data = f"{worth} of {len(rows)}"
    if inputs.is_refused(data):
        return refused(data)
    fitted = {"worth": np.array([worth]), "column": "size"}
    return Trained("trained", "", card, fitted, fitted, data)


def score(
    estimator: Any, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    now = pd.concat(list(batches))
    said = now[estimator["column"]] * estimator["worth"][0]
    frame = now[["customer_id"]].assign(score=said, model_version=version)
    return {"scores": frame.astype(SCORES)}


def contest(champion: Any, challenger: Any, inputs: Inputs, seed: int) -> Verdict:
    old, new = (float(one["worth"][0]) for one in (champion, challenger))
    return Verdict(new > old, f"{new} against {old}.", {"old": old, "new": new})


TOY = ModelSpec(
    name="toy",
    target=None,
    features=("size",),
    reads={"training": TRAINING, "scoring": SCORING},
    outputs={"scores": SCORES},
    quality_floor={"worth": 1.0},
    settings={},
    train=train,
    score=score,
    contest=contest,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(PROJECT_DIR, tmp_path)
    settings.build_dir.mkdir()
    now = {"customer_id": ["a", "b"], "size": [1.0, 2.0], "other": [5.0, 5.0]}
    write_frames(settings, {SCORING: pd.DataFrame(now)})
    return settings


Runs = Callable[..., Life]


@pytest.fixture
def run(settings: Settings) -> Runs:
    """A run on a day of March, on training rows of so much worth."""

    def run(day: int, *worth: float, spec: ModelSpec = TOY, **options: Any) -> Life:
        moment = pd.DataFrame({"as_of_at": [pd.Timestamp(2026, 3, day)]})
        rows = pd.DataFrame({"worth": list(worth)}, dtype="float64")
        tables = {"staging.as_of": moment, TRAINING: rows}
        write_frames(settings, tables)
        return live(occasion(spec, Run(data_dir=str(settings.data_dir), **options)))

    return run


def states(life: Life) -> Mapping[str, str]:
    return {row["model_version"]: row["state"] for row in life.rows()}


def said(life: Life) -> list[float]:
    return life.frames["scores"]["score"].to_list()


def test_the_first_model_scores_and_the_next_run_does_not_train(
    run: Runs, settings: Settings
) -> None:
    first = run(1, 1, 1)
    assert said(first) == [2, 4]
    assert first.champion is not None
    assert first.decision is not None
    assert first.decision.decided_by == "first"
    untaught = replace(TOY, train=lambda *_: pytest.fail("it trained"))
    hourly = run(2, 9, 9, spec=untaught)
    pd.testing.assert_frame_equal(hourly.frames["scores"], first.frames["scores"])
    assert hourly.decision is None
    assert hourly.rows() == first.rows()
    assert len(read_registry(settings).entries) == 1


def test_a_better_challenger_takes_the_place_and_a_worse_one_does_not(
    run: Runs, settings: Settings
) -> None:
    run(1, 1, 1)
    better = run(2, 2, 2, retrain=True)
    assert said(better) == [4, 8]
    worse = run(3, 1, 2, retrain=True)
    assert said(worse) == [4, 8]
    assert list(states(worse).values()) == ["retired", "champion", "challenger"]
    assert worse.decision is not None
    assert worse.decision.figures.items() >= {"old": 4, "new": 3}.items()
    assert worse.decision.words.startswith("3.0 against 4.0. The champion toy-")
    told = read_registry(settings).entries
    assert [one.is_promoted for one in told] == [True, True, False]
    assert told[1].former_version == told[0].model_version


def taught(end: int, test: int) -> ModelSpec:
    """Learns until a day of January and is judged from one on; knows its two fits."""

    def learn(*given: Any) -> Trained:
        fitted = train(*given)
        judged = {**fitted.estimator, "worth": fitted.estimator["worth"] / 2}
        window = pd.Timestamp(2026, 1, 1), pd.Timestamp(2026, 1, end)
        test_at = pd.Timestamp(2026, 1, test)
        return replace(fitted, judged=judged, window=window, test_at=test_at)

    return replace(TOY, train=learn)


@pytest.mark.parametrize(
    ("test", "entered", "is_clean", "old"),
    [
        (19, "judged", True, 2),
        (20, "estimator", True, 4),
        (21, "estimator", True, 4),
        (10, "judged", True, 2),
        (9, "judged", False, 2),
    ],
    ids=["a day left", "closed by then", "before", "same test", "a later test"],
)
def test_the_champion_enters_with_the_newest_fit_that_is_clean_of_the_test(
    run: Runs, test: int, entered: str, is_clean: bool, old: float
) -> None:
    """It learned until the 20th; its `judged`, worth half, until the 10th."""
    run(1, 2, 2, spec=taught(end=20, test=10))
    second = run(2, 3, 3, spec=taught(end=30, test=test), retrain=True)
    assert second.decision is not None
    figures = second.decision.figures
    assert (figures["champion_entered"], figures["is_champion_clean"]) == (
        entered,
        is_clean,
    )
    assert (figures["old"], figures["new"]) == (old, 3)
    assert ("No fit of the champion" in second.decision.words) == (not is_clean)


@pytest.mark.parametrize(("chosen", "is_clean"), [(15, True), (16, False)])
def test_settings_that_were_chosen_after_the_test_are_told(
    run: Runs, chosen: int, is_clean: bool
) -> None:
    """The champion's ties were judged on the 10th, its blend chosen by acts after."""
    spec = taught(end=20, test=10)

    def learn(*given: Any) -> Trained:
        judged_to_at = pd.Timestamp(2026, 1, chosen)
        return replace(spec.train(*given), judged_to_at=judged_to_at)

    run(1, 2, 2, spec=replace(spec, train=learn))
    second = run(2, 3, 3, spec=taught(end=30, test=15), retrain=True)
    assert second.decision is not None
    assert second.decision.figures["is_champion_clean"] == is_clean
    assert ("How it blends was chosen" in second.told) != is_clean


def test_without_a_test_of_its_own_nothing_is_said_of_the_fit(run: Runs) -> None:
    run(1, 2, 2)
    second = run(2, 3, 3, retrain=True)
    assert second.decision is not None
    assert second.decision.figures["champion_entered"] == "judged"
    assert second.decision.figures["is_champion_clean"] is None


def calibrated(ece: float, low: float | None = None) -> ModelSpec:
    """Has this ECE on its card, and this as the low end of its interval."""

    def learn(*given: Any) -> Trained:
        fitted = train(*given)
        if fitted.state == "refused":
            return fitted
        metrics = {**fitted.card["metrics"], "ece": ece}
        intervals = {} if low is None else {"intervals": {"ece": (low, 1.0)}}
        return replace(fitted, card={**fitted.card, "metrics": metrics, **intervals})

    return replace(TOY, train=learn)


@pytest.mark.parametrize(
    ("spec", "profile", "scores"),
    [
        (calibrated(0.1), "", True),
        (calibrated(0.1001), "", False),
        (calibrated(0.2, low=0.1), "", True),
        (calibrated(0.2, low=0.1001), "", False),
        (replace(calibrated(0.11), name="propensity"), "online_retail", True),
        (replace(calibrated(0.11), name="propensity"), "", False),
    ],
    ids=["at it", "above", "low end at it", "above, too", "profile", "default"],
)
def test_what_the_gates_would_not_let_through_scores_nobody(
    run: Runs, spec: ModelSpec, profile: str, scores: bool
) -> None:
    first = run(1, 1, 1, spec=spec, profile=profile)
    assert bool(said(first)) == scores
    told = "The shop's profile does not allow it: ece 0."
    assert told in first.told or scores
    assert list(states(first).values()) == ["champion" if scores else "below_floor"]


def test_another_floor_is_another_spec_and_is_judged_anew(
    run: Runs, settings: Settings
) -> None:
    run(1, 0.2, 0.2)
    lower = replace(TOY, quality_floor={"worth": 0.1})
    assert lower.hash() != TOY.hash()

    def learn(*given: Any) -> Trained:
        fitted = train(*given)
        return replace(fitted, card={**fitted.card, "is_above_floor": True})

    assert said(run(1, 0.2, 0.2, spec=replace(lower, train=learn))) == [0.4, 0.8]
    assert len(read_registry(settings).entries) == 2


def test_without_a_contest_the_newest_above_the_floor_takes_the_place(
    run: Runs,
) -> None:
    plain = replace(TOY, contest=None)
    run(1, 2, 2, spec=plain)
    assert said(run(2, 1, 1, spec=plain, retrain=True)) == [2, 4]
    poor = run(3, 0.1, 0.1, spec=plain, retrain=True)
    assert said(poor) == [2, 4]
    assert "below its quality floor: worth 0.200 (at least 1)" in poor.told


def test_a_remark_of_its_card_is_told_of_what_takes_the_place(run: Runs) -> None:
    def learn(*given: Any) -> Trained:
        fitted = train(*given)
        return replace(fitted, card={**fitted.card, "remark": "No better than none."})

    first = run(1, 2, 2, spec=replace(TOY, train=learn))
    assert first.rows()[0]["decision"].endswith("quality floor. No better than none.")
    kept_out = run(2, 1, 1, spec=replace(TOY, train=learn), retrain=True)
    assert "No better" not in kept_out.told


def test_the_same_again_is_not_registered_twice(run: Runs, settings: Settings) -> None:
    run(1, 1, 1)
    again = run(1, 1, 1, retrain=True)
    assert len(read_registry(settings).entries) == 1
    assert again.decision is not None
    assert again.decision.decided_by == "known"
    assert said(again) == [2, 4]


def test_too_little_data_is_told_and_the_champion_stays(
    run: Runs, settings: Settings
) -> None:
    none = run(1)
    assert said(none) == []
    assert states(none) == {"": "not_enough_data"}
    assert none.rows()[0]["reason"] == "0 rows; at least 2 are needed."
    run(1)
    assert len(read_registry(settings).entries) == 1
    run(2, 1, 1)
    kept = run(3, 7, retrain=True)
    assert said(kept) == [2, 4]
    assert list(states(kept).values()) == ["champion", "not_enough_data"]
    assert "1 rows; at least 2 are needed. The champion toy-" in kept.told


def test_a_first_model_below_its_floor_scores_nobody(run: Runs) -> None:
    poor = run(1, 0.2, 0.2)
    assert said(poor) == []
    assert list(states(poor).values()) == ["below_floor"]
    assert "below its quality floor" in poor.rows()[0]["reason"]
    assert said(run(2, 1, 1)) == [2, 4]


def test_what_was_refused_is_not_fitted_again_on_the_same_data(
    run: Runs, settings: Settings
) -> None:
    first = run(1, 0.2, 0.2)
    [version] = states(first)
    assert "trained again with other data" in first.rows()[0]["decision"]
    fitted = replace(TOY, score=lambda *_: pytest.fail("it scored"))
    again = run(2, 0.2, 0.2, spec=fitted)
    assert again.trained is None
    assert again.told.startswith(f"Not fitted again: of the same data it is {version}.")
    assert "It is below its quality floor: worth 0.400 (at least 1)." in again.told
    assert again.rows() == first.rows()
    assert said(again) == []
    assert len(read_registry(settings).entries) == 1


def test_who_asks_or_brings_other_data_or_another_spec_has_it_fitted(
    run: Runs, settings: Settings
) -> None:
    run(1, 0.2, 0.2)
    for life in (
        run(2, 0.2, 0.2, retrain=True),
        run(2, 0.3, 0.2),
        run(2, 0.2, 0.2, spec=replace(TOY, settings={"more": 1})),
    ):
        assert life.trained is not None
    assert len(read_registry(settings).entries) == 3


def test_what_the_profile_refused_is_fitted_once_it_is_allowed(run: Runs) -> None:
    spec = replace(calibrated(0.11), name="propensity")
    assert said(run(1, 1, 1, spec=spec)) == []
    assert run(2, 1, 1, spec=spec).trained is None
    assert said(run(3, 1, 1, spec=spec, profile="online_retail")) == [2, 4]


def test_another_spec_trains_once(run: Runs, settings: Settings) -> None:
    run(1, 2, 2)
    other = replace(TOY, settings={"more": 1})
    kept_out = run(2, 1, 1, spec=other)
    assert kept_out.decision is not None
    assert said(kept_out) == [4, 8]
    assert run(3, 9, 9, spec=other).decision is None
    assert len(read_registry(settings).entries) == 2


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("harm", "problem"),
    [(Path.unlink, "cannot be read"), (_cut, "not the one that was registered")],
    ids=["gone", "another"],
)
def test_a_champion_that_cannot_be_read_is_replaced_and_that_is_told(
    run: Runs, settings: Settings, harm: Callable[[Path], None], problem: str
) -> None:
    first = run(1, 2, 2)
    version = first.standing.version
    harm(settings.models_dir / f"{version}.skops")
    # The very same is made again, and kept as a new artifact.
    healed = run(1, 2, 2)
    assert healed.standing.version == version
    assert problem in healed.told
    assert "It is replaced." in healed.told
    assert run(2, 1, 1).decision is None
    harm(settings.models_dir / f"{version}.skops")
    lost = run(3, 1)
    assert said(lost) == []
    assert list(states(lost).values()) == ["unusable", "not_enough_data"]
    assert problem in lost.rows()[0]["reason"]


def test_a_champion_whose_feature_is_gone_is_replaced(
    run: Runs, settings: Settings
) -> None:
    run(1, 9, 9)
    write_frames(
        settings, {SCORING: pd.DataFrame({"customer_id": ["a"], "other": [5.0]})}
    )

    def from_other(*given: Any) -> Trained:
        trained = train(*given)
        fitted = {**trained.estimator, "column": "other"}
        return replace(trained, estimator=fitted, data="other")

    new = run(2, 1, 1, spec=replace(TOY, train=from_other))
    assert said(new) == [10]
    assert "KeyError: 'size'. It is replaced." in new.told


def test_a_champion_that_cannot_be_judged_is_replaced(run: Runs) -> None:
    run(1, 9, 9)

    def fails(champion: Any, *given: Any) -> Verdict:
        if champion["worth"] == 18:
            raise KeyError("days_since_birth")
        return contest(champion, *given)

    new = run(2, 1, 1, spec=replace(TOY, contest=fails), retrain=True)
    assert said(new) == [2, 4]
    assert "cannot be used any more: KeyError: 'days_since_birth'" in new.told


def test_a_fault_of_the_challenger_replaces_nobody(run: Runs) -> None:
    run(1, 9, 9)

    def fails(*asked: Any) -> Verdict:
        if any(one["worth"] == 2 for one in asked[:2]):
            raise KeyError("test")
        return contest(*asked)

    kept = run(2, 1, 1, spec=replace(TOY, contest=fails), retrain=True)
    assert said(kept) == [18, 36]
    assert "came to nothing: KeyError: 'test'. The champion toy-" in kept.told


def test_a_champion_that_is_no_start_for_training_is_done_without(run: Runs) -> None:
    run(1, 9, 9)

    def from_ruler(inputs: Inputs, champion: Any, seed: int) -> Trained:
        return train(inputs, champion and champion["ruler"], seed)

    new = run(2, 10, 10, spec=replace(TOY, train=from_ruler), retrain=True)
    assert said(new) == [20, 40]
    assert "was no start for the training: KeyError: 'ruler'." in new.told


def test_a_spec_that_returns_does_not_train_in_every_run(
    run: Runs, settings: Settings
) -> None:
    other = replace(TOY, settings={"more": 1})
    run(1, 2, 2)
    run(2, 1, 1, spec=other)
    assert run(3, 2, 2).decision is None
    # As one that takes the place, with what stood before made anew.
    run(4, 9, 9, spec=other, retrain=True)
    back = run(5, 2, 2)
    assert back.decision is not None
    assert back.decision.decided_by == "known"
    assert run(6, 2, 2).decision is None
    assert len(read_registry(settings).entries) == 4


def test_a_rolled_back_model_scores_and_stays_until_it_is_beaten(
    run: Runs, settings: Settings
) -> None:
    first, second = run(1, 1, 1), run(2, 2, 2, retrain=True)
    run(3, 5, 5)
    roll_back_model(settings, "toy")
    # What scored before the word was given scores there still.
    assert said(run(2, 5, 5)) == said(second)
    assert said(run(3, 5, 5)) == said(first)
    # What the person has put aside does not come back by being made again.
    assert said(run(3, 2, 2, retrain=True)) == said(first)
    assert said(run(4, 1, 0.5, retrain=True)) == said(first)
    assert said(run(5, 1, 1.5, retrain=True)) == [2.5, 5]
    promote(settings, second.standing.version)
    assert said(run(6, 5, 5)) == said(second)


def test_a_run_in_the_past_uses_nothing_learned_later_and_decides_nothing(
    run: Runs, settings: Settings
) -> None:
    first = run(10, 1, 1)
    run(20, 2, 2, retrain=True)
    between = run(15, 9, 9, retrain=True)
    assert said(between) == said(first)
    assert states(between) == {first.standing.version: "champion"}
    assert "Not trained: a training of 2026-03-20 00:00 is known." in between.told
    before = run(5, 3, 3)
    assert said(before) == [6, 12]
    assert len(read_registry(settings).entries) == 2
    assert said(run(21, 9, 9)) == [4, 8]


def test_a_rebuild_registers_nothing_and_scores_the_same(
    run: Runs, settings: Settings
) -> None:
    beside = replace(settings, build_name="rebuild")
    beside.build_dir.mkdir()
    first = run(1, 1, 1)
    beside.build_path.write_bytes(settings.build_path.read_bytes())
    rebuilt = run(1, 1, 1, build_name="rebuild")
    assert rebuilt.rows() == first.rows()
    assert said(rebuilt) == said(first)
    settings.registry_path.unlink()
    assert said(run(1, 1, 1, build_name="rebuild")) == said(first)
    assert read_registry(settings).entries == ()


def test_a_lost_build_database_loses_no_model(run: Runs, settings: Settings) -> None:
    first = run(1, 1, 1)
    now = pd.DataFrame({"customer_id": ["a", "b"], "size": [1.0, 2.0]})
    settings.build_path.unlink()
    write_frames(settings, {SCORING: now})
    assert run(2, 9, 9).rows() == first.rows()


@pytest.mark.parametrize("place", ["keep_artifact", "register"])
def test_a_crash_before_the_entry_leaves_nothing_that_counts(
    run: Runs, settings: Settings, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    with monkeypatch.context() as patch:

        def dies(*_: Any) -> str:
            raise KeyboardInterrupt

        patch.setattr(lives, place, dies)
        with pytest.raises(KeyboardInterrupt):
            run(1, 1, 1)
    assert read_registry(settings).entries == ()
    assert sweep_artifacts(settings) == (place == "register")
    assert said(run(1, 1, 1)) == [2, 4]
    assert sweep_artifacts(settings) == 0


def test_dagster_shows_champion_challenger_and_decision(run: Runs) -> None:
    first, second = run(1, 2, 2), run(2, 1, 1, retrain=True)
    shown = _metadata(second, 2)
    assert shown["champion"] == first.standing.version
    assert shown["challenger"] == second.challenger != first.standing.version
    assert shown["decision"].startswith("2.0 against 4.0. The champion toy-")
    assert (shown["worth"], shown["trained_as_of"]) == (4, "2026-03-01T00:00:00")
    assert _metadata(run(3, 9, 9), 2)["decision"] == "no training asked for"


@pytest.mark.parametrize(
    ("tags", "is_asked"), [({RETRAIN: "true"}, True), ({}, False)], ids=["tag", "none"]
)
def test_the_tag_of_a_run_asks_for_training(
    settings: Settings, tags: dict[str, str], is_asked: bool
) -> None:
    dagster_run = SimpleNamespace(run_id="a run", tags=tags)
    context: Any = SimpleNamespace(run=dagster_run, instance=None)
    with Run(data_dir=str(settings.data_dir)).yield_for_execution(context) as run:
        assert run.is_to_retrain == is_asked


def test_a_broken_registry_stops_the_run(run: Runs, settings: Settings) -> None:
    run(1, 1, 1)
    with settings.registry_path.open("a") as file:
        file.write("{}\n")
    with pytest.raises(TesseraError, match="not an entry"):
        run(2, 1, 1)
