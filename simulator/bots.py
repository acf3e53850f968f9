"""Machines that crawl the shop: most of them say so, some look like a browser."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.calendar import DAY, History, Ints
from simulator.catalog import DIRECT, FIRST_PRODUCT_PAGE, INNER, PRODUCTS
from simulator.difficulty import BOT_SHARE, HONEST_BOT_SHARE
from simulator.events import PAGE, VIEWED, Events
from simulator.text import Text, hex_ids
from simulator.wares import BOT_AGENTS, HUMAN_AGENTS

_CRAWL = 60
"""Mean number of calls in one visit of a bot."""


@dataclass(frozen=True)
class Crawl:
    """The calls of bots; a bot's device is its first one plus its row here."""

    events: Events
    names: Text
    """The anonymousId of each bot."""
    agents: Ints
    """Those of humans first, then those that say that they are bots."""


def crawl(
    human_events: int, first_device: int, history: History, rng: np.random.Generator
) -> Crawl:
    """Return the bots of a chunk with so many human events."""
    count = round(human_events * BOT_SHARE / (1 - BOT_SHARE))
    sizes = rng.geometric(1 / _CRAWL, 2 + 2 * count // _CRAWL)
    visit = np.repeat(np.arange(len(sizes)), sizes)[:count]
    sizes = np.bincount(visit)
    count = len(visit)
    first = np.ones(count, np.bool_)
    first[1:] = visit[1:] != visit[:-1]
    honest = rng.random(len(sizes)) < HONEST_BOT_SHARE
    start = history.start_ms + rng.integers(0, history.window_days * DAY, len(sizes))
    product = rng.integers(0, PRODUCTS, count)
    kind = np.where(rng.random(count) < 0.4, PAGE, VIEWED)
    blank = np.full(count, -1)
    events = Events(
        session=blank,
        kind=kind,
        thing=np.where(kind == VIEWED, product, -1),
        basket=blank,
        quantity=blank,
        page=FIRST_PRODUCT_PAGE + product,
        source=np.where(first, DIRECT, INNER),
        moment=start[visit] + _hurry(visit, first, rng),
        device=first_device + visit,
        user=blank,
    )
    disguise = rng.integers(0, len(HUMAN_AGENTS) - 1, len(sizes))
    open_name = len(HUMAN_AGENTS) + rng.integers(0, len(BOT_AGENTS), len(sizes))
    agents = np.where(honest, open_name, disguise)
    return Crawl(events, hex_ids(rng, len(sizes)), agents)


def _hurry(visit: Ints, first: npt.NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """Return milliseconds since the visit's start: a call or more a second."""
    pause = rng.integers(60, 900, len(visit))
    total = np.cumsum(pause)
    opening = np.maximum.accumulate(np.where(first, total, 0))
    hurried: Ints = total - opening
    return hurried
