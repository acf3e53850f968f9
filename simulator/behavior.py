"""What people do, day by day: moods, reactions to email, browsing and orders."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calendar import OUTLOOK_DAYS, PRELUDE_DAYS, Floats, History, Ints
from simulator.latent import (
    BROWSING,
    CANCELLED_SHARE,
    CLICKED,
    DRIVE_SHARES,
    NEVER,
    TYPE_SHARES,
    Chances,
    starting_moods,
)

Bytes = npt.NDArray[np.int8]
NEWCOMER_SHARE = 0.35
SUBSCRIBER_SHARE = 0.75


@dataclass(frozen=True)
class Souls:
    """What is fixed about the people of a chunk: one row a person."""

    kind: Ints
    drive: Ints
    arrival: Ints
    """First day of life in the shop; 0 for those who knew it before."""
    is_subscriber: npt.NDArray[np.bool_]
    unsubscribed: Ints
    """First day without email."""

    @property
    def count(self) -> int:
        """Return the number of people."""
        return len(self.kind)


@dataclass(frozen=True)
class Lives:
    """What happened, one row a person and one column a day of the history."""

    mood: Bytes
    views: Bytes
    reaction: Bytes
    is_mailed: npt.NDArray[np.bool_]
    has_order: npt.NDArray[np.bool_]
    """A valid order (not cancelled)."""
    has_cancelled: npt.NDArray[np.bool_]
    has_cart: npt.NDArray[np.bool_]
    """Fills a cart and leaves it; only shows on a day without an order."""
    recency: Ints
    """Days since the last valid order, at the day's first moment."""


def souls(count: int, history: History, rng: np.random.Generator) -> Souls:
    """Draw who people are."""
    last_arrival = PRELUDE_DAYS + history.window_days - 3
    is_new = rng.random(count) < NEWCOMER_SHARE
    arrival = np.where(is_new, rng.integers(1, last_arrival, count), 0)
    leaves = rng.random(count) < 0.08
    leaving = rng.integers(1, history.day_count - OUTLOOK_DAYS, count)
    return Souls(
        kind=rng.choice(len(TYPE_SHARES), count, p=TYPE_SHARES),
        drive=rng.choice(len(DRIVE_SHARES), count, p=DRIVE_SHARES),
        arrival=arrival,
        is_subscriber=rng.random(count) < SUBSCRIBER_SHARE,
        unsubscribed=np.where(leaves, leaving, history.day_count),
    )


def live(who: Souls, table: Chances, rng: np.random.Generator) -> Lives:
    """Live all days, one after the other, everybody at once."""
    days = len(table.is_mailing_day)
    lives = _blank(who.count, days)
    mood = rng.choice(len(starting_moods()), who.count, p=starting_moods())
    clicked = np.zeros(who.count, np.int64)
    recency = np.full(who.count, NEVER)
    for day in range(days):
        chance = rng.random((6, who.count))
        here = who.arrival <= day
        moves = table.transition[day, who.kind, clicked, mood]
        mood = np.where(who.arrival < max(day, 1), _pick(moves, chance[0]), BROWSING)
        mailed = here & who.is_subscriber & (day < who.unsubscribed)
        mailed &= bool(table.is_mailing_day[day])
        reaction = _pick(table.reaction[who.kind, mood], chance[1]) * mailed
        clicked = (reaction == CLICKED).astype(np.int64)
        views = table.views[day, who.kind, who.drive, mood, clicked]
        seen = _pick(views, chance[2]) * here
        rate = _rate(table, day, who, mood, clicked, seen, recency) * here
        ordered = chance[3] < -np.expm1(-rate * (1 - CANCELLED_SHARE))
        lives.mood[:, day] = mood
        lives.views[:, day] = seen
        lives.reaction[:, day] = reaction
        lives.is_mailed[:, day] = mailed
        lives.has_order[:, day] = ordered
        lives.has_cancelled[:, day] = chance[4] < -np.expm1(-rate * CANCELLED_SHARE)
        lives.has_cart[:, day] = chance[5] < table.cart[mood, seen]
        lives.recency[:, day] = recency
        recency = np.where(ordered, 1, np.minimum(recency + 1, NEVER))
    return lives


def _rate(
    table: Chances,
    day: int,
    who: Souls,
    mood: Ints,
    clicked: Ints,
    seen: Ints,
    recency: Ints,
) -> Floats:
    now = table.hazard_now[mood, clicked, seen]
    rate: Floats = table.hazard[day, who.kind, who.drive] * now
    rate *= table.recency[who.kind, recency]
    return rate


def _pick(rows: Floats, chance: Floats) -> Ints:
    """Return the class that each row's chances and one uniform number choose."""
    picked: Ints = (chance[:, None] > np.cumsum(rows, axis=1)[:, :-1]).sum(1)
    return picked


def _blank(count: int, days: int) -> Lives:
    shape = (count, days)
    return Lives(
        mood=np.zeros(shape, np.int8),
        views=np.zeros(shape, np.int8),
        reaction=np.zeros(shape, np.int8),
        is_mailed=np.zeros(shape, np.bool_),
        has_order=np.zeros(shape, np.bool_),
        has_cancelled=np.zeros(shape, np.bool_),
        has_cart=np.zeros(shape, np.bool_),
        recency=np.zeros(shape, np.int64),
    )
