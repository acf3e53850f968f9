"""Small worlds of records, links and decisions, as Hypothesis draws them."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.identity.oracle import NEVER, Bar, Link, Row, World
from warehouse.identity import graph
from warehouse.identity.graph import Bars, Edges, Graph
from warehouse.identity.telling import told

# Trust, whether it joins accounts, whether it names one: as seeds/identity_rules.csv.
MUST, ACCOUNT, EMAIL, WEAK = (
    (0, True, False),
    (1, False, True),
    (2, True, False),
    (6, False, False),
)
VALUES = {0: EMAIL, 1: EMAIL, 2: ACCOUNT, 3: ACCOUNT, 4: WEAK, 5: WEAK}
moments = st.integers(0, 6)
ends = st.one_of(st.just(NEVER), st.just(NEVER), moments)


@st.composite
def worlds(draw: st.DrawFn, *, grows: bool = False) -> World:
    """Few records and values, much between them; one that only grows has no ends."""
    count = draw(st.integers(1, 7))
    until = st.just(NEVER) if grows else ends
    records = sorted((draw(moments), draw(until)) for _ in range(count))
    records = [(since, end if end > since else NEVER) for since, end in records]
    nodes = st.integers(0, count + len(VALUES) - 1)
    links = set()
    for _ in range(draw(st.integers(0, 12))):
        record = draw(st.integers(0, count - 1))
        value = draw(st.sampled_from([*VALUES]))
        rule = EMAIL if grows else VALUES[value]
        span = draw(moments), draw(until)
        links |= link(records, record, count + value, rule, *span)
    bars = []
    if not grows:
        for _ in range(draw(st.integers(0, 2))):
            left, right = draw(nodes), draw(nodes)
            links |= link(records, left, right, MUST, draw(moments), draw(until))
        for _ in range(draw(st.integers(0, 3))):
            bar = Bar(draw(nodes), draw(nodes), draw(moments), draw(until))
            if bar.left != bar.right and bar.since < bar.until:
                bars.append(bar)
    limit = 500 if grows else draw(st.sampled_from([2, 3, 500, 500]))
    return World(records, sorted(links), bars, limit)


def link(
    records: list[tuple[int, int]],
    left: int,
    right: int,
    rule: tuple[int, bool, bool],
    since: int,
    until: int,
) -> set[Link]:
    """A link, as long as its records are there; none if it never holds."""
    for end in (left, right):
        if end < len(records):
            since, until = max(since, records[end][0]), min(until, records[end][1])
    trust, joins, names = rule
    if left == right or since >= until:
        return set()
    return {Link(since, trust, left, right, until, joins, names)}


def graph_of(world: World) -> Graph:
    """The same world in numbers."""

    def span(values: list[int]) -> Any:
        kept = [graph.NEVER if value == NEVER else value for value in values]
        return np.array(kept, np.int64)

    def nodes(values: list[int]) -> Any:
        return np.array(values, np.int32)

    links, bars = world.links, world.bars
    return Graph(
        span([since for since, _ in world.records]),
        span([until for _, until in world.records]),
        Edges(
            nodes([one.left for one in links]),
            nodes([one.right for one in links]),
            np.array([one.trust for one in links], np.int8),
            np.array([one.joins_accounts for one in links], np.bool_),
            np.array([one.names_account for one in links], np.bool_),
            span([one.since for one in links]),
            span([one.until for one in links]),
        ),
        Bars(
            nodes([bar.left for bar in bars]),
            nodes([bar.right for bar in bars]),
            span([bar.since for bar in bars]),
            span([bar.until for bar in bars]),
        ),
        world.limit,
    )


def rows_of(world: World) -> list[Row]:
    """What the house tells of a world, in the words of the oracle."""
    return [
        (
            row["record_node"],
            row["root_node"],
            stamp(row["valid_from"]),
            NEVER if row["valid_to"] is None else stamp(row["valid_to"]),
            row["reason"],
            row["edge"],
        )
        for row in told(graph_of(world)).to_pylist()
    ]


def stamp(moment: datetime) -> int:
    """The microseconds since 1970."""
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
