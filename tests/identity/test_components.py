"""Who was whom since when: small worlds against an oracle that knows no shortcuts."""

from collections import Counter

import hypothesis
import pytest

from tests.identity.hard_worlds import HARD
from tests.identity.oracle import NEVER, Link, World, history, state_at
from tests.identity.worlds import EMAIL, rows_of, worlds
from warehouse.identity import sweeping

many = hypothesis.settings(max_examples=400, deadline=None, derandomize=True)


def check(world: World) -> None:
    """The same rows, each once, and neither gap nor overlap between them."""
    rows = rows_of(world)
    assert set(rows) == history(world)
    assert len(rows) == len(set(rows))
    for record, (since, until) in enumerate(world.records):
        stays = sorted(row[2:4] for row in rows if row[0] == record)
        ends = [since, *(end for _, end in stays)]
        assert [begin for begin, _ in stays] == ends[:-1]
        assert ends[-1] == until


@pytest.mark.parametrize("name", HARD)
def test_a_hard_world_has_the_history_of_the_oracle(name: str) -> None:
    check(HARD[name])


@many
@hypothesis.given(worlds())
def test_any_world_has_the_history_of_the_oracle(world: World) -> None:
    check(world)


@many
@hypothesis.given(worlds(grows=True))
def test_a_world_that_only_grows_has_it_too(world: World) -> None:
    check(world)


@many
@hypothesis.given(worlds())
def test_what_holds_now_is_what_one_look_at_now_tells(world: World) -> None:
    """No memory: the last state depends on what holds, not on how it came about."""
    last = max((m for pair in world.records for m in pair if m != NEVER), default=0)
    state = state_at(world, max(last, 10))
    now = {row[0]: row[1] for row in rows_of(world) if row[0] is not None}
    standing = {r: root for r, root in now.items() if r in state.groups}
    assert standing == {r: min(group) for r, group in state.groups.items()}


def test_of_several_links_that_gave_way_the_least_trusted_is_told() -> None:
    """Both records lose their address at once."""
    trust, joins, names = EMAIL
    links = [Link(1, trust, record, 2, 5, joins, names) for record in (0, 1)]
    world = World([(0, NEVER), (1, NEVER)], sorted(links), [], 500)
    check(world)
    assert (1, 1, 5, NEVER, "split", 1) in rows_of(world)


def test_a_heap_is_cut_and_not_told_anew_with_each_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a heap of ten thousand records would take hours."""
    monkeypatch.setattr(sweeping, "parted", lambda *_: pytest.fail("told anew"))
    trust, joins, names = EMAIL
    count, limit = 600, 50
    links = [
        Link(record, trust, record, count + value, NEVER, joins, names)
        for record in range(count)
        for value in sorted({record // 3, record * 7919 % (count // 3)})
    ]
    rows = rows_of(World([(r, NEVER) for r in range(count)], links, [], limit))
    now = [row for row in rows if row[3] == NEVER]
    sizes = Counter(row[1] for row in now if row[0] is not None)
    assert max(sizes.values()) == limit
    assert sum(sizes.values()) == count
    assert {row[4] for row in now if row[0] is None} == {"oversized"}


@pytest.mark.soak
@hypothesis.settings(max_examples=20_000, deadline=None)
@hypothesis.given(worlds())
def test_very_many_worlds(world: World) -> None:
    check(world)
