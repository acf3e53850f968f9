"""The true moments of live segments: drawn histories, held to an oracle."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.ledger.exact import Act, ExactShop, midnight, shop_day
from tests.ledger.exact_oracle import RULES, held, probes
from tests.pipeline.live import in_memory

AS_OF = datetime(2025, 4, 5, 12)
# In the night to March 30th the clocks of the shop go forward.
BEGAN = midnight(shop_day(AS_OF) - timedelta(days=14))
TICK = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# From one act to the next: the ends of the windows, and to either side.
GAPS = [
    timedelta(0), TICK, timedelta(minutes=15), timedelta(minutes=15) + TICK,
    4 * HOUR, 4 * HOUR + TICK, 24 * HOUR, 24 * HOUR + TICK, 48 * HOUR,
    48 * HOUR + TICK, 3 * DAY - TICK, 3 * DAY, 5 * DAY, 5 * DAY + TICK, 31 * HOUR,
    6 * DAY + HOUR, 20 * DAY,
]  # fmt: skip
NAMES = (
    "product_viewed", "product_viewed", "product_added", "order_placed",
    "order_placed", "page_viewed", "email_opened",
)  # fmt: skip
CUSTOMERS = 120
Acts = dict[str, list[Act]]


def drawn(chance: random.Random, customers: int = CUSTOMERS) -> Acts:
    """Histories that end about now: each of a customer with two devices."""
    found: Acts = {}
    for number in range(customers):
        gaps = [chance.choice(GAPS) for _ in range(chance.randint(1, 9))]
        # Some acts lie on midnights of the shop, some on the very moment of the run.
        ends = [AS_OF, AS_OF + DAY, BEGAN + DAY, midnight(datetime(2025, 3, 31).date())]
        at = chance.choice(ends) - sum(gaps, timedelta(0))
        acts = []
        for gap in [timedelta(0), *gaps]:
            at += gap
            late = chance.choice([timedelta(0), timedelta(0), HOUR, 2 * DAY])
            name = chance.choice(NAMES)
            void = at + chance.choice(GAPS) if chance.random() < 0.2 else None
            void = void if name == "order_placed" else None
            record = f"c{number}:{chance.randint(0, 1)}"
            acts.append(Act(record, name, at, at + late, void_at=void))
        found[f"c{number}"] = acts
    return found


def owners(acts: Acts) -> dict[str, str]:
    return {act.record: name for name, told in acts.items() for act in told}


def known(acts: list[Act], moment: datetime) -> list[Act]:
    return [act for act in acts if act.known_at <= moment and act.at <= moment]


def true_stays(
    name: str, acts: list[Act], moment: datetime
) -> set[tuple[str, str, datetime, datetime | None]]:
    """By the oracle, from when until when somebody was in what, in the horizon."""
    since = midnight(shop_day(moment) - timedelta(days=14))
    found, inside = set(), dict[str, datetime]()
    told = [act for act in acts if act.known_at <= moment]
    for probe in probes(told, since, moment):
        now = held(told, probe)
        for segment in inside.keys() - now:
            found.add((name, segment, inside.pop(segment), probe))
        for segment in now - inside.keys():
            inside[segment] = probe
    return found | {(name, one, at, None) for one, at in inside.items()}


@pytest.fixture(scope="module")
def told(compile_dir: Path) -> Iterator[tuple[Acts, ExactShop]]:
    """All drawn histories as one shop, seen once."""
    acts = drawn(random.Random(7))
    with in_memory() as build:
        shop = ExactShop(build, compile_dir)
        shop.give(AS_OF, [one for own in acts.values() for one in own], owners(acts))
        shop.see()
        yield acts, shop


def test_stays_are_those_of_the_oracle(told: tuple[Acts, ExactShop]) -> None:
    acts, shop = told
    rows = shop.asked(
        "select customer_id, segment_name, entered_at, left_at"
        " from segments.exact_stays"
    )
    assert len(rows) == len(set(rows))
    found = defaultdict(set)
    for row in rows:
        found[row[0]].add(row)
    for name, own in acts.items():
        assert found[name] == true_stays(name, own, AS_OF), own
    assert {row[1] for row in rows} == RULES.keys() - {"back"}
