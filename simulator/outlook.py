"""The truth about the next 30 days: computed, not sampled.

`survival` goes back from the end of the 30 days: the chance of no valid order given
type, drive, mood, last reaction and days since the last order. The true probability
looks up a person's real state in it; the best guess weighs it with what a shop can
believe about that state (see `watching`).
"""

import numpy as np
import numpy.typing as npt

from simulator.behavior import Lives, Souls
from simulator.calendar import OUTLOOK_DAYS, Floats, Ints
from simulator.latent import (
    CANCELLED_SHARE,
    CLICKED,
    DRIVE_SHARES,
    MOODS,
    NEVER,
    TYPE_SHARES,
    Chances,
)

Beliefs = npt.NDArray[np.float32]
"""Chances over [person, k, f, z]."""
SHAPE = (len(TYPE_SHARES), len(DRIVE_SHARES), MOODS)


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
    before: Floats = np.einsum(
        "kczy,mkfyd->mkfzcd", table.transition[day], days, optimize=True
    )
    return before


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


def best_guess(
    who: Souls, lives: Lives, belief: Beliefs, day: int, chance: Floats
) -> Floats:
    """Return the probability that a belief over [k, f, z] gives to each person."""
    clicked = (lives.reaction[:, day - 1] == CLICKED).astype(np.int64)
    rows = chance[_mailed(who, day), :, :, :, clicked, lives.recency[:, day]]
    alone: Floats = (belief * rows).sum((1, 2, 3)) / belief.sum((1, 2, 3))
    return np.clip(1 - alone, 0, 1)


def _mailed(who: Souls, day: int) -> Ints:
    return (who.is_subscriber & (day < who.unsubscribed)).astype(np.int64)
