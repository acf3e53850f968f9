"""Who people are inside: latent types, moods and the chances that follow from them.

A person has a type and a drive (fixed), and a mood that changes from day to day: a
hidden Markov chain. Each day brings, in this order: a mood, a reaction to the day's
email, a browsing intensity, and orders with a hazard that depends on all of them and on
the days since the last order. Everything is a small table, so that the true
probability of a purchase, and the best guess from what a shop sees, are computed and
not estimated (see `outlook`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.calendar import Floats, History, Ints
from simulator.difficulty import SEASONAL_SHARE
from simulator.seasons import TYPES, demand, interest

TYPE_SHARES: Final = np.array([0.07, 0.15, 0.15, 0.22, 0.20, SEASONAL_SHARE, 0.15])
DRIVE_SHARES: Final = np.array([0.35, 0.45, 0.20])
DRIVES: Final = np.array([0.35, 1.0, 2.8])
"""Heterogeneity within a type: multiplies the purchase hazard."""
DRIVE_BROWSING: Final = np.array([0.8, 1.0, 1.25])

GONE, AWAY, BROWSING, SHOPPING = range(4)
MOODS: Final = 4
NO_VIEW, FEW_VIEWS, MANY_VIEWS = range(3)
NOT_OPENED, OPENED, CLICKED = range(3)

NEVER: Final = 365
"""Days since the last order stop counting here; also: no order known."""
CANCELLED_SHARE: Final = 0.04

# By type, in the order of TYPES.
_WAKE = np.array([0.075, 0.040, 0.035, 0.045, 0.016, 0.030, 0.008])
_LEAVE = np.array([0.0006, 0.0012, 0.0015, 0.0020, 0.0030, 0.0008, 0.0150])
_DEEPEN = np.array([0.20, 0.16, 0.12, 0.06, 0.12, 0.14, 0.08])
_OPEN = np.array([0.42, 0.30, 0.34, 0.24, 0.12, 0.16, 0.10])
_CLICK = np.array([0.30, 0.20, 0.30, 0.22, 0.08, 0.12, 0.08])
_HAZARD = np.array([0.34, 0.17, 0.13, 0.035, 0.16, 0.14, 0.05])

# By mood: gone, away, browsing, shopping.
_FEW = np.array([0.0, 0.010, 0.20, 0.32])
_MANY = np.array([0.0, 0.0010, 0.05, 0.27])
_OPEN_BY_MOOD = np.array([0.0, 0.8, 1.4, 1.5])
_CLICK_BY_MOOD = np.array([0.0, 0.6, 1.6, 2.0])
_HAZARD_BY_MOOD = np.array([0.0, 0.13, 0.75, 2.7])
_HAZARD_BY_VIEWS = np.array([0.03, 0.5, 1.2])
_HAZARD_BY_CLICK = 1.5
_CART_BY_MOOD = np.array([0.0, 0.06, 0.13, 0.40])
_CART_BY_VIEWS = np.array([0.0, 0.8, 1.4])
_WEEKDAY = np.array([0.97, 1.0, 1.0, 1.02, 0.85, 1.08, 1.2])


@dataclass(frozen=True)
class Chances:
    """The tables of one history. Axes: t day, k type, f drive, z mood, c clicked.

    `transition` [t, k, c, z, z'] after a day with or without a click; `reaction`
    [k, z, e] to an email; `views` [t, k, f, z, c, v]; `hazard` [t, k, f] and
    `hazard_now` [z, c, v] and `recency` [k, days since the last order] multiply to the
    daily rate of orders; `cart` [z, v] is the chance to fill a cart and leave it.
    """

    transition: Floats
    reaction: Floats
    views: Floats
    hazard: Floats
    hazard_now: Floats
    recency: Floats
    cart: Floats
    is_mailing_day: Ints


def chances(history: History) -> Chances:
    """Return the tables for the days of a history."""
    readiness = np.array([interest(d) for d in history.dates])
    season = np.array([demand(d) for d in history.dates])
    weekday = np.array([_WEEKDAY[d.weekday()] for d in history.dates])
    return Chances(
        transition=_transitions(readiness),
        reaction=_reactions(),
        views=_views(weekday),
        hazard=season[:, :, None] * _HAZARD[:, None] * DRIVES,
        hazard_now=_hazard_now(),
        recency=_recency(),
        cart=np.outer(_CART_BY_MOOD, _CART_BY_VIEWS),
        is_mailing_day=np.array([d.weekday() in (1, 4) for d in history.dates], int),
    )


def starting_moods() -> Floats:
    """Return the chances of each mood on the first day of the prelude."""
    return np.array([0.0, 0.80, 0.15, 0.05])


def _transitions(interest: Floats) -> Floats:
    """Return the daily chances of each next mood, [t, k, c, z, z']."""
    wake = np.clip(_WAKE * interest, 0, 0.4)
    rows = np.zeros((*wake.shape, 2, MOODS, MOODS))
    rows[..., GONE, GONE] = 1
    for clicked in (0, 1):
        up = wake * (1 - clicked) + clicked * 0.55
        deep = _DEEPEN * (1 + clicked) * np.clip(interest, 0.5, 1.5)
        rows[..., clicked, AWAY, BROWSING] = up * 0.85
        rows[..., clicked, AWAY, SHOPPING] = up * 0.15
        rows[..., clicked, BROWSING, AWAY] = 0.20 - 0.1 * clicked
        rows[..., clicked, BROWSING, SHOPPING] = deep
        rows[..., clicked, SHOPPING, AWAY] = 0.08
        rows[..., clicked, SHOPPING, BROWSING] = 0.20
        rows[..., clicked, AWAY:, GONE] = _LEAVE[:, None]
    for mood in (AWAY, BROWSING, SHOPPING):
        rows[..., mood, mood] = 1 - rows[..., mood, :].sum(-1)
    return rows


def _reactions() -> Floats:
    """Return the chances to ignore, open or click an email, [k, z, e]."""
    opened = np.clip(_OPEN[:, None] * _OPEN_BY_MOOD, 0, 0.9)
    clicked = opened * np.clip(_CLICK[:, None] * _CLICK_BY_MOOD, 0, 0.8)
    return np.stack([1 - opened, opened - clicked, clicked], axis=-1)


def _views(weekday: Floats) -> Floats:
    """Return the chances of no, few or many views, [t, k, f, z, c, v]."""
    scale = weekday[:, None] * DRIVE_BROWSING
    few, many = scale[..., None] * _FEW, scale[..., None] * _MANY
    calm = np.stack([1 - few - many, few, many], axis=-1)
    after_click = np.broadcast_to([0.0, 0.7, 0.3], calm.shape)
    by_day = np.stack([calm, after_click], axis=-2)
    shape = (len(weekday), len(TYPES), *by_day.shape[1:])
    return np.broadcast_to(by_day[:, None], shape)


def _hazard_now() -> Floats:
    by_click = np.array([1.0, _HAZARD_BY_CLICK])
    now: Floats = np.einsum("z,c,v->zcv", _HAZARD_BY_MOOD, by_click, _HAZARD_BY_VIEWS)
    return now


def _recency() -> Floats:
    """Return the factor by type and days since the last order, [k, days].

    Constant for some days at a time, longer ones later: few different histories.
    """
    edges = np.concatenate([np.arange(0, 60, 4), np.arange(60, NEVER, 20), [NEVER]])
    days = edges[np.searchsorted(edges, np.arange(NEVER + 1), side="right") - 1]
    rest = np.clip(0.25 + days / 12, 0, 1)
    factors = np.ones((len(TYPES), NEVER + 1)) * rest
    factors[0] *= 0.7 + 1.3 * np.exp(-(((days - 28) / 9.0) ** 2))
    factors[1] *= 0.8 + 1.0 * np.exp(-(((days - 45) / 15.0) ** 2))
    factors[4] = 0.03
    factors[:, NEVER] = 1.0
    return factors
