"""Recommendations: who gets what and why, what is left out, and what a model keeps."""

import pickle

import numpy as np
import pandas as pd
import pytest

from ml.recommending import (
    NEIGHBORS,
    RECOMMENDATIONS,
    Adviser,
    Fitted,
    Recommender,
    Rules,
    fit,
    fitting,
)
from ml.recommending.model import Blend
from tests.ml.tastes import NOW, TASTES, act, shelf, shopping
from warehouse.errors import TesseraError


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    return shopping(300, seed=3)


@pytest.fixture(scope="module")
def fitted(history: pd.DataFrame) -> Fitted:
    return fit(history, shelf(), as_of_at=NOW)


@pytest.fixture(scope="module")
def model(fitted: Fitted) -> Recommender:
    assert fitted.model is not None
    return fitted.model


def advise(
    model: Recommender,
    history: pd.DataFrame,
    products: pd.DataFrame | None = None,
    rules: Rules | None = None,
) -> Adviser:
    shelves = shelf() if products is None else products
    return Adviser(
        model, history, shelves, as_of_at=NOW, model_version="v1", rules=rules
    )


def everybody(history: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": history["customer_id"].unique()})


def one(adviser: Adviser, customer: str) -> pd.DataFrame:
    return adviser.recommend(pd.DataFrame({"customer_id": [customer]}))


def with_acts(history: pd.DataFrame, *acts: dict) -> pd.DataFrame:
    return pd.concat([history, pd.DataFrame(acts)], ignore_index=True)


def taste_of(products: pd.Series) -> pd.Series:
    return products.str.split("-").str[0]


def test_everybody_gets_their_own_taste_with_a_reason(model, history) -> None:
    frame = advise(model, history).recommend(everybody(history))
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == RECOMMENDATIONS
    assert (frame.groupby("customer_id").size() == 10).all()
    number = frame["customer_id"].str.split("-").str[1].astype(int)
    own = number.map(lambda one: TASTES[one % 3])
    top = frame["rank"] <= 3
    assert (taste_of(frame["product_id"]) == own)[top].mean() > 0.9
    because = frame["reason_kind"].str.startswith("because_")
    assert because[top].mean() > 0.9
    named = frame.loc[because, ["customer_id", "reason_product_id", "reason_kind"]]
    done = history.groupby(["customer_id", "product_id"])["kind"].agg(set)
    strongest = [
        next(kind for kind in ("bought", "carted", "viewed") if kind in done[row[:2]])
        for row in named.itertuples(index=False, name=None)
    ]
    assert named["reason_kind"].tolist() == [f"because_{kind}" for kind in strongest]
    assert (frame["product_id"] != frame["reason_product_id"]).all()


def test_ranks_have_no_gaps_and_scores_fall(model, history) -> None:
    frame = advise(model, history).recommend(everybody(history))
    ranks = frame.groupby("customer_id")["rank"]
    assert (ranks.transform("cumcount") + 1 == frame["rank"]).all()
    falls = frame.groupby("customer_id")["score"].diff().fillna(0) <= 0
    assert falls.all()
    assert frame["score"].max() <= 1
    assert not frame.duplicated(["customer_id", "product_id"]).any()


def test_no_order_of_rows_or_batches_changes_anything(model, history) -> None:
    products, people = shelf(), everybody(history)
    other = fit(
        history.sample(frac=1, random_state=1),
        products.sample(frac=1, random_state=2),
        as_of_at=NOW,
    )
    assert other.model is not None
    assert pickle.dumps(other.model.ties) == pickle.dumps(model.ties)
    assert other.model.blend == model.blend
    shuffled = history.sample(frac=1, random_state=4)
    again = advise(other.model, shuffled, products.sample(frac=1, random_state=5))
    whole = advise(model, history).recommend(people)
    parts = [again.recommend(people[at::7]) for at in range(7)]
    together = pd.concat(parts).sort_values(["customer_id", "rank"], ignore_index=True)
    pd.testing.assert_frame_equal(whole, together)
    near = advise(model, history).neighbors()
    pd.testing.assert_frame_equal(near, again.neighbors())


def test_just_bought_may_come_back_when_the_window_is_over(model, history) -> None:
    for days, is_shown in ((29.99, False), (30.0, True)):
        acts = [
            act("c", "audio-01", days=1),
            act("c", "audio-02", days=1),
            act("c", "audio-00", "bought", days=days),
        ]
        told = one(advise(model, with_acts(history, *acts)), "c")
        assert ("audio-00" in set(told["product_id"])) is is_shown
    ever = Rules(just_bought_days=None)
    told = one(advise(model, with_acts(history, *acts), rules=ever), "c")
    assert "audio-00" not in set(told["product_id"])
    seen = one(
        advise(model, with_acts(history, *acts), rules=Rules(seen_too=True)), "c"
    )
    assert not {"audio-00", "audio-01", "audio-02"} & set(seen["product_id"])


def test_what_is_not_offered_is_shown_to_nobody(model, history) -> None:
    products = shelf()
    gone = products["product_id"].isin(["audio-00", "kitchen-01"])
    hushed = products["product_id"].isin(["garden-00", "audio-02"])
    products = products.assign(is_available=~gone, is_suppressed=hushed)
    adviser = advise(model, history, products)
    told, near = adviser.recommend(everybody(history)), adviser.neighbors()
    hidden = {"audio-00", "kitchen-01", "garden-00", "audio-02"}
    assert not hidden & set(told["product_id"])
    assert not hidden & set(near["neighbor_product_id"])
    # A suppressed product is not named as a reason either; one out of stock may be.
    named = set(told["reason_product_id"].dropna())
    assert not {"garden-00", "audio-02"} & named
    assert "audio-00" in named


def test_who_has_no_history_gets_what_is_popular_now(model, history) -> None:
    told = one(advise(model, history), "nobody yet")
    assert set(told["reason_kind"]) == {"popular_now"}
    assert told["reason_product_id"].isna().all()
    said = np.log2(
        1 + history.groupby(["customer_id", "product_id", "kind"])["weight"].sum()
    )
    pull = said.reset_index()
    pull["weight"] *= pull["kind"].map({"viewed": 1, "carted": 2, "bought": 3})
    pulls = pull.groupby(["customer_id", "product_id"])["weight"].sum()
    latest = history.groupby(["customer_id", "product_id"])["occurred_at"].max()
    age = (NOW - latest).dt.total_seconds() / 86_400
    by_product = (pulls * 0.5 ** (age / model.blend.half_life_days)).groupby(
        "product_id"
    )
    expected = by_product.sum().sort_values(ascending=False).index[:10]
    assert told["product_id"].tolist() == expected.tolist()


def test_a_product_that_came_today_finds_its_people_by_its_content(
    model, history
) -> None:
    new = (
        shelf()
        .iloc[[0]]
        .assign(product_id="brand-new", product_name="garden thing", category="garden")
    )
    products = pd.concat([shelf(), new], ignore_index=True)
    adviser = advise(model, history, products, Rules(per_customer=15))
    told = adviser.recommend(everybody(history))
    found = told[told["product_id"] == "brand-new"]
    number = found["customer_id"].str.split("-").str[1].astype(int)
    assert len(found) > 20
    assert (number % 3 == TASTES.index("garden")).mean() > 0.7
    assert set(found["reason_kind"]) == {"similar_to_taste"}
    assert (taste_of(found["reason_product_id"]) == "garden").all()
    near = adviser.neighbors().set_index("product_id")["neighbor_product_id"]
    assert (taste_of(near["brand-new"]) == "garden").all()


def test_neighbors_are_of_one_taste_and_never_the_product_itself(
    model, history
) -> None:
    near = advise(model, history).neighbors()
    assert {name: str(kind) for name, kind in near.dtypes.items()} == NEIGHBORS
    assert set(near["product_id"]) == set(shelf()["product_id"])
    assert (near["product_id"] != near["neighbor_product_id"]).all()
    top = near[near["rank"] <= 3]
    assert (taste_of(top["product_id"]) == taste_of(top["neighbor_product_id"])).all()
    both = near.set_index(["product_id", "neighbor_product_id"])["score"]
    touched = history.groupby("product_id")["customer_id"].agg(set)
    for (here, there), score in both.head(20).items():
        shared = len(touched[here] & touched[there])
        size = np.sqrt(len(touched[here]) * len(touched[there]))
        assert score == pytest.approx(shared / (size + 10), rel=1e-5)


def test_a_model_keeps_nobody(model) -> None:
    assert b"customer-" not in pickle.dumps(model)


def test_taste_is_taken_where_it_beats_popularity_and_only_there(fitted) -> None:
    assert fitted.card["choice"]["is_popularity_beaten"]
    random = shopping(300, seed=5, loyal=0.0)
    chance = fit(random, shelf(), as_of_at=NOW)
    assert chance.model is not None
    assert not chance.card["choice"]["is_popularity_beaten"]
    assert np.isinf(chance.model.blend.popularity)
    told = advise(chance.model, random).recommend(everybody(random))
    assert set(told["reason_kind"]) == {"popular_now"}


def test_too_little_is_said_in_words(history) -> None:
    little = fit(history.head(40), shelf(), as_of_at=NOW)
    assert little.state == "not_enough_data"
    assert "advice needs 100" in little.reason
    assert little.model is None
    assert fit(history.head(0), shelf(), as_of_at=NOW).state == "not_enough_data"
    # Enough to learn from, nobody to judge by: popularity stands.
    few = with_acts(
        history.head(0),
        *[act(f"c{at // 30}", f"audio-{at % 12:02d}", days=at) for at in range(360)],
    )
    thin = fit(few, shelf(), as_of_at=NOW)
    assert thin.state == "trained"
    assert thin.model is not None
    assert thin.model.blend == Blend()


def test_beyond_ease_factors_take_its_place(history, model, monkeypatch) -> None:
    monkeypatch.setattr(fitting, "MOST_FOR_EASE", 5)
    fits = [fit(history, shelf(), as_of_at=NOW, seed=2).model for _ in range(2)]
    assert fits[0] is not None
    assert fits[0].ties is None
    assert pickle.dumps(fits[0].factors) == pickle.dumps(fits[1].factors)
    told = advise(fits[0], history).recommend(everybody(history))
    by_ease = advise(model, history).recommend(everybody(history))
    number = told["customer_id"].str.split("-").str[1].astype(int)
    own = number.map(lambda one: TASTES[one % 3])
    assert (taste_of(told["product_id"]) == own)[told["rank"] <= 3].mean() > 0.85
    assert told["reason_kind"].str.startswith("because_").mean() > 0.5
    assert len(told) == len(by_ease)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "vieved"}, "Did you mean `viewed`"),
        ({"occurred_at": NOW + pd.Timedelta(days=1)}, "after the moment of advice"),
    ],
)
def test_odd_interactions_are_named(history, change, said) -> None:
    odd = pd.concat([history, history.head(1).assign(**change)])
    with pytest.raises(TesseraError, match=said):
        fit(odd, shelf(), as_of_at=NOW)


def test_a_product_that_comes_twice_is_named(history) -> None:
    twice = pd.concat([shelf(), shelf().head(1)])
    with pytest.raises(TesseraError, match="kitchen-00"):
        fit(history, twice, as_of_at=NOW)
