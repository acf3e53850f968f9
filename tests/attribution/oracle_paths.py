"""Paths of channels, and what each touch adds to them, in plain Python."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from tests.attribution.journeys import Order, Visit
from tests.attribution.oracle import BILLION, WINDOW, touches

Path = tuple[str, ...]


class Facts(NamedTuple):
    """How many orders, and customers without one, a path ended in; and the cents."""

    orders: int = 0
    lost: int = 0
    cents: int = 0


def paths(
    visits: list[Visit], orders: list[Order], customers: dict[str, str]
) -> dict[Path, Facts]:
    """Every path of the shop."""
    found: dict[Path, Facts] = {}
    counted = [order for order in orders if not order.is_void]
    for order in counted:
        if before := touches(order, visits, customers):
            cents = int(order.amount.scaleb(2))
            _add(found, before, Facts(orders=1, cents=cents))
    buyers = {customers[order.device] for order in counted}
    for customer in sorted(set(customers.values()) - buyers):
        mine = [visit for visit in visits if customers[visit.device] == customer]
        mine.sort(key=lambda visit: (visit.started_at, visit.session_id))
        if mine:
            end = mine[-1].started_at
            late = [visit for visit in mine if end - visit.started_at <= WINDOW]
            _add(found, late, Facts(lost=1))
    return found


def parts(path: Path, known: Mapping[Path, Facts]) -> list[Fraction]:
    """The share of each touch: what the path loses without it, none below nothing."""
    added = [
        max(_rate(path, known) - _rate(once(path[:at] + path[at + 1 :]), known), 0)
        for at in range(len(path))
    ]
    if not any(added):
        return [Fraction(int(at == len(path) - 1)) for at in range(len(path))]
    return [Fraction(one, sum(added)) for one in added]


def once(channels: Sequence[str]) -> Path:
    """The same channel several times in a row is one touch."""
    return tuple(channel for channel, _ in groupby(channels))


def _rate(path: Path, known: Mapping[Path, Facts]) -> int:
    """The billionths of a path that ended in an order."""
    facts = known.get(path)
    return facts.orders * BILLION // (facts.orders + facts.lost) if facts else 0


def _add(found: dict[Path, Facts], visits: list[Visit], more: Facts) -> None:
    path = once([visit.channel for visit in visits])
    sums = zip(found.get(path, Facts()), more, strict=True)
    found[path] = Facts(*(one + other for one, other in sums))
