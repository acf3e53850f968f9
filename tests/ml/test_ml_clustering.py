"""Clusters find planted groups, choose k by the elbow, and carry names apart."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from ml.clustering import MODEL
from ml.common.elbow import elbow, lasting_elbow
from tests.ml.running import YEARS, Said, say
from warehouse.errors import TesseraError

# views, carts, orders, revenue, clicks, days since the last activity, and the season
TYPES = {
    "loyal": (120, 30, 12, 900, 8, 4, 0.1),
    "looker": (90, 1, 0, 0, 1, 6, 0.1),
    "seasonal": (40, 4, 1, 45, 1, 60, 0.97),
    "gone": (5, 1, 1, 40, 0, 300, 0.2),
    "reader": (8, 1, 1, 45, 30, 7, 0.1),
}


def cluster(frame: pd.DataFrame, *, k: int | None = None) -> Said:
    variables = {} if k is None else {"cluster_count": k}
    return say(MODEL, {YEARS: frame}, seed=0, variables=variables)


@pytest.fixture(scope="module")
def planted(small_scoring: pd.DataFrame) -> pd.DataFrame:
    """Return 400 customers of five types, with `kind` telling the truth."""
    random = np.random.default_rng(5)
    kinds = random.choice(list(TYPES), 400, p=[0.1, 0.3, 0.15, 0.25, 0.2])
    mean = np.array([TYPES[kind] for kind in kinds])
    drawn = random.poisson(mean[:, :6] * random.gamma(12, 1 / 12, (400, 1)))
    frame = small_scoring.head(400).copy()
    frame["product_view_count"], frame["cart_add_count"] = drawn[:, 0], drawn[:, 1]
    frame["order_count"], frame["email_click_count"] = drawn[:, 2], drawn[:, 4]
    frame["net_revenue_amount"] = drawn[:, 3] * (drawn[:, 2] > 0)
    frame["days_since_last_activity"] = drawn[:, 5]
    frame["activity_count"] = drawn[:, 0] + drawn[:, 2] + drawn[:, 4] + 1
    frame["seasonality_strength"] = mean[:, 6]
    # Seasonal people are here in November and December, the others whenever they like.
    frame["peak_month"] = np.where(
        mean[:, 6] > 0.5, 11 + random.integers(2, size=400), random.integers(1, 13, 400)
    )
    frame["tenure_days"] = 800
    days = _days(np.where(mean[:, 6] > 0.5, 11, 0), mean[:, 1] + 10, random)
    for month, count in enumerate(days.T, start=1):
        frame[f"active_days_month_{month}_count"] = count
        frame[f"order_days_month_{month}_count"] = 0
    return frame.assign(kind=kinds)


def _days(
    season: np.ndarray, size: np.ndarray, dice: np.random.Generator
) -> np.ndarray:
    """Days by month: all in the season and the month after it, or spread evenly."""
    far = (np.arange(1, 13) - season[:, None]) % 12 < 2
    spread = np.where(season[:, None] > 0, far / 2, 1 / 12)
    return dice.poisson(size[:, None] * spread)


@pytest.fixture(scope="module")
def by_elbow(planted: pd.DataFrame) -> Said:
    return cluster(planted)


@pytest.fixture(scope="module")
def five(planted: pd.DataFrame) -> Said:
    return cluster(planted, k=5)


def test_planted_groups_are_found_and_k_is_near_their_number(
    planted: pd.DataFrame, by_elbow: Said
) -> None:
    result = by_elbow
    assert abs(result.card["k"] - len(TYPES)) <= 1
    assert (
        adjusted_rand_score(planted["kind"], result.frames["assignments"]["cluster_id"])
        > 0.8
    )
    assert result.frames["elbow"]["k"].to_list() == list(range(2, 16))
    # Past the planted groups, a start or two of K-means may end in a worse place.
    assert result.frames["elbow"]["inertia"].pct_change().max() < 0.01


def test_k_can_be_given(planted: pd.DataFrame) -> None:
    result = cluster(planted, k=3)
    assert result.card["k"] == 3
    assert set(result.frames["assignments"]["cluster_id"]) == {"c1", "c2", "c3"}
    assert result.card["chosen_by"] == "override"
    assert result.version != cluster(planted, k=4).version


@pytest.mark.parametrize("k", [-1, 0, 1, 51, 2.5, "many"])
def test_a_k_out_of_range_is_refused(planted: pd.DataFrame, k: int) -> None:
    with pytest.raises(TesseraError, match=rf"given: {k}[;)]"):
        cluster(planted, k=k)


def test_names_are_unique_and_profiles_add_up(planted: pd.DataFrame) -> None:
    result = cluster(planted, k=8)
    first = result.frames["profiles"].drop_duplicates("cluster_id")
    assert first["cluster_name"].is_unique
    assert first["cluster_label"].is_unique
    assert first["cluster_name"].str.fullmatch(r"[a-z0-9_]+").all()
    assert first["customer_count"].sum() == len(planted)
    assert first["customer_share"].sum() == pytest.approx(1)
    assert first["customer_count"].is_monotonic_decreasing
    counts = result.frames["assignments"]["cluster_id"].value_counts()
    assert counts.to_dict() == dict(
        zip(first["cluster_id"], first["customer_count"], strict=True)
    )


def test_names_say_what_the_planted_groups_do(
    planted: pd.DataFrame, five: Said
) -> None:
    labels = five.frames["assignments"].assign(kind=planted["kind"].to_numpy())
    common = labels.groupby("kind")["cluster_label"].agg(lambda x: x.mode()[0])
    assert "seasonal" in common["seasonal"].lower()
    assert "email clicks" in common["reader"].lower()
    assert "quiet" in common["gone"].lower()


def test_who_never_was_active_joins_a_cluster_without_moving_any(
    planted: pd.DataFrame, five: Said
) -> None:
    quiet = planted.head(100).assign(
        customer_id=[f"quiet{number}" for number in range(100)],
        activity_count=0,
        days_since_last_activity=pd.NA,
        seasonality_strength=np.nan,
        **dict.fromkeys(["product_view_count", "cart_add_count", "order_count"], 0),
        net_revenue_amount=0,
        email_click_count=0,
    )
    alone = five
    mixed = cluster(pd.concat([planted, quiet], ignore_index=True), k=5)
    joined = mixed.frames["assignments"].merge(
        alone.frames["assignments"], on="customer_id"
    )
    assert adjusted_rand_score(joined["cluster_id_x"], joined["cluster_id_y"]) == 1
    pd.testing.assert_frame_equal(mixed.frames["elbow"], alone.frames["elbow"])
    home = mixed.frames["assignments"].query("customer_id.str.startswith('quiet')")
    assert home["cluster_label"].str.startswith("Quiet").all()
    days = mixed.frames["profiles"].query("feature == 'days_since_last_activity'")[
        "mean_value"
    ]
    assert days.max() <= planted["days_since_last_activity"].max()


def test_too_few_active_customers_are_a_state(planted: pd.DataFrame) -> None:
    few = cluster(planted.head(199))
    assert (few.state, few.trained.plots) == ("not_enough_data", {})
    assert few.reason == "199 customers were active; at least 200 are needed."


def test_customers_who_all_behave_alike_are_a_state(planted: pd.DataFrame) -> None:
    ids = planted["customer_id"].to_numpy()
    same = planted.iloc[[0] * 300].assign(customer_id=ids[:300])
    assert "only 1 different" in cluster(same).reason
    two = pd.concat([same, planted.iloc[300:330]])
    assert "40 clusters need more than 40" in cluster(two, k=40).reason


def test_the_elbow_is_where_more_clusters_stop_paying() -> None:
    inertia = [10.0, 6.0, 3.0, 2.8, 2.6, 2.4, 2.2, 2.0, 1.8, 1.6, 1.4]
    table = pd.DataFrame({"k": range(2, 13), "inertia": inertia, "silhouette": 0.1})
    assert elbow(table) == 4


def test_without_an_elbow_the_best_silhouette_decides() -> None:
    table = pd.DataFrame(
        {"k": [2, 3, 4], "inertia": [3.0, 2.0, 1.0], "silhouette": [0.1, 0.3, 0.2]}
    )
    assert elbow(table) == 3


def test_a_less_stable_elbow_does_not_move_the_number() -> None:
    table = pd.DataFrame(
        {
            "k": range(2, 13),
            "inertia": [10.0, 6, 3, 2.8, 2.6, 2.4, 2.2, 2.0, 1.8, 1.6, 1.4],
            "silhouette": 0.1,
            "stability": [0.9, 0.8, 0.7, 0.75, 0.6, *[0.5] * 6],
        }
    )
    chosen = [lasting_elbow(table, former) for former in (None, 3, 5, 6, 40)]
    assert chosen == [4, 3, 5, 4, 4]


def test_every_k_is_shown_with_what_else_judges_it(by_elbow: Said) -> None:
    elbows = by_elbow.frames["elbow"]
    assert (elbows["calinski_harabasz"] > 0).all()
    assert elbows["stability"].between(-0.1, 1).all()
    # As many clusters as there are types come out of every resample; 15 do not.
    assert elbows["stability"][3] > elbows["stability"].iloc[-1]


def test_the_order_of_the_rows_changes_nothing(
    planted: pd.DataFrame, five: Said
) -> None:
    one, other = five, cluster(planted.sample(frac=1, random_state=2), k=5)
    assert one.version == other.version
    for name in ("assignments", "changes"):
        pd.testing.assert_frame_equal(one.frames[name], other.frames[name])


def test_pictures_of_elbow_and_profiles_are_pngs(five: Said) -> None:
    plots = five.trained.plots
    assert set(plots) == {"elbow", "profiles"}
    assert all(image.startswith(b"\x89PNG") for image in plots.values())


def test_the_season_is_told_by_its_months(planted: pd.DataFrame, five: Said) -> None:
    labels = five.frames["assignments"]["cluster_label"]
    [label] = {one for one in labels if one.startswith("Seasonal")}
    assert "November and December" in label
    found = labels.str.startswith("Seasonal").to_numpy()
    truth = (planted["kind"] == "seasonal").to_numpy()
    assert (found & truth).sum() / (found | truth).sum() > 0.9
