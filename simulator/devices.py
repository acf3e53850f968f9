"""Through what people visit: devices, who owns them, and which of them log in."""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from simulator.calendar import Floats, Ints
from simulator.text import Text, hex_ids
from simulator.wares import HUMAN_AGENT_SHARES, HUMAN_AGENTS

COUNT_SHARES: Final = np.array([0.45, 0.40, 0.15])
"""People with one, two and three devices."""
USE: Final = np.array([[1.0, 0.0, 0.0], [0.75, 0.25, 0.0], [0.60, 0.25, 0.15]])
"""Share of the days on each device, by the number of devices."""
LOGIN_SHARE: Final = np.array([0.80, 0.50, 0.35])
"""Share of first, second and third devices whose owner is willing to log in."""
APP: Final = len(HUMAN_AGENTS) - 1
"""Agent of the app; the last one of humans."""
_SILENT: Final = 1 - LOGIN_SHARE


@dataclass(frozen=True)
class Devices:
    """One row a device; those of one person stand side by side, the main one first."""

    owner: Ints
    name: Text
    """The anonymousId."""
    agent: Ints
    logs_in: npt.NDArray[np.bool_]
    first_of: Ints
    """Row of the first device, by person."""
    count_of: Ints
    """Number of devices, by person."""

    def choose(self, person: Ints, chance: Floats) -> Ints:
        """Return the device that a person uses on a day."""
        steps = np.cumsum(USE, axis=1)[self.count_of[person] - 1]
        chosen: Ints = self.first_of[person] + (chance[:, None] >= steps).sum(1)
        return chosen


def equip(people: int, passers_by: int, rng: np.random.Generator) -> Devices:
    """Give people devices, and passers-by one each."""
    count_of = np.ones(people + passers_by, np.int64)
    count_of[:people] += rng.choice(len(COUNT_SHARES), people, p=COUNT_SHARES)
    owner = np.repeat(np.arange(len(count_of)), count_of)
    first_of = np.cumsum(count_of) - count_of
    rank = np.arange(len(owner)) - first_of[owner]
    willing = rng.random(len(owner)) < LOGIN_SHARE[rank]
    return Devices(
        owner=owner,
        name=hex_ids(rng, len(owner)),
        agent=rng.choice(len(HUMAN_AGENTS), len(owner), p=HUMAN_AGENT_SHARES),
        logs_in=willing & (owner < people),
        first_of=first_of,
        count_of=count_of,
    )


def visible_shares() -> Floats:
    """Return the expected share of days on linked devices, by their number.

    The average over the number of devices and which of them log in, as `equip` draws
    them; the shop does not see the other devices.
    """
    most = len(COUNT_SHARES)
    weight, shown = np.zeros(most + 1), np.zeros(most + 1)
    for count, share in enumerate(COUNT_SHARES, 1):
        for linked in product((False, True), repeat=count):
            chance = (
                share * np.where(linked, LOGIN_SHARE[:count], _SILENT[:count]).prod()
            )
            weight[sum(linked)] += chance
            shown[sum(linked)] += chance * USE[count - 1, :count][list(linked)].sum()
    return shown / weight
