"""Who was whom, told again by brute force: each moment from nothing."""

from collections.abc import Iterable
from typing import NamedTuple

NEVER = 10**9


class Link(NamedTuple):
    """A link between two nodes: records are 0, 1, 2, ...; values come after them."""

    since: int
    trust: int
    left: int
    right: int
    until: int
    joins_accounts: bool
    names_account: bool


class Bar(NamedTuple):
    """Two nodes that are no one customer, for a time."""

    left: int
    right: int
    since: int
    until: int


class World(NamedTuple):
    """All that is known; links are in the order in which they became known."""

    records: list[tuple[int, int]]
    links: list[Link]
    bars: list[Bar]
    limit: int


class State(NamedTuple):
    """One moment: who is with whom, by which links, and which were refused."""

    groups: dict[int, frozenset[int]]
    held: list[int]
    refused: dict[int, str]


Row = tuple[int | None, int | None, int, int, str, int | None]


def state_at(world: World, moment: int) -> State:
    """Hear every link that holds at a moment, in the order of trust."""

    def holds(since: int, until: int) -> bool:
        return since <= moment < until

    live = [n for n, one in enumerate(world.links) if holds(one.since, one.until)]
    bars = [bar for bar in world.bars if holds(bar.since, bar.until)]
    accounts = {one.right for one in world.links if one.names_account}
    here = {r for r, (since, until) in enumerate(world.records) if holds(since, until)}
    groups = {
        node: frozenset([node])
        for node in here
        | {bar.left for bar in bars}
        | {bar.right for bar in bars}
        | {end for n in live for end in world.links[n][2:4]}
    }
    # Of what a person keeps apart from something, holders are as sure as accounts.
    named = {
        end
        for bar in bars
        if bar.right in connected(world, live, bar.left)
        for end in (bar.left, bar.right)
    }

    def place(number: int) -> tuple[int, int]:
        link = world.links[number]
        return min(link.trust, 1) if link.right in named else link.trust, number

    refused: dict[int, str] = {}
    for number in sorted(live, key=place):
        link = world.links[number]
        left, right = groups[link.left], groups[link.right]
        both = left | right
        if left == right:
            continue
        if any({bar.left, bar.right} <= both for bar in bars):
            refused[number] = "cannot_link"
        elif not link.joins_accounts and left & accounts and right & accounts:
            refused[number] = "other_account"
        elif len([node for node in both if node < len(world.records)]) > world.limit:
            refused[number] = "oversized"
        else:
            groups |= dict.fromkeys(both, both)
    apart = {
        n: reason
        for n, reason in refused.items()
        if groups[world.links[n].left] != groups[world.links[n].right]
    }
    groups = {record: groups[record] for record in here}
    return State(groups, [n for n in live if n not in apart], apart)


def connected(world: World, links: Iterable[int], start: int) -> set[int]:
    """All nodes that these links lead to."""
    found, links = {start}, list(links)
    while True:
        more = {
            end
            for n in links
            for end in world.links[n][2:4]
            if found & set(world.links[n][2:4])
        }
        if more <= found:
            return found
        found |= more


def bottleneck(world: World, held: list[int], left: int, right: int) -> int:
    """The link with which two nodes first came together."""
    return next(
        n for n in held if right in connected(world, [h for h in held if h <= n], left)
    )


def way(world: World, held: list[int], left: int, right: int) -> list[int]:
    """The links between two nodes, each the first that joined what it joins."""
    if left == right:
        return []
    last = bottleneck(world, held, left, right)
    before = [n for n in held if n < last]
    near, far = world.links[last][2:4]
    if near not in connected(world, before, left):
        near, far = far, near
    return [
        *way(world, before, left, near),
        last,
        *way(world, before, far, right),
    ]


def history(world: World) -> set[Row]:
    """Every interval of every record, and of every link that was refused."""
    facts = [
        *world.records,
        *((link.since, link.until) for link in world.links),
        *((bar.since, bar.until) for bar in world.bars),
    ]
    moments = sorted({moment for fact in facts for moment in fact} - {NEVER})
    states = [State({}, [], {}), *(state_at(world, moment) for moment in moments)]
    told: dict[tuple[str, int], list[Row]] = {}
    for before, state, moment in zip(states, states[1:], moments, strict=False):
        was = {record: min(group) for record, group in before.groups.items()}
        now = {record: min(group) for record, group in state.groups.items()}
        for record in was.keys() | now.keys():
            if was.get(record) != now.get(record):
                rows = told.setdefault(("record", record), [])
                if record in was:
                    rows[-1] = (*rows[-1][:3], moment, *rows[-1][4:])
                if record in now:
                    reason, link = _why(world, before, state, record)
                    rows.append((record, now[record], moment, NEVER, reason, link))
        for number in before.refused.keys() | state.refused.keys():
            if before.refused.get(number) != state.refused.get(number):
                rows = told.setdefault(("link", number), [])
                if number in before.refused:
                    rows[-1] = (*rows[-1][:3], moment, *rows[-1][4:])
                if number in state.refused:
                    reason = state.refused[number]
                    rows.append((None, None, moment, NEVER, reason, number))
    return {row for rows in told.values() for row in rows}


def _why(
    world: World, before: State, now: State, record: int
) -> tuple[str, int | None]:
    """Why a record has another root than before, and by which link."""
    root = min(now.groups[record])
    former = min(before.groups[record]) if record in before.groups else None
    if former is not None and root > former:
        gone = set(way(world, before.held, record, former)) - set(now.held)
        return "split", max(gone, key=lambda n: (world.links[n].trust, n))
    reason = "appeared" if former is None else "merged"
    link = None if root == record else bottleneck(world, now.held, record, root)
    return reason, link
