"""The stages of drawn histories, held to an oracle at every moment that may matter."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from tests.behavior.conftest import drawn
from tests.compiled import Row, asked, run, tables
from tests.lifecycle.oracle import History, stage

BEGAN = datetime(2025, 3, 1, 12)
AS_OF = BEGAN + timedelta(days=150)
SHOP = ZoneInfo("Europe/Berlin")
TICK = timedelta(microseconds=1)
HOURS_4, DAYS_30, DAYS_60 = 4 * 3600, 30 * 86400, 60 * 86400
# Seconds from one act to the next: the ends of the windows, and to either side.
GAPS = (
    0, 1, 3600, HOURS_4 - 1, HOURS_4, HOURS_4 + 1, 10 * 86400, DAYS_30 - 1, DAYS_30,
    DAYS_30 + 1, DAYS_60 - 1, DAYS_60, DAYS_60 + 1,
)  # fmt: skip
WINDOWS = (0, HOURS_4, DAYS_30, DAYS_60)
NAMES = (
    "page_viewed", "product_viewed", "product_viewed", "email_link_clicked",
    "product_added", "order_placed", "email_delivered",
)  # fmt: skip
ACTS = st.lists(
    st.tuples(st.sampled_from(GAPS), st.sampled_from(NAMES), st.integers(0, 1)),
    max_size=14,
)
KNOWN_AFTER = st.sampled_from((-DAYS_60, -1, 0, 1, DAYS_30))
MODELS = (
    "lifecycle_acts", "lifecycle_states", "lifecycle_history", "stage_moments",
    "stage_moves", "lifecycle_transitions",
)  # fmt: skip
STAGES = {
    "new_visitor", "engaged_prospect", "cart_abandoner", "first_time_buyer",
    "repeat_buyer", "lapsed", "reactivated",
}  # fmt: skip


class Told(NamedTuple):
    """All histories as one shop, and what the models made of them."""

    histories: dict[str, History]
    stays: dict[str, list[Row]]
    transitions: list[Row]


def moment(seconds: int) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def told(compile_dir: Path) -> Told:
    """Hundreds of histories, each of a customer with two devices."""
    histories: dict[str, History] = {}
    lines: list[tuple[str, str, datetime]] = []
    drawings = drawn(st.tuples(KNOWN_AFTER, ACTS), 600, seed=6)
    for number, (known_after, acts) in enumerate(drawings):
        name, seconds, told_acts = f"c{number}", 0, []
        for gap, act, device in acts:
            seconds += gap
            told_acts.append((moment(seconds), act))
            lines.append((f"{name}:{device}", act, moment(seconds)))
        passed = [act for act in told_acts if act[0] <= AS_OF]
        histories[name] = History(moment(known_after), passed)
    random.Random(6).shuffle(lines)
    with tables(shop(histories, lines)) as database:
        run(compile_dir, database, MODELS)
        query = "from lifecycle.lifecycle_history order by customer_id, entered_at"
        stays: dict[str, list[Row]] = {name: [] for name in histories}
        for row in asked(database, query):
            stays[row["customer_id"]].append(row)
        return Told(
            histories, stays, asked(database, "from lifecycle.lifecycle_transitions")
        )


def shop(
    histories: dict[str, History], lines: list[tuple[str, str, datetime]]
) -> dict[str, pa.Table]:
    """The tables that stages are made of."""
    stamp = pa.timestamp("us")
    events = [line for line in lines if line[1] != "order_placed"]
    orders = [line for line in lines if line[1] == "order_placed"]
    passive = ("email_delivered", "email_opened")
    devices = [f"{name}:{device}" for name in histories for device in (0, 1)]
    return {
        "staging.as_of": pa.table({"as_of_at": pa.array([AS_OF], stamp)}),
        "identity.identity_map": pa.table(
            {
                "record_id": devices,
                "customer_id": [device.split(":")[0] for device in devices],
            }
        ),
        "identity.golden_profiles": pa.table(
            {
                "customer_id": list(histories),
                "first_received_at": pa.array(
                    [one.known_at for one in histories.values()], stamp
                ),
            }
        ),
        "behavior.events": pa.table(
            {
                "record_id": [record for record, _, _ in events],
                "event_name": [name for _, name, _ in events],
                "occurred_at": pa.array([at for _, _, at in events], stamp),
                "is_human": [True] * len(events),
                "is_activity": [name not in passive for _, name, _ in events],
            }
        ),
        "behavior.orders": pa.table(
            {
                "record_id": [record for record, _, _ in orders],
                "order_id": [str(place) for place, _ in enumerate(orders)],
                "order_key": [str(place) for place, _ in enumerate(orders)],
                "source": ["shop"] * len(orders),
                "ordered_at": pa.array([at for _, _, at in orders], stamp),
                "total_amount": [10] * len(orders),
                "known_since_at": pa.array([at for _, _, at in orders], stamp),
                "void_since_at": pa.array([None] * len(orders), stamp),
            }
        ),
    }


def probes(history: History) -> Iterator[datetime]:
    """Every moment at which a rule may begin or cease to hold, and to either side."""
    moments = [history.began_at, history.known_at, *(at for at, _ in history.active)]
    for at in moments:
        for window in WINDOWS:
            for tick in (-TICK, timedelta(0), TICK):
                probe = at + timedelta(seconds=window) + tick
                if history.began_at <= probe <= AS_OF:
                    yield probe
    yield AS_OF


def test_every_stage_is_drawn(told: Told) -> None:
    rows = [row for stays in told.stays.values() for row in stays]
    assert {row["lifecycle_stage"] for row in rows} == STAGES
    moves = {(row["former_stage"], row["lifecycle_stage"]) for row in rows}
    assert len(moves) >= 25
    assert {row["moved_by"] for row in rows} == {"event", "time"}


def test_a_stage_is_what_the_rules_say_at_every_moment(told: Told) -> None:
    for name, history in told.histories.items():
        for probe in probes(history):
            found = [
                row["lifecycle_stage"]
                for row in told.stays[name]
                if row["entered_at"] <= probe
                and (row["left_at"] is None or probe < row["left_at"])
            ]
            assert found == [stage(history, probe)], (history, probe)


def test_stays_tile_the_time_from_the_first_event_on(told: Told) -> None:
    for name, history in told.histories.items():
        stays = told.stays[name]
        assert stays[0]["entered_at"] == history.began_at
        assert stays[0]["former_stage"] is None
        assert stays[-1]["left_at"] is None
        for former, later in pairwise(stays):
            assert former["left_at"] == later["entered_at"]
            assert former["lifecycle_stage"] == later["former_stage"]
            assert former["lifecycle_stage"] != later["lifecycle_stage"]
        assert stays[-1]["entered_at"] <= AS_OF


def test_a_move_says_whether_only_time_made_it(told: Told) -> None:
    for name, history in told.histories.items():
        acts = {history.began_at, *(at for at, _ in history.active)}
        for row in told.stays[name]:
            expected = "event" if row["entered_at"] in acts else "time"
            assert row["moved_by"] == expected, (history, row)


def test_transitions_count_every_customer_at_every_monday(told: Told) -> None:
    first = min(history.began_at for history in told.histories.values())
    day = first.replace(tzinfo=UTC).astimezone(SHOP).date()
    monday = day - timedelta(days=day.weekday())
    moments: list[datetime] = []
    while True:
        midnight = datetime(monday.year, monday.month, monday.day, tzinfo=SHOP)
        at = midnight.astimezone(UTC).replace(tzinfo=None)
        if at >= AS_OF:
            break
        moments.append(at)
        monday += timedelta(days=7)
    counts: Counter[tuple[datetime | None, datetime, str, str]] = Counter()
    for former, later in pairwise([None, *moments, AS_OF]):
        for history in told.histories.values():
            before = stage(history, former) if former else None
            after = stage(history, later)
            if after:
                counts[former, later, before or "not yet seen", after] += 1
    found = {
        (row["from_at"], row["to_at"], row["from_stage"], row["to_stage"]): row[
            "customer_count"
        ]
        for row in told.transitions
    }
    assert len(found) == len(told.transitions)
    assert found == dict(counts)
