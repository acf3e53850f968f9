"""When people come: the sessions of a chunk, on which device and with what in mind."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.behavior import Lives
from simulator.calendar import DAY, HOUR, MINUTE, History, Ints
from simulator.catalog import Catalog
from simulator.devices import Devices
from simulator.latent import CLICKED, MANY_VIEWS

# Visits in Berlin, three hours at a time: quiet nights, a peak in the evening.
_BY_HOUR = np.repeat([3, 1, 5, 10, 11, 11, 17, 13], 3)


@dataclass(frozen=True)
class Visits:
    """One row a session."""

    person: Ints
    """A row of the people; passers-by come after them."""
    day: Ints
    start: Ints
    device: Ints
    views: Ints
    """Number of products looked at."""
    newsletter: Ints
    """Number of the newsletter that was clicked, or -1."""
    slot: Ints
    """Place of the session among the day's: orders take the first ones."""

    @property
    def count(self) -> int:
        """Return the number of sessions."""
        return len(self.person)

    def linked_product(self, catalog: Catalog) -> Ints:
        """Return the product behind the clicked link; any one for other sessions."""
        link = self.person % catalog.mail_products.shape[1]
        product: Ints = catalog.mail_products[self.newsletter, link]
        return product


def visit(
    lives: Lives,
    devices: Devices,
    history: History,
    newsletters: Ints,
    rng: np.random.Generator,
) -> Visits:
    """Return the sessions in the window, of people and passers-by."""
    person, day = np.nonzero(lives.views[:, history.window])
    day += history.window.start
    level = lives.views[person, day].astype(np.int64)
    orders = lives.has_order[person, day] + 0 + lives.has_cancelled[person, day]
    sessions = np.maximum(
        1 + (level == MANY_VIEWS) * rng.integers(0, 2, len(day)), orders
    )
    strangers = _passers_by(devices, len(lives.views), history, rng)
    person = np.concatenate([np.repeat(person, sessions), strangers[0]])
    day = np.concatenate([np.repeat(day, sessions), strangers[1]])
    level = np.concatenate([np.repeat(level, sessions), strangers[2]])
    known = person < len(lives.views)
    row = np.where(known, person, 0)
    slot = _slots(person, day)
    clicked = known & (slot == 0) & (lives.reaction[row, day] == CLICKED)
    number = np.searchsorted(newsletters, day)
    chance = rng.random(len(person))
    return Visits(
        person=person,
        day=day,
        start=history.midnight_ms(day) + _time_of_day(clicked, rng),
        device=devices.choose(person, chance[np.arange(len(person)) - slot]),
        views=_view_counts(level, rng),
        newsletter=np.where(clicked, number, -1),
        slot=slot,
    )


def _passers_by(
    devices: Devices, people: int, history: History, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Return person, day and level of views for visitors who never say their name."""
    strangers = np.arange(people, len(devices.first_of))
    visits = np.minimum(rng.geometric(0.6, len(strangers)), 8)
    person = np.repeat(strangers, visits)
    arrival = np.repeat(rng.integers(0, history.window_days, len(strangers)), visits)
    gap = rng.geometric(0.12, len(person)) * (_slots(person, person * 0) > 0)
    day = history.window.start + arrival + gap
    kept = day < history.window.stop
    level = 1 + (rng.random(len(person)) < 0.12)
    return person[kept], day[kept], level[kept]


def _slots(person: Ints, day: Ints) -> Ints:
    """Number the rows of each person and day, which stand side by side."""
    opens = np.ones(len(person), np.bool_)
    opens[1:] = (person[1:] != person[:-1]) | (day[1:] != day[:-1])
    rows = np.arange(len(person))
    return rows - np.maximum.accumulate(np.where(opens, rows, 0))


def _time_of_day(clicked: npt.NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    """Return milliseconds after midnight UTC; after a click, soon after the mail."""
    hour = rng.choice(24, len(clicked), p=_BY_HOUR / _BY_HOUR.sum())
    usual = hour * HOUR - HOUR + rng.integers(0, HOUR, len(clicked))
    delay = (np.exp(rng.normal(4.2, 1.3, len(clicked))) * MINUTE).astype(np.int64)
    mailed = 8 * HOUR + 3 * MINUTE + delay % (14 * HOUR)
    return np.where(clicked, mailed, usual % DAY)


def _view_counts(level: Ints, rng: np.random.Generator) -> Ints:
    many = 3 + rng.geometric(0.22, len(level))
    few = rng.geometric(0.5, len(level))
    return np.minimum(np.where(level == MANY_VIEWS, many, few), 40)
