"""The laws of behaviour: what raises the chance to buy, and the rhythm of the days."""

import numpy as np
import pytest

from simulator.behavior import Lives, Souls, live, souls
from simulator.calendar import History
from simulator.latent import CLICKED, MANY_VIEWS, NEVER, NO_VIEW, SHOPPING, chances
from simulator.outlook import survival, true_probability
from simulator.seasons import SEASONAL, TYPES

from .conftest import Shop

HISTORY = History(180)
PEOPLE = 4_000


@pytest.fixture(scope="module")
def world() -> tuple[Souls, Lives]:
    who = souls(PEOPLE, HISTORY, np.random.default_rng(4))
    return who, live(who, chances(HISTORY), np.random.default_rng(5))


def buying_share(lives: Lives, days: np.ndarray) -> float:
    return float(lives.has_order[days].mean())


def test_views_and_clicks_raise_the_chance(world: tuple[Souls, Lives]) -> None:
    _, lives = world
    none, many = (lives.views == level for level in (NO_VIEW, MANY_VIEWS))
    assert buying_share(lives, many) > 20 * buying_share(lives, none)
    clicked = lives.reaction == CLICKED
    assert buying_share(lives, clicked) > 5 * buying_share(lives, ~clicked)


def test_recency_matters_by_type(world: tuple[Souls, Lives]) -> None:
    """In one mood: right after an order, people still are in the mood for another."""
    who, lives = world
    loyal = (who.kind == TYPES.index("loyal"))[:, None] & (lives.mood == SHOPPING)
    fresh, due = lives.recency <= 4, (lives.recency >= 22) & (lives.recency <= 34)
    assert buying_share(lives, due & loyal) > 2 * buying_share(lives, fresh & loyal)
    once = (who.kind == TYPES.index("one_time"))[:, None]
    before, after = lives.recency == NEVER, lives.recency < NEVER
    assert buying_share(lives, before & once) > 5 * buying_share(lives, after & once)


def test_types_and_season_matter(world: tuple[Souls, Lives]) -> None:
    who, lives = world
    shares = [lives.has_order[who.kind == kind].mean() for kind in range(len(TYPES))]
    assert max(shares) == shares[TYPES.index("loyal")] > 10 * min(shares)
    months = np.array([date.month for date in HISTORY.dates])
    orders = lives.has_order[who.kind == SEASONAL]
    views = lives.views[who.kind == SEASONAL] > NO_VIEW
    alive = (months == 11) | (months == 12)
    assert orders[:, alive].mean() > 10 * orders[:, ~alive].mean()
    assert 0 < views[:, ~alive].mean() < views[:, alive].mean() / 4


def test_the_closed_form_is_what_happens_to_many_copies(
    world: tuple[Souls, Lives],
) -> None:
    """The same people, before whom the same day lies, live it again and again."""
    who, _ = world
    table, day = chances(HISTORY), HISTORY.window.stop
    runs = [live(who, table, np.random.default_rng(seed)) for seed in range(8)]
    alone = survival(table, day)
    gaps, variances = 0.0, 0.0
    for lives in runs:
        p = true_probability(who, lives, day, alone)
        gaps += float((lives.has_order[:, day : day + 30].any(axis=1) - p).sum())
        variances += float((p * (1 - p)).sum())
    assert abs(gaps) < 4 * variances**0.5


def test_days_and_weeks_have_a_rhythm(shop: Shop) -> None:
    night, evening = shop.one(
        """
        with humans as (
            select timezone('Europe/Berlin', "timestamp") as local_at from web
            where "anonymousId" in (select record_key from true_records)
        )
        select count(*) filter (hour(local_at) between 3 and 5),
            count(*) filter (hour(local_at) between 18 and 20) from humans
        """
    )
    assert 0 < 5 * night < evening
    monday, sunday = shop.one(
        """
        select count(*) filter (isodow("timestamp") = 1),
            count(*) filter (isodow("timestamp") = 7) from web
        where "anonymousId" in (select record_key from true_records)
            and "userId" is null
        """
    )
    assert monday < sunday
