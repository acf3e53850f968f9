"""The links of all records as arrays of numbers, and what is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

# Nodes and links are numbered from 0 on; there are tens of millions of them, and what
# they are called costs more memory than who they are.
Nodes = npt.NDArray[np.int32]
Moments = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
# Later than every moment: what has no end ends then.
NEVER = int(np.iinfo(np.int64).max)
NOTHING = -1
REASONS = (
    *("appeared", "merged", "split"),
    *("cannot_link", "other_account", "oversized"),
)
APPEARED, MERGED, SPLIT, CANNOT_LINK, OTHER_ACCOUNT, OVERSIZED = range(len(REASONS))


@dataclass(frozen=True)
class Edges:
    """Links that held for some time, in the order in which they became known.

    An edge's number is its place here. Among edges known at one moment the order is
    that of trust, and then any total one: which link joined two records rests on it.
    """

    left: Nodes
    right: Nodes
    trust: Codes
    """The lower, the earlier it is heard where not all links can hold."""
    joins_accounts: Flags
    """Whether it may join what two accounts hold."""
    names_account: Flags
    """Whether its right node is an account."""
    since: Moments
    until: Moments


@dataclass(frozen=True)
class Bars:
    """Pairs of nodes that people keep apart, and when."""

    left: Nodes
    right: Nodes
    since: Moments
    until: Moments


@dataclass(frozen=True)
class Graph:
    """All that is known of who is who; moments are microseconds since 1970."""

    appears: Moments
    """When each record was received."""
    goes: Moments
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

    record: Nodes
    root: Nodes
    since: Moments
    until: Moments
    reason: Codes
    edge: Nodes

    def arrow(self) -> pa.Table:
        """The same with words for codes, and nulls for what there is not."""
        reason = pa.DictionaryArray.from_arrays(pa.array(self.reason), list(REASONS))
        return pa.table(
            {
                "record_node": _given(self.record, NOTHING),
                "root_node": _given(self.root, NOTHING),
                "valid_from": pa.array(self.since).view(pa.timestamp("us")),
                "valid_to": _given(self.until, NEVER).view(pa.timestamp("us")),
                "reason": reason,
                "edge": _given(self.edge, NOTHING),
            }
        )


def together(parts: Sequence[Told]) -> pa.Table:
    """What several told, as one table."""
    return pa.concat_tables([part.arrow() for part in parts])


def graph_of(tables: Mapping[str, pa.Table]) -> Graph:
    """The graph that the tables `records`, `edges` and `bars` say."""
    records, edges, bars = tables["records"], tables["edges"], tables["bars"]
    limits = records["record_limit"].unique().to_pylist()
    return Graph(
        _moments(records, "appears_at"),
        _moments(records, "goes_at"),
        Edges(
            _nodes(edges, "left_node"),
            _nodes(edges, "right_node"),
            np.asarray(edges["trust"].to_numpy(), np.int8),
            _flags(edges, "joins_accounts"),
            _flags(edges, "names_account"),
            _moments(edges, "valid_from"),
            _moments(edges, "valid_to"),
        ),
        Bars(
            _nodes(bars, "left_node"),
            _nodes(bars, "right_node"),
            _moments(bars, "valid_from"),
            _moments(bars, "valid_to"),
        ),
        max(limits, default=1),
    )


def _given(values: Nodes | Moments, none: int) -> pa.Array:
    return pa.array(values, mask=values == none)


def _nodes(table: pa.Table, column: str) -> Nodes:
    return np.asarray(table[column].to_numpy(), np.int32)


def _flags(table: pa.Table, column: str) -> Flags:
    return np.asarray(table[column].to_numpy(), np.bool_)


def _moments(table: pa.Table, column: str) -> Moments:
    """A column of moments, in microseconds; none is never."""
    stamps = table[column].cast(pa.timestamp("us")).cast(pa.int64())
    return np.asarray(stamps.fill_null(NEVER).to_numpy(), np.int64)
