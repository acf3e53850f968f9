"""What a shop can believe about its customers: the ceiling for any model.

A Bayes filter: the forward algorithm of the hidden Markov chain of `latent`, with the
true parameters. After each day it weighs type, drive and mood by what the shop saw of
it: views on devices that had logged in by the moment of judgement (also their views
from before the login), reactions to email, valid orders. The same formulas as in
`behavior`, so that it is the best possible guess, apart from these approximations:

- a person's records and devices are known without error (perfect identity), human
  opens are told from those of machines, and the first day in the shop counts as seen;
- a day has three levels of views and a cart or none, without products and times (the
  simulation lets nothing else depend on type, drive or mood);
- cancelled orders tell nothing;
- the share of browsing that unlinked devices hide is the average for so many linked
  ones (`devices.visible_share`), and before the tracking began all of it is hidden;
- nobody unsubscribes within the 30 days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.behavior import Lives, Souls
from simulator.calendar import Floats, Ints
from simulator.latent import (
    BROWSING,
    CANCELLED_SHARE,
    CLICKED,
    DRIVE_SHARES,
    MOODS,
    NO_VIEW,
    TYPE_SHARES,
    Chances,
    starting_moods,
)
from simulator.outlook import SHAPE, Beliefs

_NOT_MAILED: Final = 3
_NOT_SEEN: Final = 2
_RADIX: Final = (4, 3, 2, 3, 8, 128)
"""Reactions, view levels, orders, carts, visible shares, ages of the last order."""


@dataclass(frozen=True)
class Sight:
    """What the shop knows at a moment: one row a person, one column a day."""

    day: int
    """The first day that is not over."""
    views: Ints
    """Levels of views on linked devices."""
    visible: Ints
    """Which of `shares` of a person's browsing linked devices show of a day."""
    shares: Floats


def beliefs(
    who: Souls, lives: Lives, table: Chances, sights: list[Sight]
) -> Iterator[Beliefs]:
    """Return the belief at each of some moments, in order.

    A device that logs in between two moments shows its past: such people are watched
    again from the first day.
    """
    belief, today = _priors(who.count), 0
    ages, age = np.unique(table.recency, axis=1, return_inverse=True)
    codes = np.zeros(lives.views.shape, np.int64)
    for sight in sights:
        before, codes = codes, _codes(lives, age[lives.recency], sight)
        again = np.flatnonzero((codes[:, :today] != before[:, :today]).any(axis=1))
        watch = _Watch(table, ages, sight.shares, codes, who.arrival)
        belief[..., again] = watch.follow(_priors(len(again)), again, 0, today)
        belief = watch.follow(belief, np.arange(who.count), today, sight.day)
        today = sight.day
        yield np.moveaxis(belief, -1, 0)


def _priors(count: int) -> Beliefs:
    """Return the first belief about some people, [k, f, z, person]."""
    prior = TYPE_SHARES[:, None, None] * DRIVE_SHARES[:, None] * starting_moods()
    return np.repeat(prior[..., None].astype(np.float32), count, axis=-1)


def _codes(lives: Lives, age: Ints, sight: Sight) -> Ints:
    """Return what was seen of each person and day as one number."""
    reaction = np.where(lives.is_mailed, lives.reaction, _NOT_MAILED)
    hidden = (sight.views == NO_VIEW) | lives.has_order | lives.has_cancelled
    cart = np.where(hidden, _NOT_SEEN, lives.has_cart)
    parts = (reaction, sight.views, lives.has_order, cart, sight.visible, age)
    codes: Ints = np.ravel_multi_index([np.asarray(p, np.int64) for p in parts], _RADIX)
    return codes


@dataclass(frozen=True)
class _Watch:
    """Inside, people stand last, [k, f, z, person]: twice as fast."""

    table: Chances
    ages: Floats
    """The different factors of recency, [k, age]."""
    shares: Floats
    codes: Ints
    arrival: Ints

    def follow(self, belief: Beliefs, rows: Ints, first: int, last: int) -> Beliefs:
        """Return the belief about some people after the days from `first` to `last`."""
        newborn = _priors(1).sum(axis=2, keepdims=True)
        newborn = newborn * np.eye(MOODS, dtype=np.float32)[BROWSING, :, None]
        for day in range(first, last):
            yesterday = np.unravel_index(self.codes[rows, max(day - 1, 0)], _RADIX)[0]
            clicked = np.flatnonzero((yesterday == CLICKED) & (day > 0))
            belief = _move(belief, self.table.transition[day], clicked)
            belief[..., (self.arrival[rows] == day) & (day > 0)] = newborn
            kinds, kind = np.unique(self.codes[rows, day], return_inverse=True)
            belief *= self._likelihood(kinds, day)[..., kind]
            belief /= belief.sum(axis=(0, 1, 2))
        return belief

    def _likelihood(self, codes: Ints, day: int) -> Beliefs:
        """Return how likely each state makes each sight of a day, [k, f, z, code]."""
        reaction, seen, ordered, cart, visible, age = np.unravel_index(codes, _RADIX)
        clicked = (reaction == CLICKED).astype(np.int64)
        table, total = self.table, np.zeros((*SHAPE, len(codes)), np.float32)
        bought = ordered == 1
        valid = table.hazard[day] * (1 - CANCELLED_SHARE)
        rate = _single(valid[..., None, None] * self.ages[:, None, None, age])
        for level in range(3):
            expected = rate * _single(table.hazard_now[:, clicked, level])
            order = np.exp(-expected)
            order[..., bought] = -np.expm1(-expected[..., bought])
            chance = _single(table.views[day, ..., level])[..., clicked]
            weight = _weight(seen, self.shares[visible], level)
            weight = weight * _carts(table.cart[:, level])[:, cart]
            total += _single(weight) * order * chance
        answers = np.concatenate([table.reaction, np.ones((*SHAPE[::2], 1))], axis=-1)
        total *= _single(answers)[:, None, :, reaction]
        return total + np.float32(1e-30)


def _single(values: Floats) -> Beliefs:
    """Return values in single precision, which is enough and twice as fast."""
    return values.astype(np.float32)


def _move(belief: Beliefs, transition: Floats, clicked: Ints) -> Beliefs:
    """Return the belief one night later; a click yesterday stirs people up."""
    calm, stirred = _single(transition).transpose(1, 0, 3, 2)[:, :, None]
    moved: Beliefs = np.matmul(calm, belief)
    moved[..., clicked] = np.matmul(stirred, belief[..., clicked])
    return moved


def _carts(chance: Floats) -> Floats:
    """Return the chances of no cart, a cart, and anything, [z, cart]."""
    chances: Floats = np.stack([1 - chance, chance, np.ones_like(chance)], axis=1)
    return chances


def _weight(seen: Ints, share: Floats, level: int) -> Floats:
    """Return the chance to see what was seen if the true level of views is `level`."""
    hidden = np.where(seen == NO_VIEW, 1 - share, 0.0)
    weight: Floats = np.where(seen == level, share, hidden)
    return np.where(seen == NO_VIEW, 1.0, 0.0) if level == NO_VIEW else weight
