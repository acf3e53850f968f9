"""Who is in which live segment at a moment, in plain Python, by all that is known."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.ledger.exact import Act, midnight, shop_day

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
WINDOWS = (
    timedelta(0), timedelta(minutes=15), timedelta(hours=4), timedelta(hours=24),
    timedelta(hours=48), 3 * DAY, 4 * DAY, 5 * DAY, 7 * DAY,
)  # fmt: skip
MIDNIGHTS = (0, 7, 30, 60)


class Facts(NamedTuple):
    """A customer at a moment: what had happened by then."""

    at: datetime
    acts: Sequence[Act]
    stage: str | None = None

    def times(self, *names: str) -> list[datetime]:
        return [act.at for act in self.acts if act.name in names]

    def active(self) -> list[datetime]:
        return [act.at for act in self.acts if not act.name.startswith("email_")]

    def within(self, times: list[datetime], length: timedelta) -> int:
        """So many in a window that includes its end."""
        return sum(self.at - one <= length for one in times)

    def days(self, times: list[datetime], first: int, end: int) -> int:
        """So many from `first` days back, but not `end` days or more."""
        today = shop_day(self.at)
        return sum(first <= (today - shop_day(one)).days < end for one in times)

    def orders(self) -> list[Act]:
        return [
            act
            for act in self.acts
            if act.name == "order_placed"
            and (act.void_at is None or self.at < act.void_at)
        ]

    def last(self, *names: str) -> datetime | None:
        return max(self.times(*names), default=None)

    def age(self, moment: datetime) -> int:
        return (self.at - moment) // DAY


def abandoner(facts: Facts) -> bool:
    added, active = facts.last("product_added"), max(facts.active(), default=None)
    bought = max((order.at for order in facts.orders()), default=None)
    return (
        added is not None
        and active is not None
        and added > facts.at - 5 * DAY
        and active <= facts.at - timedelta(hours=4)
        and (bought is None or bought < added)
    )


def hesitant(facts: Facts) -> bool:
    length = timedelta(hours=48)
    return (
        facts.within(facts.times("product_viewed"), length) > 0
        and facts.within(facts.times("product_added"), length) == 0
        and not abandoner(facts)
    )


def recent(facts: Facts) -> bool:
    return facts.within(facts.times("product_viewed"), timedelta(minutes=15)) > 0


def busy(facts: Facts) -> bool:
    active = facts.active()
    return facts.within(active, timedelta(hours=24)) >= 2 and len(active) < 9


def sleepy(facts: Facts) -> bool:
    active = facts.active()
    none = facts.within(active, timedelta(hours=24)) == 0
    return none and facts.days(active, 0, 7) >= 2 and not busy(facts)


def waning(facts: Facts) -> bool:
    before = facts.days(facts.active(), 30, 60)
    return before >= 1 and facts.days(facts.active(), 0, 30) * 2 < before


def newcomer(facts: Facts) -> bool:
    orders = facts.orders()
    return len(orders) == 1 and facts.age(orders[0].at) < 3


def lapsed(facts: Facts) -> bool:
    orders = [order.at for order in facts.orders()]
    return bool(orders) and 4 <= facts.age(max(orders)) <= 6


def worth(facts: Facts) -> bool:
    orders = facts.orders()
    late = facts.days([order.at for order in orders], 0, 30)
    return sum(order.amount for order in orders) > 15 and late > 0


def met(facts: Facts) -> bool:
    return newcomer(facts) and not recent(facts)


def silent(facts: Facts) -> bool:
    return not facts.active()


def back(facts: Facts) -> bool:
    return facts.stage == "back"


RULES: dict[str, Callable[[Facts], bool]] = {
    rule.__name__: rule
    for rule in (
        abandoner, hesitant, recent, busy, sleepy, waning, newcomer, lapsed, worth,
        met, silent, back,
    )
}  # fmt: skip


def began(acts: Sequence[Act]) -> datetime:
    """A customer is one from the first act on, or since the first was known."""
    return min(moment for act in acts for moment in (act.at, act.known_at))


def held(acts: Sequence[Act], at: datetime, stage: str | None = None) -> set[str]:
    """The segments that a customer of these acts is in at a moment."""
    if not acts or at < began(acts):
        return set()
    facts = Facts(at, [act for act in acts if act.at <= at], stage)
    return {name for name, rule in RULES.items() if rule(facts)}


def probes(acts: Sequence[Act], since: datetime, until: datetime) -> list[datetime]:
    """Every moment at which a rule may flip, and to either side of it."""
    found = {since, until}
    for act in acts:
        found |= set(_turns(act))
    ticked = {one + tick for one in found for tick in (-TICK, timedelta(0), TICK)}
    return sorted(one for one in ticked if since <= one <= until)


def _turns(act: Act) -> Iterator[datetime]:
    yield act.known_at
    if act.void_at is not None:
        yield act.void_at
    for length in WINDOWS:
        yield act.at + length
    for days in MIDNIGHTS:
        yield midnight(shop_day(act.at) + days * DAY)
