"""Histories of visitors as Hypothesis draws them: late, twice and in any order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import strategies as st

from tests.behavior.lines import STYLES

LOADS = 4
KINDS = (
    "page",
    "screen",
    "Product Viewed",
    "Product Added",
    "Product Removed",
    "Checkout Started",
    "Order Completed",
    "identify",
)
# Seconds since the event before: exactly the limit, just above, across it and back.
GAPS = (0, 0.4, 1, 300, 301, 1799, 1800, 1800.001, 1801, 3600, 86_400)
# Just before and after midnights, in UTC and in the shop's zone, and a lost hour.
STARTS = (
    datetime(2019, 3, 30, 22, 45),
    datetime(2019, 3, 31, 0, 50),
    datetime(2019, 6, 1, 21, 59, 58, 900_000),
    datetime(2019, 6, 2, 0, 0),
    datetime(2018, 12, 31, 22, 45),
)
# When some visitors leave their carts; they order in the shop alone.
LEFT_AT = datetime(2019, 6, 1, 19, 0)
# Where a cart may have been left exactly as long as a clock set back then waits.
CART_STARTS = (datetime(2019, 6, 1, 20, 0, 29), datetime(2019, 6, 1, 20, 0, 30))
# Seconds until the collector had it; none: no stamp. Four years, a clock too fast.
DELAYS = (0, 1, 600, 86_400, 126_230_400, None, -1800, -3599, -3660)
AGENTS = ("Firefox/140", "Firefox/140", "Cubot X/1", "Googlebot/2", "Preview/3")


@dataclass(frozen=True)
class Telling:
    """One delivery of an event: the load that brought it, how late, in what style."""

    load: int
    delay: float | None
    style: str


def told(delays: Sequence[float | None]) -> st.SearchStrategy[tuple[Telling, ...]]:
    """Deliveries of one event: once or more, in loads that follow no order."""
    telling = st.builds(
        Telling,
        load=st.integers(0, LOADS - 1),
        delay=st.sampled_from(delays),
        style=st.sampled_from(STYLES),
    )
    return st.lists(telling, min_size=1, max_size=3).map(tuple)


@dataclass(frozen=True)
class Happening:
    """One thing that a visitor did, and each time that we were told of it."""

    gap: float
    kind: str
    tellings: tuple[Telling, ...]
    who: str
    id_of: str
    product: str
    price: str | None
    quantity: int | None
    order: str | None
    total: str | None
    currency: str | None


@dataclass(frozen=True)
class History:
    """All that one visitor did, from `start`."""

    start: datetime
    agent: str
    happenings: tuple[Happening, ...]


happenings = st.builds(
    Happening,
    gap=st.sampled_from(GAPS),
    kind=st.sampled_from(KINDS),
    tellings=told(DELAYS),
    who=st.sampled_from(("device",) * 6 + ("both", "user", "other", "nobody")),
    id_of=st.sampled_from(("own",) * 5 + ("before", "none")),
    product=st.sampled_from("pq"),
    price=st.sampled_from((None, "4", "5.50")),
    quantity=st.sampled_from((None, 1, 2)),
    order=st.sampled_from((None, "o1", "o2")),
    total=st.sampled_from((None, "0", "10", "12.34")),
    currency=st.sampled_from((None, "EUR", "eur", "CHF")),
)
histories = st.builds(
    History,
    start=st.sampled_from(STARTS),
    agent=st.sampled_from(AGENTS),
    happenings=st.lists(happenings, min_size=1, max_size=9).map(tuple),
)


def burst(head: Happening, rest: list[tuple[Telling, ...]]) -> History:
    """A visitor who does the same thing each second: at thirty a minute, a bot."""
    happenings = [replace(head, gap=1, id_of="own", tellings=told) for told in rest]
    return History(datetime(2019, 6, 2), AGENTS[0], tuple(happenings))


bursts = st.builds(
    burst, happenings, st.lists(told(DELAYS[:5]), min_size=29, max_size=32)
)

# Customers of two devices, one of them known by its user alone, who put things into
# carts and order on either: at once, just before patience ends, and long after.
PATIENCE = 4 * 3600
choices = st.builds(
    replace,
    happenings,
    gap=st.sampled_from((0, 0, 1, PATIENCE - 1, PATIENCE, PATIENCE + 1, 86_400)),
    kind=st.sampled_from(KINDS[3:] + ("Product Added", "Order Completed") * 2),
    order=st.sampled_from((None, "o1", "o2", "o3", "o4")),
    tellings=told((0, 0, 1, 600, None)),
    who=st.sampled_from(("both", "both", "user", "user", "device")),
    id_of=st.just("own"),
)
shoppers = st.builds(
    History,
    start=st.sampled_from((*STARTS, *CART_STARTS)),
    agent=st.just(AGENTS[0]),
    happenings=st.lists(choices, min_size=6, max_size=12).map(tuple),
)

# An order that its device tells again and again; copies overtake one another.
copies = st.builds(
    replace,
    happenings,
    gap=st.sampled_from((0, 1, 301)),
    kind=st.just("Order Completed"),
    order=st.just("o1"),
    tellings=told((86_400, 3600, 600, 0)),
    who=st.sampled_from(("device", "device", "both", "nobody")),
    id_of=st.just("own"),
)
retellings = st.builds(
    History,
    start=st.sampled_from(STARTS),
    agent=st.just(AGENTS[0]),
    happenings=st.lists(copies, min_size=2, max_size=6).map(tuple),
)

# A visitor who signs in, puts one thing into a cart and leaves it.
LEFT_CART = History(
    start=LEFT_AT,
    agent=AGENTS[0],
    happenings=(
        Happening(
            gap=0,
            kind="Product Added",
            tellings=(Telling(1, 0, "compact"),),
            who="both",
            id_of="own",
            product="p",
            price="4",
            quantity=1,
            order=None,
            total=None,
            currency="EUR",
        ),
    ),
)
