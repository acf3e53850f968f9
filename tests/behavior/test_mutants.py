"""The comparison is able to fail: a model that is wrong at one edge is found out."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.behavior import shop
from tests.behavior.judging import judgement
from tests.behavior.loads import many_lines
from tests.behavior.mutants import Mutant, mutated, project_copy
from warehouse.settings import Settings

SESSIONS = "models/behavior/sessions.sql"
CARTS = "models/behavior/carts.sql"
STATES = "models/behavior/cart_states.sql"
HABITS = "models/behavior/email_habits.sql"
STRATEGIES = "macros/incremental_strategies.sql"


class Spoiled(NamedTuple):
    """A table, and what is wrong with the model that makes it."""

    table: str
    mutant: Mutant


MUTANTS = {
    "merges no session": Spoiled(
        "behavior.sessions",
        Mutant(
            SESSIONS,
            """    union all
    select events.*
    from events
    inner join touched
        on
            events.visitor_id = touched.visitor_id
            and events.occurred_at >= touched.started_at
            and events.occurred_at <= touched.ended_at
    where
        events.load_seq <= {{ mark }}
        and events.occurred_at >= {{ near_span.first }}
        and events.occurred_at <= {{ near_span.last }}
""",
        ),
    ),
    "leaves in a cart what was put in just when it was bought": Spoiled(
        "behavior.carts", Mutant(CARTS, "event_id nulls last", "event_id nulls first")
    ),
    "ends the next cart by an order that its device told": Spoiled(
        "behavior.cart_states",
        Mutant(
            STATES,
            "not list_contains(customer_orders.visitor_ids, carts.visitor_id)",
            "true",
        ),
    ),
    "takes an edge for recent": Spoiled(
        "behavior.email_habits",
        Mutant(
            HABITS,
            "reached_at > moments.recent_from_at",
            "reached_at >= moments.recent_from_at",
        ),
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that may be spoiled."""
    return project_copy(tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found_out(project: Path, tmp_path: Path, name: str) -> None:
    settings = Settings(project, tmp_path / "data")
    lines = many_lines(120, seed=4)
    table, mutant = MUTANTS[name]
    with mutated(project, mutant):
        for load in range(4):
            shop.land(settings, lines, load)
            shop.build(settings, [f"+{table.split('.')[1]}", "+stg_esp__events"])
    assert judgement(settings, lines, only=[table])
