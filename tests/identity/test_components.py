"""Who was whom since when: small worlds against an oracle that knows no shortcuts."""

import hypothesis
import pytest

from tests.identity.oracle import NEVER, World, history, state_at
from tests.identity.worlds import rows_of, worlds

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


@pytest.mark.soak
@hypothesis.settings(max_examples=20_000, deadline=None)
@hypothesis.given(worlds())
def test_very_many_worlds(world: World) -> None:
    check(world)
