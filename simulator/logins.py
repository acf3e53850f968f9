"""Who says their name where: accounts of the shop, and devices that log in to them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.behavior import Souls
from simulator.calendar import DAY, HOUR, MINUTE, History, Ints
from simulator.devices import Devices
from simulator.purchases import Orders
from simulator.records import Records
from simulator.visits import Visits

AT_START, AT_CHECKOUT = 3, 985
"""Place of an identify call in its session."""
ANONYMOUS, LOGGING_IN, LOGGED_IN = range(3)


@dataclass(frozen=True)
class Logins:
    """How each session stands to the account; one row a session."""

    state: Ints
    place: Ints
    """Place of the identify call, or -1 for none."""
    user: Ints
    """Row of the shop's record that the session's device logs in to."""
    user_of_device: Ints
    """The same, one row a device; -1 for those of passers-by."""


def open_accounts(
    who: Souls, orders: Orders, history: History, rng: np.random.Generator
) -> Ints:
    """Return the moment at which each person's account was opened.

    Before the first order, or some days after the first visit; long ago for those who
    knew the shop before.
    """
    known = history.midnight_ms(np.zeros(who.count, np.int64))
    known -= rng.integers(1 * DAY, 900 * DAY, who.count)
    waited = (who.arrival + rng.geometric(0.06, who.count)) * DAY
    came = history.midnight_ms(np.zeros(who.count, np.int64)) + waited
    came += rng.integers(7 * HOUR, 20 * HOUR, who.count)
    opened = np.where(who.arrival == 0, known, np.minimum(came, history.end_ms - HOUR))
    real = ~orders.is_test
    ordered = orders.placed[real] - 30 * MINUTE
    np.minimum.at(opened, orders.person[real], ordered)
    return opened


def log_in(
    visits: Visits,
    devices: Devices,
    orders: Orders,
    records: Records,
    created: Ints,
    rng: np.random.Generator,
) -> Logins:
    """Return in which sessions people log in, and in which they are logged in."""
    record = _records_of(devices, records, rng)
    user = record[visits.device]
    known = (user >= 0) & (visits.start > created[user])
    willing = known & devices.logs_in[visits.device]
    at_start = willing & (rng.random(visits.count) < 0.3)
    at_checkout = np.zeros(visits.count, np.bool_)
    tracked = orders.is_tracked & (rng.random(orders.count) < 0.8)
    at_checkout[orders.visit[tracked]] = True
    at_checkout &= willing | (known & (rng.random(visits.count) < 0.3))
    state = _states(visits, at_start | at_checkout)
    again = (state == LOGGED_IN) & (rng.random(visits.count) < 0.25)
    place = np.where(state == LOGGING_IN, np.where(at_start, AT_START, AT_CHECKOUT), -1)
    return Logins(
        state=state,
        place=np.where(again, AT_START, place),
        user=user,
        user_of_device=record,
    )


def _states(visits: Visits, triggers: npt.NDArray[np.bool_]) -> Ints:
    """Return anonymous before a device's first login, logged in ever after."""
    order = np.lexsort((visits.start, visits.device))
    device, trigger = visits.device[order], triggers[order]
    total = np.cumsum(trigger)
    opens = np.ones(len(order), np.bool_)
    opens[1:] = device[1:] != device[:-1]
    before = np.maximum.accumulate(np.where(opens, total - trigger, 0))
    logins: Ints = total - before
    ordered = np.where(logins == 0, ANONYMOUS, LOGGED_IN)
    ordered[trigger & (logins == 1)] = LOGGING_IN
    state = np.empty_like(ordered)
    state[order] = ordered
    return state


def _records_of(devices: Devices, records: Records, rng: np.random.Generator) -> Ints:
    """Return the record that each device logs in to: mostly the first one."""
    people = len(devices.count_of)
    main, other = np.full(people, -1), np.full(people, -1)
    is_twin = records.twin >= 0
    main[records.person[~is_twin]] = np.flatnonzero(~is_twin)
    other[records.person[is_twin]] = np.flatnonzero(is_twin)
    second = (other[devices.owner] >= 0) & (rng.random(len(devices.owner)) < 0.35)
    return np.where(second, other[devices.owner], main[devices.owner])
