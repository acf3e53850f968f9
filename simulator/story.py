"""The story of one chunk: everything that happens to a fixed number of people.

A chunk depends on the seed and its own number alone, so that neither the order of the
chunks nor the number of threads changes a byte.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simulator import events, logins, mail
from simulator.behavior import Lives, Souls, live, souls
from simulator.bots import Crawl, crawl
from simulator.calendar import HOUR, Floats, History, Ints
from simulator.catalog import Catalog, open_catalog
from simulator.devices import Devices, equip
from simulator.difficulty import PASSER_BY_RATIO
from simulator.events import Events
from simulator.latent import Chances, chances
from simulator.logins import Logins
from simulator.mail import MailEvents
from simulator.outlook import survival
from simulator.people import People, settle
from simulator.purchases import Baskets, Orders, shop_around
from simulator.records import Habits, Records, take_down
from simulator.text import Text, digits, join
from simulator.visits import Visits, visit

MOMENTS: Final = (-60, -30, 0)
"""Days before the window's end at which the truth tells who will buy."""
CHUNK: Final = 2_500
"""People a chunk: part of the definition of the shop, not a setting."""
STRANGERS: Final = 1_000_000_000
"""Numbers of passers-by begin here."""
_STREAMS: Final = (
    "souls lives people devices visits purchases accounts logins events bots mail shop "
    "crm list web_lines web_travel mail_lines mail_travel bills tables"
).split()
_HABITS: Final = {
    "shop": Habits(phone_share=0.65, typo_share=0.03),
    "crm": Habits(phone_share=0.75, typo_share=0.10),
    "list": Habits(phone_share=0.35, typo_share=0.02, email_is_key=True),
}
_CRM_SHARE: Final = 0.4


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


@dataclass(frozen=True)
class Register:
    """The records of a system with their names and moments of creation."""

    records: Records
    ids: Text
    created: Ints


@dataclass(frozen=True)
class Story:
    """What happened to the people of a chunk."""

    who: Souls
    lives: Lives
    people: People
    devices: Devices
    visits: Visits
    baskets: Baskets
    orders: Orders
    logins: Logins
    shop: Register
    crm: Register
    mailing_list: Register
    events: Events
    """Calls of the web, those of bots at the end."""
    bots: Crawl
    stranger_numbers: Ints
    """Numbers of the passers-by, who come after the people."""
    mail: MailEvents


def create(customers: int, days: int, seed: int) -> World:
    """Return a shop: its time, its goods and the laws of its people."""
    history = History(days)
    seeds = np.random.SeedSequence(seed, spawn_key=(2**31,))
    catalog = open_catalog(history, np.random.default_rng(seeds))
    table = chances(history)
    days_judged = [history.window.stop + offset for offset in MOMENTS]
    survivals = {day: survival(table, day) for day in days_judged}
    return World(seed, customers, history, table, catalog, survivals)


def tell(world: World, chunk: int, dice: Dice) -> Story:
    """Return the story of a chunk."""
    history, catalog = world.history, world.catalog
    first = chunk * CHUNK
    count = min(CHUNK, world.customers - first)
    who = souls(count, history, dice["souls"])
    lives = live(who, world.chances, dice["lives"])
    people = settle(first + np.arange(count), dice["people"])
    strangers = round(count * PASSER_BY_RATIO)
    devices = equip(count, strangers, dice["devices"])
    visits = visit(lives, devices, history, catalog.mail_days, dice["visits"])
    baskets, orders = shop_around(lives, visits, history, dice["purchases"])
    opened = logins.open_accounts(who, orders, history, dice["accounts"])
    shop, crm, mailing_list = _registers(people, who, opened, chunk, history, dice)
    login = logins.log_in(
        visits, devices, orders, shop.records, shop.created, dice["logins"]
    )
    human = events.play(visits, baskets, orders, login, catalog, dice["events"])
    machines = crawl(human.count, len(devices.owner), history, dice["bots"])
    return Story(
        who=who,
        lives=lives,
        people=people,
        devices=devices,
        visits=visits,
        baskets=baskets,
        orders=replace(orders, placed=events.placed_at(human, orders)),
        logins=login,
        shop=shop,
        crm=crm,
        mailing_list=mailing_list,
        events=events.concat(human, machines.events),
        bots=machines,
        stranger_numbers=STRANGERS + first * 2 + np.arange(strangers),
        mail=mail.correspond(who, lives, visits, catalog, history, dice["mail"]),
    )


def _registers(
    people: People, who: Souls, opened: Ints, chunk: int, history: History, dice: Dice
) -> tuple[Register, Register, Register]:
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
        created = _created(records, opened, name, history.end_ms, rng)
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

