"""One shop of all scenarios, landed in several orders."""

import random
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

import pytest

from tests.behavior import shop
from tests.identity.landing import land
from tests.identity.scenarios import LARGEST, SCENARIOS
from warehouse.settings import PROJECT_DIR, Settings

TABLES = (
    *("identity_history", "identity_map", "identity_aliases", "identity_cuts"),
    *("identity_as_known", "identity_decisions", "identity_named_values"),
    *("denied_statements", "golden_profiles", "profile_lineage", "consent_verdicts"),
)
BUILT = [f"+{table}" for table in TABLES]
VARIABLES = {"largest_customer_records": LARGEST}
Shop = Callable[[int], Settings]


class Stay(NamedTuple):
    """A record with a customer, for a time."""

    record_id: str
    customer_id: str
    valid_from: datetime
    valid_to: datetime | None
    reason: str
    rule: str | None


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The shop whose lines came in this order; 0 is all at once, in the lines' own."""
    folder = tmp_path_factory.mktemp("scenarios")

    @cache
    def once(order: int) -> Settings:
        settings = Settings(PROJECT_DIR, folder / str(order))
        lines = [line for scenario in SCENARIOS.values() for line in scenario]
        drawn = random.Random(order)
        if order:
            drawn.shuffle(lines)
        loads = 1 if order == 0 else drawn.choice((2, 3))
        for load in range(loads):
            land(settings, lines[load::loads], load)
            shop.build(settings, BUILT, variables=VARIABLES)
        return settings

    return once


@pytest.fixture(scope="session")
def stays(landed: Shop) -> list[Stay]:
    """The history of all records, by record and time."""
    rows = shop.table(landed(0), "identity.identity_history")
    found = [Stay(*(row[name] for name in Stay._fields)) for row in rows]
    return sorted(found, key=lambda stay: stay[:3:2])
