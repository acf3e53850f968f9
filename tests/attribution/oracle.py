"""The credits of an order in plain Python: fractions, then one way to cut them."""

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from tests.attribution.journeys import Order, Visit

WINDOW = timedelta(days=30)
BILLION = 10**9


def touches(
    order: Order, visits: list[Visit], customers: dict[str, str]
) -> list[Visit]:
    """The sessions of the customer within the window, both ends in, by time."""
    customer = customers[order.device]
    return sorted(
        (
            visit
            for visit in visits
            if customers.get(visit.device) == customer
            and timedelta(0) <= order.ordered_at - visit.started_at <= WINDOW
        ),
        key=lambda visit: (visit.started_at, visit.session_id),
    )


def shares(channels: list[str]) -> dict[str, list[Fraction]]:
    """The exact share of each session, by each model."""
    count = len(channels)
    others = [place for place in range(count) if channels[place] != "Direct"]
    deciding = others[-1] if others else count - 1
    return {
        "first": _all_to(0, count),
        "last": _all_to(count - 1, count),
        "last_non_direct": _all_to(deciding, count),
        "linear": [Fraction(1, count)] * count,
        "position_based": _by_position(count),
    }


def cut(parts: list[Fraction], whole: int) -> list[int]:
    """Whole numbers that add up to `whole`: running totals, cut off towards zero."""
    totals = [0, *(int(sum(parts[: end + 1]) * whole) for end in range(len(parts)))]
    return [after - before for before, after in pairwise(totals)]


def amounts(parts: list[Fraction], cents: int) -> list[int]:
    """The cents of each session: what its billionths of the order stand for."""
    return cut([Fraction(part, BILLION) for part in cut(parts, BILLION)], cents)


def _all_to(place: int, count: int) -> list[Fraction]:
    return [Fraction(int(one == place)) for one in range(count)]


def _by_position(count: int) -> list[Fraction]:
    if count <= 2:
        return [Fraction(1, count)] * count
    ends, between = Fraction(2, 5), Fraction(1, 5) / (count - 2)
    return [ends, *([between] * (count - 2)), ends]
