"""The truth about the next 30 days, and the best guess from what a shop could see.

Both are computed, not sampled. `survival` goes back from the end of the 30 days: the
chance of no valid order given type, drive, mood, last reaction and days since the last
order. The true probability looks up a person's real state in it. The observable one
weighs it with the posterior over type, drive and mood, that a Bayes filter (the forward
algorithm of the hidden Markov chain, with the true parameters) has after every day that
the shop saw: views on devices that had logged in, reactions to email, orders.

Approximations of the observable one, all of them small: a person's records and devices
are known without error (perfect identity); the first day in the shop counts as seen; a
day has three levels of views, without products, times or carts; the share of a
person's browsing that unlinked devices hide is the average for so many linked devices;
nobody unsubscribes within the 30 days.
"""

from dataclasses import dataclass

import numpy as np

from simulator.behavior import Lives, Souls
from simulator.calendar import OUTLOOK_DAYS, Floats, Ints
from simulator.latent import (
    BROWSING,
    CANCELLED_SHARE,
    CLICKED,
    DRIVE_SHARES,
    MOODS,
    NEVER,
    NO_VIEW,
    TYPE_SHARES,
    Chances,
    starting_moods,
)

SHAPE = (len(TYPE_SHARES), len(DRIVE_SHARES), MOODS)


@dataclass(frozen=True)
class Seen:
    """What the shop knows at a moment: one row a person, one column a day."""

    views: Ints
    """Levels of views on devices that are linked by the moment."""
    visible: Floats
    """Expected share of a person's browsing that linked devices show of a day."""


def survival(table: Chances, day: int) -> Floats:
    """Return the chance of no valid order in 30 days, [mailed, k, f, z, c, days].

    `z` and `c` are the mood and the click of the day before `day`, `days` those since
    the last order at the first moment of `day`.
    """
    chance = np.ones((2, *SHAPE, 2, NEVER + 1))
    for later in reversed(range(day, day + OUTLOOK_DAYS)):
        chance = _day_before(table, later, chance)
    return chance


def _day_before(table: Chances, day: int, after: Floats) -> Floats:
    older = np.minimum(np.arange(NEVER + 1) + 1, NEVER)
    kept = _no_order(table, day)
    quiet, clicked = (after[..., c, :][..., older] * kept[c] for c in (0, 1))
    click = table.reaction[:, None, :, CLICKED, None] * table.is_mailing_day[day]
    mailed = quiet[1] * (1 - click) + clicked[1] * click
    days = np.stack([quiet[0], mailed])
    return np.einsum("kczy,mkfyd->mkfzcd", table.transition[day], days, optimize=True)


def _no_order(table: Chances, day: int) -> Floats:
    """Return the chance of no order on a day, [c, k, f, z, days]."""
    chance = np.zeros((2, *SHAPE, NEVER + 1))
    rate = table.hazard[day][:, :, None] * table.recency[:, None, :]
    for mood in range(MOODS):
        for click in (0, 1):
            for view in range(3):
                now = table.hazard_now[mood, click, view] * (1 - CANCELLED_SHARE)
                weight = table.views[day, :, :, mood, click, view][..., None]
                chance[click, :, :, mood] += weight * np.exp(-rate * now)
    return chance


def true_probability(who: Souls, lives: Lives, day: int, chance: Floats) -> Floats:
    """Return the probability of an order in the 30 days from `day`, by person."""
    alone: Floats = chance[
        _mailed(who, day),
        who.kind,
        who.drive,
        lives.mood[:, day - 1],
        (lives.reaction[:, day - 1] == CLICKED).astype(np.int64),
        lives.recency[:, day],
    ]
    return 1 - alone


def observable_probability(
    who: Souls, lives: Lives, seen: Seen, table: Chances, day: int, chance: Floats
) -> Floats:
    """Return the best probability that what the shop saw before `day` allows."""
    belief = posterior(who, lives, seen, table, day)
    clicked = (lives.reaction[:, day - 1] == CLICKED).astype(np.int64)
    rows = chance[_mailed(who, day), :, :, :, clicked, lives.recency[:, day]]
    return 1 - (belief * rows).sum((1, 2, 3))


def posterior(
    who: Souls, lives: Lives, seen: Seen, table: Chances, day: int
) -> Floats:
    """Return the belief over [k, f, z] of each person after the days before `day`."""
    belief = np.zeros((who.count, *SHAPE), np.float32)
    prior = (TYPE_SHARES[:, None, None] * DRIVE_SHARES[:, None]).astype(np.float32)
    belief[:] = prior * starting_moods().astype(np.float32)
    clicked = np.zeros(who.count, np.int64)
    for today in range(day):
        new = np.flatnonzero(who.arrival == today) if today else []
        belief = _move(belief, table.transition[today].astype(np.float32), clicked)
        belief[new] = prior * np.eye(MOODS, dtype=np.float32)[BROWSING]
        here = np.flatnonzero(who.arrival <= today)
        belief[here] *= _likelihood(who, lives, seen, table, today, here)
        belief[here] /= belief[here].sum((1, 2, 3), keepdims=True)
        clicked = (lives.reaction[:, today] == CLICKED).astype(np.int64)
    return belief


def _move(belief: Floats, transition: Floats, clicked: Ints) -> Floats:
    moved = np.matmul(belief, transition[:, 0])
    rows = np.flatnonzero(clicked)
    moved[rows] = np.matmul(belief[rows], transition[:, 1])
    return moved


def _likelihood(
    who: Souls, lives: Lives, seen: Seen, table: Chances, day: int, here: Ints
) -> Floats:
    """Return how likely each state makes what was seen of a day, [person, k, f, z]."""
    reaction = lives.reaction[here, day].astype(np.int64)
    clicked = (reaction == CLICKED).astype(np.int64)
    mailed = lives.is_mailed[here, day]
    likely = np.ones((len(here), *SHAPE), np.float32)
    likely[mailed] *= np.moveaxis(table.reaction, 2, 0)[reaction[mailed]][:, :, None]
    views = table.views[day].astype(np.float32)
    rate = _rates(table, day, lives.recency[here, day])
    ordered = lives.has_order[here, day]
    total = np.zeros_like(likely)
    for view in range(3):
        weight = _visible_weight(seen.views[here, day], seen.visible[here, day], view)
        rows = np.flatnonzero(weight)
        now = table.hazard_now[:, clicked[rows], view].T.astype(np.float32)
        none = np.exp(-rate[rows][..., None] * now[:, None, None])
        order = np.where(ordered[rows, None, None, None], 1 - none, none)
        level = np.moveaxis(views[..., view], 3, 0)[clicked[rows]]
        total[rows] += weight[rows, None, None, None] * order * level
    return likely * total + np.float32(1e-30)


def _rates(table: Chances, day: int, recency: Ints) -> Floats:
    rate = table.hazard[day].astype(np.float32)
    valid = np.float32(1 - CANCELLED_SHARE)
    aged = table.recency.T.astype(np.float32)[recency]
    rates: Floats = rate * aged[:, :, None] * valid
    return rates


def _visible_weight(seen: Ints, visible: Floats, view: int) -> Floats:
    """Return the chance to see what was seen if the true level was `view`."""
    if view == NO_VIEW:
        return (seen == NO_VIEW).astype(np.float32)
    weight = np.where(seen == view, visible, np.where(seen == NO_VIEW, 1 - visible, 0))
    return weight.astype(np.float32)


def _mailed(who: Souls, day: int) -> Ints:
    return (who.is_subscriber & (day < who.unsubscribed)).astype(np.int64)
