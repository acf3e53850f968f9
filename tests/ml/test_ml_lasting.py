"""Clusters keep id and name as long as they are the same, and never lend them again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml.clustering import BEHAVIOUR, COLUMNS, MODEL
from ml.common.clusters import Clusters, clusters_of
from ml.common.groups import Labels, Ruler, kept_centres, nearest_centre
from ml.common.lasting import changes, overlap, same_clusters
from ml.common.naming import Name, Phrase, name_clusters
from ml.common.overrides import chosen_names
from ml.common.season import Season
from ml.common.succession import Found, succeed
from ml.spec import Inputs
from tests.ml.running import YEARS, Said, say
from warehouse.errors import TesseraError

WIDTH = len(COLUMNS)
PLAIN = Ruler(
    np.full(WIDTH, 9.0),
    np.zeros(WIDTH),
    np.ones(WIDTH),
    Season(10, np.ones(2)),
)
NOTHING = Clusters(
    columns=list(COLUMNS),
    ruler=PLAIN,
    centres=np.zeros((0, WIDTH)),
    born=np.zeros((0, WIDTH)),
    reach=np.zeros(0),
    ids=[],
    names=[],
    retired_ids=[],
    retired_names=[],
    changes=[],
    elbow={},
    version="v1",
    data="",
    learned_from="",
)
# Four groups, each far out on a feature of its own.
FOUR = np.eye(WIDTH)[:4] * 3


def members(*sizes: int) -> Labels:
    return np.repeat(np.arange(len(sizes)), sizes)


def after(
    former: Clusters | None,
    before: Labels | None,
    labels: Labels,
    centres: np.ndarray,
    version: str = "v2",
) -> Clusters:
    """What follows, where groups are told by number and centre."""
    found = Found(centres, labels, [""] * len(centres))
    draft = replace(NOTHING, centres=centres, version=version)
    return succeed(draft, found, BEHAVIOUR, former, before, "2025-12-31T00:00:00")


def kinds(known: Clusters, former: Clusters) -> list[tuple[str, str, str]]:
    return [
        (one["kind"], one["former_cluster_id"], one["cluster_id"])
        for one in known.changes[len(former.changes) :]
    ]


@pytest.fixture(scope="module")
def first() -> Clusters:
    return after(None, None, members(40, 30, 20, 10), FOUR, "v1")


def test_the_first_clusters_are_new_and_numbered(first: Clusters) -> None:
    assert first.ids == ["c1", "c2", "c3", "c4"]
    assert [one["kind"] for one in first.changes] == ["new"] * 4
    assert [one["customer_count"] for one in first.changes] == [40, 30, 20, 10]


def test_the_same_groups_in_another_order_keep_id_and_name(first: Clusters) -> None:
    before = members(40, 30, 20, 10)
    order = np.array([2, 0, 3, 1])
    known = after(first, before, np.argsort(order)[before], FOUR[order])
    assert known.ids == ["c3", "c1", "c4", "c2"]
    assert known.names == [first.names[one] for one in order]
    assert kinds(known, first) == []


def test_a_split_keeps_the_larger_part_and_names_the_other(first: Clusters) -> None:
    before = members(40, 30, 20, 10)
    labels = np.concatenate([members(26, 14), members(30, 20, 10) + 2])
    centres = np.stack([FOUR[0], FOUR[0] * 0.8 + np.eye(WIDTH)[5] * 2, *FOUR[1:]])
    known = after(first, before, labels, centres)
    assert known.ids == ["c1", "c5", "c2", "c3", "c4"]
    assert kinds(known, first) == [("split", "c1", "c5")]
    told = known.changes[-1]
    assert (told["customer_count"], told["cluster_share"]) == (14, 1.0)
    assert told["former_share"] == pytest.approx(14 / 40)
    assert (told["former_model_version"], told["model_version"]) == ("v1", "v2")


def test_a_merge_tells_who_went_where(first: Clusters) -> None:
    labels = np.array([0, 1, 0, 2])[members(40, 30, 20, 10)]
    known = after(first, members(40, 30, 20, 10), labels, FOUR[[0, 1, 3]])
    assert known.ids == ["c1", "c2", "c4"]
    assert kinds(known, first) == [("merged", "c3", "c1")]
    assert known.retired_ids == ["c3"]


def test_a_group_from_everywhere_is_new_and_one_to_everywhere_gone() -> None:
    shared = np.array([[30, 0, 9], [0, 30, 9], [0, 0, 5]])
    told = changes(shared, same_clusters(shared), shared.sum(axis=0))
    assert [(one.kind, one.former, one.current) for one in told] == [
        ("new", None, 2),
        ("merged", 2, 2),
    ]
    assert told[0].customer_count == 23
    gone = np.array([[30, 0, 0], [0, 30, 0], [0, 0, 30], [4, 4, 4]])
    [last] = changes(gone, same_clusters(gone), gone.sum(axis=0))
    assert (last.kind, last.former, last.current) == ("gone", 3, None)
    assert last.customer_count == 12


def test_a_group_that_left_its_place_is_another_one(first: Clusters) -> None:
    before = members(40, 30, 20, 10)
    moved = FOUR.copy()
    moved[3] = np.eye(WIDTH)[5] * 3
    known = after(first, before, before, moved)
    assert known.ids == ["c1", "c2", "c3", "c5"]
    assert kinds(known, first) == [("moved", "c4", "c5")]
    # Step by step it goes no farther: where it was named counts, not where it was last.
    near = FOUR.copy()
    near[3] += np.eye(WIDTH)[5] * 0.9 * first.reach[3]
    second = after(first, before, before, near)
    assert second.ids == first.ids
    far = FOUR.copy()
    far[3] += np.eye(WIDTH)[5] * 1.1 * first.reach[3]
    assert after(second, before, before, far).ids == ["c1", "c2", "c3", "c5"]


def test_ids_and_names_of_the_gone_are_never_given_again(first: Clusters) -> None:
    before = members(40, 30, 20, 10)
    labels = np.array([0, 1, 2, 2])[before]
    fewer = after(first, before, labels, FOUR[:3])
    # Whoever comes back to the very place of c4 is another group all the same.
    again = after(fewer, labels, before, FOUR, "v3")
    assert again.ids == ["c1", "c2", "c3", "c5"]
    assert len({one.name for one in again.all_names}) == len(again.all_ids) == 5
    assert len({one.label for one in again.all_names}) == 5


def test_without_former_columns_all_are_new_and_the_former_gone(
    first: Clusters,
) -> None:
    known = after(first, None, members(40, 30, 20, 10), FOUR)
    assert known.ids == ["c5", "c6", "c7", "c8"]
    assert {kind for kind, *_ in kinds(known, first)} == {"new", "gone"}
    assert {one.name for one in known.names}.isdisjoint(n.name for n in first.names)


def test_overlap_counts_pairs() -> None:
    former, current = np.array([0, 0, 1, 2, 2]), np.array([1, 1, 0, 0, 1])
    assert overlap(former, current, 3, 2).tolist() == [[0, 2], [1, 0], [1, 1]]


def test_a_warm_start_keeps_the_order_of_the_groups() -> None:
    dice = np.random.default_rng(1)
    before = members(200, 150, 100, 50)
    points = FOUR[before] + dice.normal(0, 0.3, (500, WIDTH))
    order = np.array([3, 1, 0, 2])
    found = kept_centres(points, np.argsort(order)[before], 4, seed=1)
    assert (nearest_centre(points, found)[0] == np.argsort(order)[before]).mean() > 0.99


PHRASES = {
    "season": Phrase("in season", "off season", "season", "", ("seasonal", "off")),
    "views": Phrase("many views", "few views", "views", "browsers"),
    "orders": Phrase("many orders", "few orders", "orders", "buyers"),
}


def test_names_say_who_and_then_why() -> None:
    rows = pd.DataFrame(
        [[2.0, 0.9, -0.8], [0.0, 0.1, 0.0], [0.1, 0.0, 0.1], [0.0, 1.0, 2.0]],
        columns=list(PHRASES),
    )
    months = ["November and December", "", "", ""]
    names = name_clusters(rows, PHRASES, months)
    assert names == [
        Name(
            "seasonal_browsers",
            "Seasonal browsers: November and December, many views",
        ),
        Name("visitors", "Visitors"),
        Name("visitors_2", "Visitors (2)"),
        Name("buyers", "Buyers: many orders, many views"),
    ]
    [again] = name_clusters(rows, PHRASES, months, taken=names, places=[0])
    assert again.name == "seasonal_browsers_november_and_december"
    assert again.label.endswith("many views, few orders")


@pytest.fixture(scope="module")
def told(small_scoring: pd.DataFrame) -> Said:
    return learn(small_scoring.head(500))


def learn(frame: pd.DataFrame, champion: object = None, **variables: object) -> Said:
    tables = {YEARS: frame}
    return say(MODEL, tables, 0, {"cluster_count": 4} | variables, champion)


def test_trained_again_on_the_same_customers_nothing_is_another(
    told: Said, small_scoring: pd.DataFrame
) -> None:
    again = learn(small_scoring.head(500), told.trained.estimator)
    assert again.version == told.version
    for name, frame in told.frames.items():
        pd.testing.assert_frame_equal(again.frames[name], frame)


def test_where_the_world_hardly_changed_nearly_all_stay(
    told: Said, small_scoring: pd.DataFrame
) -> None:
    later = small_scoring.iloc[15:515].assign(
        net_revenue_amount=lambda rows: rows["net_revenue_amount"] * 1.03
    )
    again = learn(later, told.trained.estimator)
    assert again.version != told.version
    both = told.frames["assignments"].merge(
        again.frames["assignments"], on="customer_id"
    )
    # These people make one cloud without groups, which is as hard as it gets.
    assert (both["cluster_id_x"] == both["cluster_id_y"]).mean() >= 0.9
    named = both.query("cluster_id_x == cluster_id_y")
    assert (named["cluster_name_x"] == named["cluster_name_y"]).all()
    pd.testing.assert_frame_equal(again.frames["changes"], told.frames["changes"])


def test_another_number_of_clusters_is_announced(
    told: Said, small_scoring: pd.DataFrame
) -> None:
    again = learn(small_scoring.head(500), told.trained.estimator, cluster_count=6)
    known = clusters_of(again.trained.estimator)
    assert known.k == 6
    announced = again.frames["changes"].iloc[4:]
    assert set(known.ids) - {"c1", "c2", "c3", "c4"} == set(announced["cluster_id"]) - {
        "c1",
        "c2",
        "c3",
        "c4",
        "",
    }
    assert (announced["former_model_version"] == told.version).all()
    assert (announced["model_version"] == again.version).all()


def named(told: Said, names: object) -> pd.DataFrame:
    return chosen_names(clusters_of(told.trained.estimator), {"cluster_names": names})


def test_people_may_name_clusters_otherwise(
    told: Said, small_scoring: pd.DataFrame
) -> None:
    rows = small_scoring.head(500)
    inputs = Inputs({}, rows["as_of_at"].iloc[0], {"cluster_names": {"c2": "New one!"}})
    frames = MODEL.score(told.trained.estimator, inputs, [rows], told.version)
    one = frames["assignments"].query("cluster_id == 'c2'").iloc[0]
    assert one[["cluster_name", "cluster_label"]].to_list() == ["new_one", "New one!"]
    others = frames["profiles"].query("cluster_id != 'c2'")["cluster_name"]
    assert set(others) < set(told.frames["profiles"]["cluster_name"])


def test_a_name_for_no_cluster_or_of_another_one_is_refused(told: Said) -> None:
    with pytest.raises(TesseraError, match=r"given: c22.*Did you mean `c2`"):
        named(told, {"c22": "Winter people"})
    taken = named(told, {})["cluster_name"].iloc[0]
    with pytest.raises(TesseraError, match="is, or was, another cluster's"):
        named(told, {"c4": taken.replace("_", " ")})
    with pytest.raises(TesseraError, match="cannot be read"):
        named(told, ["Winter people"])
