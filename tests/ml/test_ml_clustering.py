"""Clusters find planted groups, choose k by the elbow, and carry names apart."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from ml.clustering import MODEL
from ml.common.elbow import elbow
from ml.common.naming import Phrase, name_clusters
from tests.ml.running import Said, say
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
    return say(MODEL, {"features.customers_now": frame}, seed=0, k=k)


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
    frame["tenure_days"] = 800
    return frame.assign(kind=kinds)


def test_planted_groups_are_found_and_k_is_near_their_number(
    planted: pd.DataFrame,
) -> None:
    result = cluster(planted)
    assert abs(result.card["k"] - len(TYPES)) <= 1
    assert (
        adjusted_rand_score(planted["kind"], result.frames["assignments"]["cluster_id"])
        > 0.8
    )
    assert result.frames["elbow"]["k"].to_list() == list(range(2, 13))
    assert result.frames["elbow"]["inertia"].is_monotonic_decreasing


def test_k_can_be_given(planted: pd.DataFrame) -> None:
    result = cluster(planted, k=3)
    assert result.card["k"] == 3
    assert set(result.frames["assignments"]["cluster_id"]) == {"c1", "c2", "c3"}
    assert result.card["chosen_by"] == "override"
    assert result.version != cluster(planted, k=4).version


@pytest.mark.parametrize("k", [-1, 0, 1, 51])
def test_a_k_out_of_range_is_refused(planted: pd.DataFrame, k: int) -> None:
    with pytest.raises(TesseraError, match=rf"given: k = {k}\)"):
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


def test_names_say_what_the_planted_groups_do(planted: pd.DataFrame) -> None:
    result = cluster(planted, k=5)
    labels = result.frames["assignments"].assign(kind=planted["kind"].to_numpy())
    common = labels.groupby("kind")["cluster_label"].agg(lambda x: x.mode()[0])
    assert "seasonal" in common["seasonal"].lower()
    assert "email clicks" in common["reader"].lower()
    assert "quiet lately" in common["gone"].lower()


def test_who_never_was_active_joins_a_cluster_without_moving_any(
    planted: pd.DataFrame,
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
    alone = cluster(planted, k=5)
    mixed = cluster(pd.concat([planted, quiet], ignore_index=True), k=5)
    joined = mixed.frames["assignments"].merge(
        alone.frames["assignments"], on="customer_id"
    )
    assert adjusted_rand_score(joined["cluster_id_x"], joined["cluster_id_y"]) == 1
    pd.testing.assert_frame_equal(mixed.frames["elbow"], alone.frames["elbow"])
    home = mixed.frames["assignments"].query("customer_id.str.startswith('quiet')")
    assert home["cluster_label"].str.contains("uiet lately").all()
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


def test_the_elbow_plot_is_a_png(planted: pd.DataFrame) -> None:
    image = cluster(planted).trained.plots["elbow"]
    assert image.startswith(b"\x89PNG")


def test_clusters_without_a_difference_still_get_names_apart() -> None:
    phrases = {"a": Phrase("much a", "little a", "a")}
    rows = pd.DataFrame({"a": [0.0, 0.1, 2.0, 2.1]}, index=["c1", "c2", "c3", "c4"])
    labels = [one.label for one in name_clusters(rows, phrases)]
    assert labels == [
        "Like the average (1)",
        "Like the average (2)",
        "Much a (1)",
        "Much a (2)",
    ]
