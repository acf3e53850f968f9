"""Drift: PSI by its definition; neither chance nor the calendar alarms anybody."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.common.drift import (
    DRIFT,
    SCORE,
    Thresholds,
    drift,
    psi,
    reference,
    score_reference,
)
from ml.common.encoding import Floats
from ml.common.labelled import Labelled, Now
from ml.common.moments import plan

PLAIN = Thresholds(shifted=0.1, drifted=0.25)


def counts() -> st.SearchStrategy[tuple[list[int], list[int]]]:
    """Customers by bin, then and now; some bins are empty."""
    return st.integers(2, 10).flatmap(
        lambda bins: st.tuples(
            *(
                st.lists(st.integers(0, 300), min_size=bins, max_size=bins).filter(sum)
                for _ in range(2)
            )
        )
    )


@given(counts())
def test_psi_is_its_definition_with_half_a_customer_more_in_each_bin(
    found: tuple[list[int], list[int]],
) -> None:
    then, now = found
    olds = [(one + 0.5) / (sum(then) + 0.5 * len(then)) for one in then]
    news = [(one + 0.5) / (sum(now) + 0.5 * len(now)) for one in now]
    pairs = zip(olds, news, strict=True)
    expected = sum((new - old) * math.log(new / old) for old, new in pairs)
    shares = (np.array(one) / sum(one) for one in found)
    said = psi(*shares, (sum(then), sum(now)))
    assert said == pytest.approx(expected, abs=1e-12)
    assert said >= 0


def told(judged: np.ndarray, now: np.ndarray, *taught: np.ndarray) -> pd.Series:
    """What is said of one feature."""
    known = reference({"age": judged}, [{"age": one} for one in taught])
    found = drift(known, {"age": now}, PLAIN)
    assert dict(found.dtypes.astype("str")) == DRIFT
    return found.iloc[0]


def test_who_stays_alike_has_not_drifted_and_who_moves_has() -> None:
    random = np.random.default_rng(3)
    then, same = random.normal(0, 1, (2, 4000))
    assert told(then, same)["verdict"] == "stable"
    assert told(then, same + 0.4)["verdict"] == "shifted"
    moved = told(then, same + 0.8)
    assert moved["verdict"] == "drifted"
    assert moved["largest_shift"].startswith("above 1.")
    left = moved["psi"] - moved["psi_by_chance"]
    assert moved["psi_unusual"] == pytest.approx(left)
    # Of two normals a distance d apart the divergence is d squared; bins see less.
    assert 0.5 < moved["psi"] < 0.64


def test_a_small_shop_does_not_drift_by_chance() -> None:
    """200 customers of one kind: the plain PSI calls many such pairs shifted."""
    random = np.random.default_rng(5)
    pairs = random.gamma(0.6, 2.0, (150, 2, 200))
    found = [told(one, other) for one, other in pairs]
    plain = np.array([one["psi"] for one in found])
    assert (plain >= PLAIN.shifted).mean() > 0.2
    assert plain.mean() == pytest.approx(found[0]["psi_by_chance"], rel=0.1)
    assert [one["verdict"] for one in found].count("stable") >= 149


def test_many_features_are_no_more_chances_to_be_called_drifted() -> None:
    random = np.random.default_rng(8)
    columns = {str(name): random.normal(size=60) for name in range(60)}
    later = {name: random.normal(size=60) for name in columns}
    found = drift(reference(columns, []), later, PLAIN)
    assert set(found["verdict"]) == {"stable"}
    assert found["psi_unusual"].max() > PLAIN.shifted


def test_what_moved_as_far_while_the_model_held_is_usual() -> None:
    """Everybody grows older by a month each month."""
    random = np.random.default_rng(4)
    first = random.uniform(0, 90, 3000)
    as_ever = told(first + 30, first + 60, first)
    assert as_ever["psi"] > PLAIN.drifted
    assert as_ever["verdict"] == "stable"
    assert told(first + 30, first + 60)["verdict"] == "drifted"
    assert told(first + 30, first + 200, first)["verdict"] == "drifted"


@pytest.mark.parametrize("value", [0.0, 3650.0])
def test_one_value_alone_is_one_bin_and_what_leaves_it_is_seen(value: float) -> None:
    same = np.full(1000, value)
    assert told(same, same)["verdict"] == "stable"
    moved = told(same, same + 1)
    assert moved["verdict"] == "drifted"
    assert moved["largest_shift"].endswith("100.0 % then, 0.0 % now")


def test_what_only_one_side_knows_is_not_compared() -> None:
    known = reference({"gone": np.arange(50.0), "kept": np.arange(50.0)}, [{}])
    now = {"kept": np.arange(50.0), "new": np.arange(50.0)}
    assert drift(known, now, PLAIN)["feature"].to_list() == ["kept"]
    assert drift(known, {"kept": np.empty(0)}, PLAIN).empty


def rows(moment: str, values: np.ndarray) -> Labelled:
    """Customers at a moment of 2026 with one feature, and no labels."""
    keys = pd.DataFrame({"customer_id": np.arange(len(values)).astype("str")})
    keys["as_of_at"] = pd.Timestamp(f"2026-{moment}")
    return Labelled(keys, values[:, None], np.zeros(len(values)), ("age",))


def joined(*parts: Labelled) -> Labelled:
    keys = pd.concat([one.keys for one in parts], ignore_index=True)
    values = np.concatenate([one.values for one in parts])
    return Labelled(keys, values, np.zeros(len(values)), ("age",))


def scores_at(*shifts: float) -> tuple[pd.Series, pd.Series]:
    """What is told of scores: where nothing happens, and where they rise by 0.5.

    `shifts` are how far scores lay from those of now at the moment that taught, in the
    embargo, and at the test. What scores says 1 more than what judged it.
    """
    random = np.random.default_rng(6)
    base = random.normal(0, 1, 4000)
    moments = ("01-01", "02-05", "03-01")
    past = joined(
        *(rows(one, base + shift) for one, shift in zip(moments, shifts, strict=True))
    )
    schedule = plan(past.moments)
    assert schedule is not None
    now = rows("04-01", base)

    def judged(asked: Labelled) -> Floats:
        return asked.values[:, 0]

    known = score_reference(
        Now(now, now), past, schedule, lambda one: judged(one) + 1, judged
    )
    whole = {"customer_count": 0, "features": {SCORE: known}}
    told = [drift(whole, {SCORE: base + 1 + by}, PLAIN) for by in (0.0, 0.8)]
    assert [one["reference_count"].item() for one in told] == [4000, 4000]
    return told[0].iloc[0], told[1].iloc[0]


def test_scores_are_compared_with_those_of_the_same_fit() -> None:
    """Two fits differ; one that says what it said has not drifted."""
    same, risen = scores_at(0, 0, 0)
    assert same["psi"] < 0.01
    assert same["verdict"] == "stable"
    assert risen["verdict"] == "drifted"


def test_usual_is_how_scores_moved_between_moments_that_were_new_to_the_fit() -> None:
    assert scores_at(0.8, 0, 0)[1]["verdict"] == "drifted"
    for turned in (scores_at(0, 0.8, 0), scores_at(0, 0, 0.8)):
        assert turned[1]["psi_usual"] > PLAIN.drifted
        assert turned[1]["verdict"] == "stable"


def test_who_is_not_asked_is_told_a_score_and_is_no_news_of_those_who_are() -> None:
    everybody, asked = rows("04-01", np.arange(400.0)), rows("04-01", np.arange(200.0))
    past = joined(rows("01-01", np.arange(200.0)), rows("03-01", np.arange(200.0)))
    schedule = plan(past.moments)
    assert schedule is not None
    known = score_reference(
        Now(everybody, asked), past, schedule, *[lambda one: one.values[:, 0]] * 2
    )
    assert known["customer_count"] == 400
    assert known["psi_usual"] == 0
