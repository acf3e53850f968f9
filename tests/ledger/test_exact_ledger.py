"""What is believed of live segments: corrected by whatever arrives, never in place."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ml.spec import discover
from orchestration.occasions import REGISTERED
from tests.ledger.exact import (
    WHERES,
    Act,
    ExactShop,
    event_id,
    midnight,
    shop_day,
)
from tests.ledger.exact_oracle import probes
from tests.ledger.test_exact import AS_OF, DAY, HOUR, TICK, drawn, true_stays
from tests.pipeline.live import in_memory
from warehouse.segments.live import MODEL_OUTPUTS

SEEDS, CUSTOMERS, RUNS = 1, 24, 7
EXACT_ONLY = {"recent": WHERES["recent"], "silent": WHERES["silent"]}
START = datetime(2025, 4, 1, 12)
STANDING = """
    select customer_id, segment_name, entered_at, left_at
    from segments.standing_beliefs order by all
"""
WHY = """
    select entered_at, left_at, cause, entered_by_event_id, entered_by_timer,
        left_by_clause, left_by_event_id, left_by_timer
    from segments.standing_beliefs where customer_id = $1 and segment_name = $2
    order by entered_at
"""


@pytest.fixture
def shop(compile_dir: Path) -> Iterator[ExactShop]:
    """A shop that no run has seen."""
    with in_memory() as build:
        yield ExactShop(build, compile_dir)


def view(at: datetime, known_at: datetime | None = None, record: str = "ann") -> Act:
    return Act(record, "product_viewed", at, known_at or at)


ASKING = {
    "case": ("PURCHASE_30D_probability > 0.8", "p-30"),
    "decile": ("score_decile = 1", "p-30"),
    "churn": ("churn_probability > 0.5", "c"),
    "nested": ("greatest(next_order_value_amount * purchase_90d_probability) > 9",
               "o, p-90"),
    "cluster": ("cluster_name = 'keen'", "k"),
    "inherits": ("in_segment('nested') and score_decile = 1", "o, p-30, p-90"),
    "inverts": ("order_count > 2 and not_in_segment('inherits')", "o, p-30, p-90"),
    "silent": ("purchase_7d_probability > 0.5", None),
    "literal": ("lifecycle_stage = 'churn_probability'", None),
    "none": ("order_count > 2", None),
}  # fmt: skip


def test_a_segment_is_of_the_models_whose_outputs_its_rule_asks_for(
    shop: ExactShop,
) -> None:
    shop.declare({name: rule for name, (rule, _) in ASKING.items()})
    shop.build.execute("insert into predictions.propensity_predictions values ('p-30')")
    shop.build.execute("insert into predictions.cluster_predictions values ('k')")
    shop.build.execute(
        "insert into predictions.sibling_predictions values ('churn_probability', 'c'),"
        " ('purchase_90d_probability', 'p-90'), ('next_order_value_amount', 'o')"
    )
    shop.make("model_outputs", "segment_outputs", "segment_versions")
    found = shop.asked(
        "select segment_name, model_version from segments.segment_versions"
    )
    assert dict(found) == {name: version for name, (_, version) in ASKING.items()}


def test_every_output_of_a_model_that_a_rule_may_ask_for_has_its_model(
    shop: ExactShop,
) -> None:
    shop.make("model_outputs")
    found = dict(
        shop.asked("select output_name, model_name from predictions.model_outputs")
    )
    assert set(found) == MODEL_OUTPUTS
    assert set(found.values()) <= {REGISTERED.get(one, one) for one in discover()}


def why(shop: ExactShop, customer: str, segment: str) -> list[tuple[Any, ...]]:
    return shop.asked(WHY, [customer, segment])


def belongings(chance: random.Random, names: list[str]) -> list[dict[str, str]]:
    """For each run, who has turned out to be who: some merge, some part again."""
    found = []
    for _ in range(RUNS):
        same = dict(zip(names, names, strict=True))
        for one, other in zip(names[::4], names[1::4], strict=True):
            if chance.random() < 0.4:
                same[other] = one
        found.append(same)
    return found


def clipped(
    rows: list[tuple[Any, ...]], moment: datetime
) -> dict[str, set[tuple[Any, ...]]]:
    """Beliefs by customer, within the horizon."""
    since = midnight(shop_day(moment) - 14 * DAY)
    found = defaultdict(set)
    for name, segment, entered_at, left_at in rows:
        if left_at is None or left_at > since:
            found[name].add((name, segment, max(entered_at, since), left_at))
    return found


def check(seed: int, compile_dir: Path) -> None:
    chance = random.Random(seed)
    acts = drawn(chance, CUSTOMERS)
    told = [act for own in acts.values() for act in own]
    moment = AS_OF - 3 * DAY
    with in_memory() as build:
        shop = ExactShop(build, compile_dir)
        for same in belongings(chance, list(acts)):
            owners = {
                act.record: same[name] for name, own in acts.items() for act in own
            }
            shop.run(moment, told, owners)
            standing = shop.asked(STANDING)
            found = clipped(standing, moment)
            for name in acts:
                own = [act for act in told if owners[act.record] == name]
                assert found[name] == true_stays(name, own, moment), (seed, name)
            assert_apart(standing)
            assert shop.run(moment, told, owners).belief_count == 0
            moment += chance.choice([0 * DAY, HOUR, DAY, DAY, 4 * DAY])


def assert_apart(rows: list[tuple[Any, ...]]) -> None:
    for former, later in pairwise(rows):
        if former[:2] == later[:2]:
            assert former[3] is not None
            assert former[2] < former[3] <= later[2]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_many_runs_believe_what_one_run_would(seed: int, compile_dir: Path) -> None:
    check(seed, compile_dir)


@pytest.mark.soak
def test_many_histories(compile_dir: Path) -> None:
    for seed in range(SEEDS, 40):
        check(seed, compile_dir)


def test_whoever_came_and_went_between_two_runs_is_told(shop: ExactShop) -> None:
    seen = view(START + HOUR)
    shop.run(START, [view(START - DAY)], {"ann": "ann"})
    shop.run(START + DAY, [view(START - DAY), seen], {"ann": "ann"})
    event, later = "ann product_viewed 04-01 13:00:00.000000", START + HOUR
    assert why(shop, "ann", "recent")[-1] == (
        later, later + timedelta(minutes=15) + TICK, "a clause flipped", event, None,
        "product_view_15m_count > 0", event, "15 minutes after a product was viewed",
    )  # fmt: skip


def test_an_event_at_the_moment_of_the_run_counts(shop: ExactShop) -> None:
    shop.run(START, [view(START)], {"ann": "ann"})
    [(entered_at, left_at, cause, *_)] = why(shop, "ann", "recent")
    assert (entered_at, left_at, cause) == (START, None, "first seen")


def test_a_late_event_corrects_what_was_told(shop: ExactShop) -> None:
    first, late = view(START - 2 * HOUR), view(START - HOUR, START + HOUR)
    shop.run(START, [first], {"ann": "ann"})
    [before] = shop.asked("select max(recorded_at) from ledger.segment_runs")
    shop.run(START + HOUR, [first, late], {"ann": "ann"})
    assert len(why(shop, "ann", "recent")) == 2
    known = shop.asked(
        "select entered_at from ledger.segment_beliefs"
        " where segment_name = 'recent' and recorded_at <= $1",
        list(before),
    )
    assert known == [(START - 2 * HOUR,)]


def test_a_gap_that_was_none_joins_two_beliefs(shop: ExactShop) -> None:
    minute = timedelta(minutes=1)
    first, last = view(START - 40 * minute), view(START - 20 * minute)
    late = view(START - 30 * minute, START + HOUR)
    shop.run(START, [first, last], {"ann": "ann"})
    assert len(why(shop, "ann", "recent")) == 2
    shop.run(START + HOUR, [first, last, late], {"ann": "ann"})
    rows = why(shop, "ann", "recent")
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (first.at, last.at + 15 * minute + TICK, "corrected")
    ]
    reasons = shop.asked(
        "select reason, count(*) from ledger.segment_supersessions"
        " where segment_name = 'recent' group by all order by all"
    )
    assert reasons == [("corrected", 1), ("did not enter", 1)]


def test_a_merge_tells_both_pasts_as_one_and_comes_apart_again(
    shop: ExactShop,
) -> None:
    acts = [view(START - 3 * HOUR), view(START - HOUR, record="bob")]
    apart, merged = {"ann": "ann", "bob": "bob"}, {"ann": "ann", "bob": "ann"}
    for number, owners in enumerate([apart, merged, apart]):
        shop.run(START + number * HOUR, acts, owners)
        count = 1 if owners is apart else 2
        assert len(why(shop, "ann", "recent")) == count
        assert len(why(shop, "bob", "recent")) == 2 - count


def test_whoever_is_absorbed_leaves_what_began_before_the_horizon(
    shop: ExactShop,
) -> None:
    """The name that is no more was told of a time that is not told again."""
    opened = Act("bob", "email_opened", START - 30 * DAY, START - 30 * DAY)
    acts = [view(START - 20 * DAY), opened]
    shop.run(START, acts, {"ann": "ann", "bob": "bob"})
    [row] = why(shop, "bob", "silent")
    horizon = midnight(shop_day(START) - 14 * DAY)
    assert row[:3] == (horizon, None, "held before")
    later = START + DAY
    shop.run(later, acts, {"ann": "ann", "bob": "ann"})
    [row] = why(shop, "bob", "silent")
    assert row[:3] == (horizon, horizon + DAY, "merged into ann")


def test_a_belief_keeps_its_beginning_when_the_horizon_moves_on(
    shop: ExactShop,
) -> None:
    opened = Act("ann", "email_opened", START - 30 * DAY, START - 30 * DAY)
    shop.run(START, [opened], {"ann": "ann"})
    former = why(shop, "ann", "silent")
    assert shop.run(START + 3 * DAY, [opened], {"ann": "ann"}).belief_count == 0
    seen = view(START + 4 * DAY)
    shop.run(START + 5 * DAY, [opened, seen], {"ann": "ann"})
    [row] = why(shop, "ann", "silent")
    assert row[:3] == (former[0][0], seen.at, "a clause flipped")
    assert row[5:] == ("activity_count = 0", event_id(seen), None)


def test_another_rule_rewrites_no_past(shop: ExactShop) -> None:
    wheres: Mapping[str, str] = {"recent": "product_view_48h_count > 0"}
    acts = [view(START - HOUR)]
    shop.run(START, acts, {"ann": "ann"})
    former = why(shop, "ann", "recent")
    assert former[0][1] == START - HOUR + timedelta(minutes=15) + TICK
    shop.declare({**EXACT_ONLY, **wheres})
    later = START + 2 * HOUR
    for _ in range(2):
        shop.run(later, acts, {"ann": "ann"})
        rows = why(shop, "ann", "recent")
        assert rows[:1] == former
        assert rows[1][:3] == (later, None, "the rule changed")
    shop.declare(EXACT_ONLY)
    last = START + 3 * HOUR
    shop.run(last, acts, {"ann": "ann"})
    rows = why(shop, "ann", "recent")
    assert [row[:3] for row in rows[1:]] == [(later, last, "the rule changed")]


def test_a_run_that_is_behind_adds_nothing(shop: ExactShop) -> None:
    shop.run(START, [view(START - HOUR)], {"ann": "ann"})
    assert shop.run(START - DAY, [view(START - 2 * DAY)], {"ann": "ann"}).refusal
    assert shop.asked("from segments.segment_changes") == []


def test_every_moment_that_rules_ask_for_is_probed() -> None:
    """The oracle would be blind to a flip between its probes."""
    act = view(START)
    assert START + timedelta(minutes=15) + TICK in probes([act], START, START + DAY)
