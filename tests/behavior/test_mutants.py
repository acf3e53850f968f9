"""The comparison is able to fail: a model that is wrong at one edge is found out."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.behavior import shop
from tests.behavior.histories import LOADS
from tests.behavior.judging import judgement
from tests.behavior.loads import many_lines
from tests.behavior.mutants import Mutant, mutated, project_copy
from warehouse.settings import Settings

SESSIONS = "models/behavior/sessions.sql"
CARTS = "models/behavior/carts.sql"
STATES = "models/behavior/cart_states.sql"
ORDERS = "models/behavior/orders.sql"
WEB_ORDERS = "models/behavior/web_orders.sql"
REFUNDS = "models/behavior/refunds.sql"
HABITS = "models/behavior/email_habits.sql"
STRATEGIES = "macros/incremental_strategies.sql"


class Spoiled(NamedTuple):
    """A table, and what is wrong with the model that makes it.

    Few are wrong only where an increment follows; the others are built once.
    """

    table: str
    mutant: Mutant
    needs_increments: bool = False


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
        needs_increments=True,
    ),
    "leaves in a cart what was put in just when it was bought": Spoiled(
        "behavior.carts",
        Mutant(CARTS, "event_id nulls last", "event_id nulls first"),
    ),
    "ends the next cart by an order that its device told": Spoiled(
        "behavior.cart_states",
        Mutant(
            STATES,
            "not list_contains(customer_orders.visitor_ids, carts.visitor_id)",
            "true",
        ),
    ),
    "counts an order until more than all is paid back": Spoiled(
        "behavior.orders",
        Mutant(
            ORDERS, "running_amount >= total_amount", "running_amount > total_amount"
        ),
    ),
    "forgets that a guest had an account": Spoiled(
        "behavior.orders",
        Mutant(
            "macros/buyers.sql",
            """            max(user_id) filter (where quarantine_reason is null) over (
                partition by order_id, lower(email)
            ),
""",
        ),
    ),
    "lets a copy that tells as much void the first": Spoiled(
        "behavior.web_orders",
        Mutant(WEB_ORDERS, "worth > worth_before", "worth >= worth_before"),
    ),
    "tells an order by the copy that happened first": Spoiled(
        "behavior.web_orders",
        Mutant(
            WEB_ORDERS,
            "window told as (partition by order_key order by received_at, event_id)",
            "window told as (partition by order_key order by occurred_at, event_id)",
        ),
    ),
    "pays back to any buyer of an id": Spoiled(
        "behavior.refunds",
        Mutant(
            REFUNDS,
            "case when orders.record_id = refunds.record_id then 0 else 1 end",
            "orders.order_key",
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


@pytest.mark.soak
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found_out(project: Path, tmp_path: Path, name: str) -> None:
    settings = Settings(project, tmp_path / "data")
    lines = many_lines(120, seed=4)
    table, mutant, needs_increments = MUTANTS[name]
    with mutated(project, mutant):
        for load in range(LOADS):
            shop.land(settings, lines, load)
            if needs_increments or load == LOADS - 1:
                shop.build(settings, [f"+{table.split('.')[1]}", "+stg_esp__events"])
    assert judgement(settings, lines, only=[table])
