"""Orders as the shop's exports tell them: again and otherwise, with each load."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from tests.behavior.histories import CART_STARTS, LEFT_AT, PATIENCE, STARTS
from tests.behavior.lines import days_apart

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Order:
    """One version of an order; with a `client` it has left its trace on the web."""

    order_id: str
    customer: str
    client: str
    is_test: bool
    ordered_at: datetime
    email: str = ""
    currency: str = "EUR"
    amount: str = "10"
    status: str = "paid"
    cancelled_at: datetime | None = None
    changed_after: timedelta = timedelta()
    load: int = 0

    @property
    def updated_at(self) -> datetime:
        """When this version came to be."""
        return self.ordered_at + self.changed_after

    @property
    def device(self) -> str | None:
        """The visitor that its checkout knew."""
        return f"web:{self.client}" if self.client else None


@dataclass(frozen=True)
class Refund:
    """What is paid back, and the load that tells of it."""

    refund_id: str
    order_id: str
    customer: str
    amount: str
    refunded_at: datetime
    currency: str = "EUR"
    load: int = 0


# The visitors of these numbers leave their carts at LEFT_AT.
LEFT = (100_000, 100_002, 100_004, 100_006)

NAMED = (
    Order("1", "a", "", False, datetime(2019, 5, 2, 22, 30)),
    Order("2", "a", "", False, datetime(2019, 5, 2, 23, 30)),
    Order("3", "b", "device", False, datetime(2019, 5, 3)),
    Order("4", "b", "", True, datetime(2019, 5, 3)),
    # By visitors that left a cart at LEFT_AT: at once, at the end of patience, past it,
    # and as a test.
    Order("5", f"u-h{LEFT[0]}", "", False, LEFT_AT),
    Order("6", f"u-h{LEFT[1]}", "", False, LEFT_AT + timedelta(hours=4)),
    Order("7", f"u-h{LEFT[2]}", "", False, LEFT_AT + timedelta(hours=4, seconds=1)),
    Order("8", f"u-h{LEFT[3]}", "", True, LEFT_AT + timedelta(hours=1)),
)
# Since a visitor's history began: at once, at an edge of patience, and a day later.
SINCE = (0, 1, PATIENCE - 1, PATIENCE, PATIENCE + 1, 2 * PATIENCE, 86_400, 86_401)

FATES = (
    *("as placed",) * 3,
    "free",
    "changed",
    "changed twice",
    "changed at one moment",
    "an old version late",
    "cancelled",
    "cancelled for a while",
    "voided",
    "on another device",
    "on a device after all",
    "a guest",
    "a guest, then the account",
    "a guest, then the account's old version",
    "the account, then a guest",
    "a guest of one address, an account of another",
    "two accounts",
    "nobody later",
    "nobody first",
    "an account that is set aside",
)


def order_of(number: int) -> Order:
    """An order of this visitor: told by its device too or not, or of a neighbour's."""
    rng = Random(number)
    since = timedelta(seconds=rng.choice(SINCE)) + days_apart(number)
    client = number + (rng.random() < 0.2)
    return Order(
        order_id=f"h{number}-{rng.choice(('o1', 'o2', 'o3', 'o4', 'untold'))}",
        customer=f"u-h{number}",
        client=f"h{client}",
        is_test=rng.random() < 0.1,
        ordered_at=rng.choice((*STARTS, *CART_STARTS)) + since,
    )


def versions_of(number: int) -> list[Order]:
    """All that the exports ever say of this visitor's order."""
    rng = Random(f"versions of {number}")
    loads = sorted((rng.randint(1, 3), rng.randint(1, 3)))
    return _versions(order_of(number), rng.choice(FATES), loads)


def _versions(placed: Order, fate: str, loads: Sequence[int]) -> list[Order]:
    """The versions of an order with this fate; the first comes with load 0."""
    address = f"guest-{placed.customer}@post.test"
    guest = replace(placed, customer="", email=address)
    nobody = replace(placed, customer="")
    later = replace(placed, load=loads[0], changed_after=DAY)
    account = replace(later, email=address.upper())
    latest = replace(later, load=loads[1], changed_after=2 * DAY)
    versions = {
        "as placed": [placed],
        "free": [replace(placed, amount="0")],
        "changed": [placed, replace(later, amount="12.50", currency="chf")],
        "changed twice": [
            placed,
            replace(latest, load=loads[0], amount="30"),
            replace(later, load=loads[1], amount="20"),
        ],
        "changed at one moment": [
            placed,
            replace(placed, load=loads[0], amount="11.01"),
        ],
        "an old version late": [
            placed,
            replace(later, amount="9", changed_after=-HOUR, is_test=True),
        ],
        "cancelled": [
            placed,
            replace(later, cancelled_at=placed.ordered_at + HOUR, status="voided"),
        ],
        "cancelled for a while": [
            placed,
            replace(later, cancelled_at=placed.ordered_at),
            replace(latest, load=loads[1], cancelled_at=datetime(2400, 1, 1)),
        ],
        "voided": [placed, replace(later, status="VOIDED")],
        "on another device": [placed, replace(later, client=f"{placed.client}0")],
        "on a device after all": [replace(placed, client=""), later],
        "a guest": [guest],
        "a guest, then the account": [guest, account],
        "a guest, then the account's old version": [
            guest,
            replace(account, changed_after=-HOUR),
        ],
        "the account, then a guest": [
            replace(placed, email=address),
            replace(guest, email=address.title(), load=loads[0], changed_after=HOUR),
        ],
        "a guest of one address, an account of another": [
            guest,
            replace(later, email=f"other-{address}"),
        ],
        "two accounts": [
            placed,
            replace(
                later,
                customer=f"other-{placed.client}",
                ordered_at=placed.ordered_at + HOUR,
            ),
        ],
        "nobody later": [placed, replace(nobody, load=loads[0], changed_after=HOUR)],
        "nobody first": [nobody, later],
        "an account that is set aside": [guest, replace(account, amount="ten")],
    }
    return versions[fate]


def refunds_of(number: int) -> list[Refund]:
    """What this visitor's order pays back: nothing, a part, all or more."""
    rng, order = Random(f"refunds of {number}"), order_of(number)
    load = rng.randint(0, 3)

    def refund(place: int, amount: str, since: timedelta, currency: str) -> Refund:
        order_id = order.order_id if rng.random() < 0.9 else ""
        customer = rng.choice((order.customer, "", f"other-{order.client}"))
        moment = order.ordered_at + since
        return Refund(
            f"r{number}-{place}", order_id, customer, amount, moment, currency, load
        )

    one = refund(1, "4", HOUR, "EUR")
    whole = refund(1, "10", DAY, rng.choice(("EUR", "eur", "CHF")))
    rest = refund(2, "6", rng.choice((timedelta(), HOUR, DAY)), "EUR")
    less = replace(one, amount="3.99", load=min(load + 1, 3))
    return rng.choice(([], [], [], [one], [whole], [one, rest], [less, rest]))


VERSIONS = [*NAMED, *(order for n in range(400) for order in versions_of(n))]
REFUNDS = [refund for n in range(400) for refund in refunds_of(n)]
