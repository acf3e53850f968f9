"""Clusters through roll backs, lost artifacts and contests: ids stay, all is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.clustering import MODEL
from ml.common import elbow
from ml.common.cluster_card import CANNOT_TELL
from ml.common.cluster_contest import cluster_contest
from ml.common.clusters import Clusters, clusters_of
from ml.common.naming import Name
from ml.common.page import card_page
from ml.common.remembered import given_before, history
from ml.spec import Inputs, Place, Verdict
from orchestration.lives import Life, live
from orchestration.occasions import occasion
from orchestration.run import Run
from tests.ml.running import YEARS, Said, say
from warehouse.clashes import require_no_clash
from warehouse.errors import TesseraError
from warehouse.promoting import promote, roll_back_model
from warehouse.registry import Entry, Registry, register
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.tables import write_frames

Runs = Callable[..., Life]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(PROJECT_DIR, tmp_path)
    settings.build_dir.mkdir()
    return settings


@pytest.fixture
def run(
    settings: Settings, small_scoring: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> Runs:
    """A run on a day of March that wants so many clusters; trains if asked to."""
    monkeypatch.setattr(elbow, "K_RANGE", range(2, 6))

    def run(day: int, count: int, *, retrain: bool = True) -> Life:
        moment = pd.Timestamp(2026, 3, day)
        rows = small_scoring.head(300).assign(as_of_at=moment)
        tables = {"staging.as_of": pd.DataFrame({"as_of_at": [moment]}), YEARS: rows}
        write_frames(settings, tables)
        asked = Run(
            data_dir=str(settings.data_dir),
            variables={"cluster_count": count},
            retrain=retrain,
        )
        return live(occasion(MODEL, asked))

    return run


def ids(life: Life) -> set[str]:
    return set(life.frames["profiles"]["cluster_id"])


def told(life: Life, day: int) -> dict[str, set[str]]:
    """The clusters of the changes of a day, by kind."""
    rows = life.frames["changes"]
    rows = rows[rows["changed_at"] == pd.Timestamp(2026, 3, day)]
    either = rows["cluster_id"].where(
        rows["cluster_id"] != "", rows["former_cluster_id"]
    )
    return {kind: set(either[rows["kind"] == kind]) for kind in rows["kind"].unique()}


def test_no_id_or_name_is_lent_after_a_roll_back_or_a_lost_champion(
    run: Runs, settings: Settings
) -> None:
    first, second = run(1, 3), run(2, 5)
    news = ids(second) - ids(first)
    assert second.decision
    assert second.decision.decided_by == "contest"
    assert "`cluster_count` asks" in second.decision.words

    roll_back_model(settings, "clusters")
    back = run(3, 3, retrain=False)
    assert ids(back) == ids(first)
    # Announced at the moment of the roll back, which is that of the last build.
    assert told(back, 2)["gone"] >= news
    returned = ids(first) - ids(second)
    assert told(back, 2).get("back", set()) == returned

    third = run(4, 5)
    assert (ids(third) - ids(first)).isdisjoint(news)

    path = next(settings.data_dir.rglob(f"*{third.challenger}*"))
    path.write_bytes(b"")
    fourth = run(5, 4)
    assert fourth.decision
    assert fourth.decision.decided_by == "replaced"
    ever = ids(first) | ids(second) | ids(third)
    assert ids(fourth).isdisjoint(ever)
    assert told(fourth, 5) == {"new": ids(fourth), "gone": ids(third)}
    assert not fourth.frames["changes"].duplicated().any()
    names = [life.frames["profiles"] for life in (first, second, third, fourth)]
    pairs = pd.concat(names)[["cluster_id", "cluster_name"]].drop_duplicates()
    assert pairs["cluster_id"].is_unique
    assert pairs["cluster_name"].is_unique


def card(**labels: str) -> dict[str, object]:
    return {"clusters": labels, "history": [], "sizes": dict.fromkeys(labels, 7)}


CARDS = {"v1": card(c1="Buyers: many orders"), "v2": card(c1="Buyers", c2="Visitors")}


def test_a_version_that_is_made_again_gives_what_it_gave() -> None:
    assert given_before(CARDS, CARDS, "v1") == {}
    first = {"c1": Name("buyers", "Buyers: many orders")}
    assert given_before(CARDS, CARDS, "v2") == first
    assert set(given_before(CARDS, CARDS, "v3")) == {"c1", "c2"}


def test_what_lost_a_contest_uses_up_no_names_until_a_hand_promotes_it(
    settings: Settings,
) -> None:
    assert set(given_before(CARDS, ["v1"], "v3")) == {"c1"}
    v1 = Entry(
        model_name="clusters",
        model_version="v1",
        spec_hash="same",
        as_of_at=datetime(2026, 3, 1),
        state="trained",
        reason="",
        is_promoted=True,
        decided_by="first",
        decision="",
        card=card(c1="Buyers"),
    )
    lost = replace(
        v1,
        model_version="v2",
        is_promoted=False,
        former_version="v1",
        card=card(c1="Buyers", c2="Visitors"),
    )
    won = replace(
        lost, model_version="v3", is_promoted=True, card=card(c2="Readers", c1="Buyers")
    )
    require_no_clash(Registry((v1, lost)), lost)
    require_no_clash(Registry((v1, lost, replace(won, card=v1.card))), lost)
    # What stood once may stand again: all later names avoided its own.
    require_no_clash(Registry((v1, replace(lost, is_promoted=True), won)), lost)
    for one in (v1, lost, won):
        register(settings, one)
    with pytest.raises(TesseraError, match="v3, has given other clusters") as refused:
        promote(settings, "v2")
    assert "`v2`: c2" in str(refused.value)


def test_a_hand_that_moves_the_place_is_told_and_nothing_twice() -> None:
    moments = [f"2026-03-0{day}T00:00:00" for day in range(1, 5)]
    places = [
        Place("v1", moments[0], is_by_hand=False),
        Place("v2", moments[1], is_by_hand=True),
        Place("v1", moments[2], is_by_hand=True),
        Place("v2", moments[3], is_by_hand=True),
    ]
    inputs = Inputs({}, pd.Timestamp(moments[3]), cards=CARDS, places=places)
    trained = replace(places[1], is_by_hand=False)
    found = {"kind": "new", "former_cluster_id": "", "cluster_id": "c2"}
    row = found | {"changed_at": moments[1], "model_version": "v2"}
    cards = CARDS | {"v2": CARDS["v2"] | {"history": [row]}}
    once = replace(inputs, cards=cards, places=[places[0], trained])
    assert history(once, cards["v2"], "v2", [row]) == [row]
    after = replace(once, places=[*once.places, places[2]])
    kinds = [one["kind"] for one in history(after, CARDS["v1"], "v1", [])]
    assert kinds == ["new", "gone"]
    rows = history(inputs, CARDS["v2"], "v2", [])
    assert [(one["changed_at"], one["kind"]) for one in rows] == [
        (moments[1], "new"),
        (moments[2], "gone"),
        (moments[3], "back"),
    ]
    assert rows[1]["former_cluster_label"] == "Visitors"
    assert rows[1]["customer_count"] == 7


@pytest.fixture(scope="module")
def four(small_scoring: pd.DataFrame) -> Said:
    rows = {YEARS: small_scoring.head(600)}
    return say(MODEL, rows, 0, {"cluster_count": 4})


@pytest.fixture(scope="module")
def active(small_scoring: pd.DataFrame) -> pd.DataFrame:
    rows = small_scoring.head(600)
    return rows[rows["activity_count"] > 0].reset_index(drop=True)


def verdict(
    champion: Clusters, challenger: Clusters, active: pd.DataFrame, **options: object
) -> Verdict:
    asked = {"floor": -1.0, "asked": None, "seed": 1} | options
    return cluster_contest(champion, challenger, active, **asked)  # type: ignore[arg-type]


def test_only_clusters_that_fit_better_take_the_place(
    four: Said, active: pd.DataFrame
) -> None:
    known = clusters_of(four.trained.judged)
    same = verdict(known, known, active)
    assert (same.is_better, same.figures["gain"]) == (False, 0)
    dice = np.random.default_rng(1)
    noise = dice.normal(0, 2, known.centres.shape)
    worse = replace(known, centres=known.centres + noise)
    near = replace(known, centres=known.centres + 0.005 * noise)
    assert verdict(worse, known, active).is_better
    assert not verdict(known, worse, active).is_better
    assert not verdict(near, known, active).is_better


def test_a_champion_that_fits_no_more_gives_way_without_a_better_one(
    four: Said, active: pd.DataFrame
) -> None:
    known = clusters_of(four.trained.judged)
    noise = np.random.default_rng(1).normal(0, 0.05, known.centres.shape)
    near = replace(known, centres=known.centres + noise)
    told = verdict(known, near, active).figures
    fits = (told["champion_silhouette"], told["challenger_silhouette"])
    worse, better = (known, near) if fits[0] < fits[1] else (near, known)
    between = float(np.mean(fits))
    assert not verdict(worse, better, active).is_better
    assert verdict(worse, better, active, floor=between).is_better
    assert not verdict(better, worse, active, floor=between).is_better


def test_a_number_that_a_person_asks_for_needs_no_better_fit(
    four: Said, active: pd.DataFrame
) -> None:
    known = clusters_of(four.trained.judged)
    away = np.vstack([known.centres[:1], known.centres[:1] + 1_000])
    poor = replace(known, centres=away, ids=known.ids[:2], names=known.names[:2])
    assert not verdict(known, poor, active).is_better
    assert verdict(known, poor, active, asked=2).is_better
    assert not verdict(known, known, active, asked=4).is_better


def test_the_page_says_what_clusters_cannot_tell_and_whom_sizes_count(
    four: Said,
) -> None:
    text = card_page("clusters", four.version, four.card, plots={})
    for one in (CANNOT_TELL[0], "Customers with activity", "<h3>changes</h3>"):
        assert one in text
    assert "foretells" not in text
    assert "former_cluster_id" not in text
    assert sum(four.card["sizes"].values()) == four.card["active_count"]
