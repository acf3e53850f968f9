"""A run whose clock is set back knows what a run of that day knew: profiles, consent.

A register is no history: it keeps the newest version of a row alone, so a row that was
touched after the clock says nothing. All that lands later here is new.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.behavior import shop
from tests.identity.landing import (
    Line,
    account,
    contact,
    decided,
    land,
    mailed,
    order,
    seen,
    subscriber,
)
from warehouse.settings import PROJECT_DIR, Settings

CLOCK = {"as_of": "2025-06-15 12:00:00"}
TABLES = (
    *("golden_profiles", "profile_lineage", "consent_verdicts", "consents"),
    *("refused_elsewhere", "verified_emails", "denied_statements", "profile_choices"),
)
BUILT = [f"+{table}" for table in TABLES]
ANN, BEA, CY = (f"{name}@example.org" for name in ("ann", "bea", "cy"))

EARLY: list[Line] = [
    account("ann", "01-01", email=ANN, accepts_email="true", first_name="Ann"),
    seen("ann", "02-01", user="ann", email=ANN, phone="+49 170 1230009"),
    seen("ann", "02-02", user="ann", email="other@example.org"),
    subscriber(ANN, "02-03", agrees=True),
    mailed(ANN, "02-04", "delivered"),
    account("bea", "01-02", email=BEA, accepts_email="true"),
    contact("bea", "01-03", email=BEA, first_name="Bea"),
    subscriber(BEA, "02-03", agrees=True),
    account("cy", "01-04", email=CY),
    mailed(CY, "02-05", "bounce"),
    decided("cannot_link", "user_id namesake", "user_id ann", "03-01"),
    # At the very moment of the clock.
    mailed("other@example.org", "06-01", "unsubscribe", received="06-15"),
]
LATE: list[Line] = [
    # Seen again with what was known, which is more recent then; and with what was not.
    seen("ann", "07-01", user="ann", email=ANN, phone="+49 170 1230009"),
    seen("ann", "07-02", user="ann", firstName="Anna"),
    # Happened before, and was heard of later.
    mailed(ANN, "06-02", "unsubscribe", received="06-16"),
    mailed(ANN, "06-03", "bounce", received="06-16"),
    mailed(CY, "06-04", "delivered", received="06-16"),
    # Records that are nobody's yet; one refuses mail to somebody's address.
    contact("ann", "06-20", email=ANN, first_name="Annabel"),
    contact("no", "06-21", email=CY, first_name="Cy"),
    order("cy", "06-22", "", "cy-1", CY),
    subscriber(CY, "06-23", agrees=False),
    account("namesake", "06-24", email=ANN, accepts_email="false"),
    decided("cannot_link", f"email {BEA}", "user_id bea", "06-25"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Any]]:
    """A table as of the clock: of that day's files, of all, and of all as of now."""
    folder: Path = tmp_path_factory.mktemp("clocks")
    then, back, now = (
        Settings(PROJECT_DIR, folder / n) for n in ("then", "back", "now")
    )
    land(then, EARLY, 0)
    shop.build(then, BUILT, variables=CLOCK)
    for settings, clock in ((back, CLOCK), (now, {})):
        land(settings, EARLY, 0)
        land(settings, LATE, 1)
        shop.build(settings, BUILT, variables=clock)

    def rows(table: str) -> list[Any]:
        found = [shop.table(one, f"identity.{table}") for one in (then, back, now)]
        return [shop.counted(one, sorted(one[0]) if one else []) for one in found]

    return rows


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_known_that_came_later(
    table: str, told: Callable[[str], list[Counter[Any]]]
) -> None:
    then, back, now = told(table)
    assert back == then
    assert now != then, "what comes later changes nothing here: the test shows nothing"


def test_what_came_at_the_moment_of_the_clock_is_known(
    told: Callable[[str], list[Counter[Any]]],
) -> None:
    _, back, _ = told("refused_elsewhere")
    _, verdicts, _ = told("consent_verdicts")
    assert not back
    assert any(("told_by", "unsubscribed") in row for row in verdicts)
