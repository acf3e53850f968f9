"""The customers of the shop, the contacts of the CRM, the addresses of the list."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from simulator.behavior import Souls
from simulator.calendar import HOUR, Ints
from simulator.people import People
from simulator.records import Habits, Records, take_down
from simulator.text import Text, digits, join
from simulator.world import CHUNK, Dice

_HABITS: Final = {
    "shop": Habits(phone_share=0.65, typo_share=0.03),
    "crm": Habits(phone_share=0.75, typo_share=0.10),
    "list": Habits(phone_share=0.35, typo_share=0.02, email_is_key=True),
}
_CRM_SHARE: Final = 0.4


@dataclass(frozen=True)
class Register:
    """The records of a system with their names and moments of creation."""

    records: Records
    ids: Text
    created: Ints


def registers(
    people: People, who: Souls, opened: Ints, chunk: int, end: int, dice: Dice
) -> tuple[Register, Register, Register]:
    """Return the registers of shop, CRM and list; `end` is the window's end."""
    everybody = np.arange(people.count)
    chance = dice["accounts"].random(people.count)
    known = {
        "shop": everybody,
        "crm": everybody[chance < _CRM_SHARE],
        "list": everybody[who.is_subscriber],
    }
    registers = []
    for name, rows in known.items():
        rng = dice[name]
        records = take_down(people, rows, _HABITS[name], rng)
        created = _created(records, opened, name, end, rng)
        number = chunk * 2 * CHUNK + rng.permutation(records.count)
        ids = {
            "shop": digits(6_000_000_001 + number),
            "crm": join("C-", digits(100_001 + number)),
            "list": records.emails,
        }
        registers.append(Register(records, ids[name], created))
    return registers[0], registers[1], registers[2]


def _created(
    records: Records, opened: Ints, name: str, end: int, rng: np.random.Generator
) -> Ints:
    """Return when records were made: the shop's first ones with the account."""
    start = opened[records.person]
    spread = (end - HOUR - start) * rng.random(records.count) ** 2
    later = start + np.minimum(spread, 200 * 24 * HOUR).astype(np.int64)
    return np.where((records.twin < 0) & (name == "shop"), start, later)
