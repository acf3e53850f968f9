"""The level of a season is learned a year before it comes, from an old enough shop."""

import numpy as np
import pandas as pd
import pytest

from ml.common.encoding import Floats
from ml.common.foretelling import Question, _parts
from ml.common.labelled import Labelled, Wanted
from ml.common.lastyear import (
    UNSEEN,
    _since,
    learn,
    shift_at,
    shift_of,
    shifted,
    split,
    told,
)

NOW = pd.Timestamp("2025-12-31")
MONTH = pd.Timedelta(days=30)
SIZE = 2_000


def rows(tenure: float = 300.0) -> Labelled:
    """Moments so many days ago; 305 and 365 days ago the odds were half the others."""
    ago = np.repeat([30, 60, 210, 305, 365, 395], SIZE)
    odds = np.where(np.isin(ago, (305, 365)), 0.125, 0.25)
    labels = (np.tile((np.arange(SIZE) + 0.5) / SIZE, 6) < odds / (1 + odds)) * 1.0
    moments = NOW - pd.to_timedelta(ago, unit="D")
    ids = [f"c{number}" for number in range(len(ago))]
    keys = pd.DataFrame({"customer_id": ids, "as_of_at": moments})
    return Labelled(keys, np.full((len(ago), 1), tenure), labels, ("tenure_days",))


def says_a_fifth(one: Labelled) -> Floats:
    """A fit that knows no season."""
    return np.full(len(one.labels), 0.2)


def asked(*days: int) -> pd.Series:
    """Moments so many days from now."""
    return pd.Series([NOW + pd.Timedelta(days=one) for one in days])


def test_a_year_later_the_odds_are_what_they_were() -> None:
    parts = split(rows(), MONTH)
    assert [(NOW - one).days for one in parts.recent.moments] == [210, 60, 30]
    shifts = learn(says_a_fifth, parts.old, parts.recent.at([]))
    now, between, past, gone = shift_at(shifts, asked(0, -15, 90, 91))
    assert np.exp(now) == pytest.approx(0.5, abs=0.01)
    assert np.exp(shift_at(shifts, asked(-30))) == pytest.approx(1.0, abs=0.01)
    assert between == pytest.approx(now / 2, abs=0.01)
    assert (past, gone) == (0.0, 0.0)
    assert shifted(np.array([0.2]), now) == pytest.approx(0.125 / 1.125, abs=0.002)
    assert [one["odds_times"] for one in told(shifts)] == pytest.approx(
        [1, 0.5, 0.5], abs=0.01
    )


def test_what_changed_since_then_is_added() -> None:
    """The odds a month ago were half those of the same day a year before it."""
    parts = split(rows(), MONTH)
    labels = np.where(np.arange(SIZE) < SIZE // 9, 1.0, 0.0)
    month_ago = parts.recent.at(parts.recent.moments[-1:])
    fewer = Labelled(month_ago.keys, month_ago.values, labels, month_ago.sources)
    shifts = learn(says_a_fifth, parts.old, fewer)
    assert np.exp(shift_at(shifts, asked(0, -30))) == pytest.approx(
        [0.25, 0.5], abs=0.01
    )
    # No moment of a year before is known of two months ago: it tells no change.
    early = parts.recent.at([NOW - 2 * MONTH])
    assert learn(says_a_fifth, parts.old, early) == learn(
        says_a_fifth, parts.old, early.at([])
    )


def test_of_several_changes_the_mean_is_taken_and_of_a_young_shop_none() -> None:
    """A month ago the odds were half what is said, two months ago the same."""
    ago = dict.fromkeys((NOW - MONTH, NOW - 2 * MONTH), 0.0)
    fewer = np.where(np.arange(SIZE) < SIZE // 9, 1.0, 0.0)
    for tenure, changed in ((300.0, np.log(0.5) / 2), (179.0, 0.0)):
        recent = rows(tenure).at(ago)
        is_late = (recent.keys["as_of_at"] == NOW - MONTH).to_numpy()
        labels = np.where(is_late, np.tile(fewer, 2), recent.labels)
        told = Labelled(recent.keys, recent.values, labels, recent.sources)
        assert _since(says_a_fifth, ago, told) == pytest.approx(changed, abs=0.01)


def test_a_young_shop_teaches_no_season_and_its_card_says_so() -> None:
    parts = split(rows(tenure=179.0), MONTH)
    assert parts.recent is parts.whole
    assert not len(parts.old.labels)
    shifts = {"moments": [], "shifts": []}
    assert "never seen" in told(shifts)
    assert told(shifts) == UNSEEN
    said = np.array([0.1, 0.9])
    np.testing.assert_array_equal(shifted(said, shift_at(shifts, asked(0, 1))), said)


def test_of_each_horizon_the_same_days_are_old() -> None:
    """Counted from now: the latest rows of 60 days lie 60 days back."""
    horizon, known = pd.Timedelta(days=60), rows()
    closed = known.at([one for one in known.moments if NOW - one >= horizon])
    old = split(closed, horizon).old.moments
    assert {(NOW - one).days for one in old} == {305, 365, 395}


def test_where_too_little_is_left_to_teach_all_teach_and_no_season_is_told() -> None:
    """A shop with one late month: alone it leaves nothing to be judged by."""
    question = Question("any", "buyers", Wanted("label", MONTH), {})
    known = rows()
    late = known.at([one for one in known.moments if (NOW - one).days not in (60, 210)])
    assert split(late, MONTH).old.moments
    parts = _parts(question, late)
    assert parts.recent is late
    assert not parts.old.moments
    assert _parts(question, known).old.moments


def test_a_shift_has_its_bounds() -> None:
    said = np.full(100, 0.3)
    assert shift_of(said, np.zeros(100)) == -5.0
    assert shift_of(said, np.ones(100)) == 5.0
    order = np.argsort(shifted(np.linspace(0, 1, 50), np.array(-2.0)))
    np.testing.assert_array_equal(order, np.arange(50))
