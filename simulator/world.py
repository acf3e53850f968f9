"""What all chunks of the shop share: time, goods, laws, and the dice."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.calendar import END, Floats, History
from simulator.catalog import Catalog, open_catalog
from simulator.latent import Chances, chances
from simulator.outlook import survival

MOMENTS: Final = (-60, -30, 0)
"""Days before the window's end at which the truth tells who will buy."""
CHUNK: Final = 2_500
"""People a chunk: part of the definition of the shop, not a setting."""
_NAMES: Final = """
souls lives people devices visits purchases accounts logins events bots mail
shop crm list web_lines web_travel mail_lines mail_travel bills tables
"""
_STREAMS: Final = _NAMES.split()


class Dice:
    """Independent random streams by name: a change in one module moves no other."""

    def __init__(self, seed: int, chunk: int) -> None:
        """Open the streams of a chunk."""
        seeds = np.random.SeedSequence(seed, spawn_key=(chunk,)).spawn(len(_STREAMS))
        self._seeds = dict(zip(_STREAMS, seeds, strict=True))

    def __getitem__(self, name: str) -> np.random.Generator:
        """Return a stream, from its beginning."""
        return np.random.default_rng(self._seeds[name])


@dataclass(frozen=True)
class World:
    """What all chunks share."""

    seed: int
    customers: int
    history: History
    chances: Chances
    catalog: Catalog
    survival: dict[int, Floats]
    """Chance of no order in 30 days (see `outlook`), by the day of each moment."""

    @property
    def chunks(self) -> int:
        """Return the number of chunks."""
        return -(-self.customers // CHUNK)


def create(customers: int, days: int, seed: int, end: dt.date = END) -> World:
    """Return a shop: its time, its goods and the laws of its people."""
    history = History(days, end)
    seeds = np.random.SeedSequence(seed, spawn_key=(2**31,))
    catalog = open_catalog(history, np.random.default_rng(seeds))
    table = chances(history)
    days_judged = [history.window.stop + offset for offset in MOMENTS]
    survivals = {day: survival(table, day) for day in days_judged}
    return World(seed, customers, history, table, catalog, survivals)
