"""The story of one chunk: everything that happens to a fixed number of people.

A chunk depends on the seed and its own number alone, so that neither the order of the
chunks nor the number of threads changes a byte.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simulator import logins, mail, play
from simulator.baskets import Baskets
from simulator.behavior import Lives, Souls, live, souls
from simulator.bots import Crawl, crawl
from simulator.calendar import Ints
from simulator.devices import Devices, equip
from simulator.difficulty import PASSER_BY_RATIO
from simulator.events import Events, concat
from simulator.logins import Logins
from simulator.mail import MailEvents
from simulator.people import People, settle
from simulator.purchases import Orders, shop_around
from simulator.registers import Register, registers
from simulator.visits import Visits, visit
from simulator.world import CHUNK, Dice, World

STRANGERS: Final = 1_000_000_000
"""Numbers of passers-by begin here."""


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
    shop, crm, mailing_list = registers(
        people, who, opened, chunk, history.end_ms, dice
    )
    login = logins.log_in(
        visits, devices, orders, shop.records, shop.created, dice["logins"]
    )
    human = play.play(visits, baskets, orders, login, catalog, dice["events"])
    machines = crawl(human.count, len(devices.owner), history, dice["bots"])
    return Story(
        who=who,
        lives=lives,
        people=people,
        devices=devices,
        visits=visits,
        baskets=baskets,
        orders=replace(orders, placed=play.placed_at(human, orders)),
        logins=login,
        shop=shop,
        crm=crm,
        mailing_list=mailing_list,
        events=concat(human, machines.events),
        bots=machines,
        stranger_numbers=STRANGERS + first * 2 + np.arange(strangers),
        mail=mail.correspond(who, lives, visits, catalog, history, dice["mail"]),
    )
