"""The links of all records as arrays of numbers, and what is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
# Later than every moment: what has no end ends then.
NEVER = int(np.iinfo(np.int64).max)
NO_EDGE = -1
APPEARED, MERGED, SPLIT = REASONS = ("appeared", "merged", "split")
CANNOT_LINK, OTHER_ACCOUNT, OVERSIZED = REFUSALS = (
    "cannot_link",
    "other_account",
    "oversized",
)


@dataclass(frozen=True)
class Edges:
    """Links that held for some time, in the order in which they became known.

    An edge's number is its place here. Among edges known at one moment the order is
    that of trust, and then any total one: which link joined two records rests on it.
    """

    left: Ints
    right: Ints
    trust: Ints
    """The lower, the earlier it is heard where not all links can hold."""
    joins_accounts: Flags
    """Whether it may join what two accounts hold."""
    names_account: Flags
    """Whether its right node is an account."""
    since: Ints
    until: Ints


@dataclass(frozen=True)
class Bars:
    """Pairs of nodes that people keep apart, and when."""

    left: Ints
    right: Ints
    since: Ints
    until: Ints


@dataclass(frozen=True)
class Graph:
    """All that is known of who is who; moments are microseconds since 1970."""

    appears: Ints
    """When each record was received."""
    goes: Ints
    """When each record turned out to be nobody's."""
    edges: Edges
    bars: Bars
    limit: int
    """How many records one customer may have."""

    @property
    def record_count(self) -> int:
        """How many nodes are records: the first ones."""
        return len(self.appears)

    @property
    def node_count(self) -> int:
        """Records and values."""
        ends = (self.edges.left, self.edges.right, self.bars.left, self.bars.right)
        return max([self.record_count, *(int(end.max(initial=-1)) + 1 for end in ends)])


@dataclass(frozen=True)
class Told:
    """Since when and until when each record had which root, and why.

    `edge` is the link by which it came there, or that gave way; for a link that was
    refused there are neither record nor root.
    """

    record: Ints
    root: Ints
    since: Ints
    until: Ints
    reason: npt.NDArray[Any]
    edge: Ints

    def arrow(self) -> pa.Table:
        """The same with nulls for what there is not."""

        def given(values: Ints, none: int) -> pa.Array:
            return pa.array(values, mask=values == none)

        return pa.table(
            {
                "record_node": given(self.record, NO_EDGE),
                "root_node": given(self.root, NO_EDGE),
                "valid_from": pa.array(self.since).cast(pa.timestamp("us")),
                "valid_to": given(self.until, NEVER).cast(pa.timestamp("us")),
                "reason": pa.array(self.reason, pa.string()),
                "edge": given(self.edge, NO_EDGE),
            }
        )


def together(parts: Sequence[Told]) -> Told:
    """What several told, as one."""
    names = ("record", "root", "since", "until", "reason", "edge")
    return Told(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def graph_of(tables: Mapping[str, pa.Table]) -> Graph:
    """The graph that the tables `records`, `edges` and `bars` say."""
    records, edges, bars = tables["records"], tables["edges"], tables["bars"]
    return Graph(
        moments(records, "appears_at"),
        moments(records, "goes_at"),
        Edges(
            numbers(edges, "left_node"),
            numbers(edges, "right_node"),
            numbers(edges, "trust"),
            flags(edges, "joins_accounts"),
            flags(edges, "names_account"),
            moments(edges, "valid_from"),
            moments(edges, "valid_to"),
        ),
        Bars(
            numbers(bars, "left_node"),
            numbers(bars, "right_node"),
            moments(bars, "valid_from"),
            moments(bars, "valid_to"),
        ),
        int(numbers(records, "record_limit").max(initial=1)),
    )


def numbers(table: pa.Table, column: str) -> Ints:
    """A column of whole numbers."""
    return np.asarray(table[column].to_numpy(), np.int64)


def flags(table: pa.Table, column: str) -> Flags:
    """A column of yes and no."""
    return np.asarray(table[column].to_numpy(), np.bool_)


def moments(table: pa.Table, column: str) -> Ints:
    """A column of moments, in microseconds; none is never."""
    stamps = table[column].cast(pa.timestamp("us")).cast(pa.int64())
    return np.asarray(stamps.fill_null(NEVER).to_numpy(), np.int64)
