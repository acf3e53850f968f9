"""Components that only ever grow: all of them at once, a link of each at a time.

When two customers become one, the older root takes the younger. So each record has at
most one moment at which it ceased to be a root, and what it belonged to since then is
the chain from root to older root.
"""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from warehouse.identity.graph import (
    APPEARED,
    MERGED,
    NEVER,
    NOTHING,
    Edges,
    Flags,
    Graph,
    Moments,
    Nodes,
    Told,
)


def components(graph: Graph) -> Nodes:
    """The component of each node, by all links that there ever were."""
    ends, size = (graph.edges.left, graph.edges.right), graph.node_count
    matrix = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(size, size))
    _, component = connected_components(matrix, directed=False)
    return np.asarray(component, np.int32)


def only_grows(graph: Graph, component: Nodes) -> Flags:
    """For each component, whether nothing in it ever ended or has to be refused."""
    edges, bars = graph.edges, graph.bars
    count = int(component.max(initial=-1)) + 1
    grows = np.ones(count, np.bool_)
    of_records = component[: graph.record_count]
    grows[component[edges.left[edges.until < NEVER]]] = False
    grows[of_records[graph.goes < NEVER]] = False
    grows[np.bincount(of_records, minlength=count) > graph.limit] = False
    within = component[bars.left] == component[bars.right]
    grows[component[bars.left[within]]] = False
    accounts = np.zeros(graph.node_count, np.bool_)
    accounts[edges.right[edges.names_account]] = True
    grows[np.bincount(component[accounts], minlength=count) > 1] = False
    return grows


def grown(graph: Graph, component: Nodes, grows: Flags) -> Iterator[Told]:
    """The intervals of the records of components that only grow."""
    edges, size = graph.edges, graph.node_count
    parent = np.arange(size, dtype=np.int32)
    absorbed_at = np.full(size, NEVER)
    absorbed_by = np.full(size, NOTHING, np.int32)
    top = parent.copy()
    for heard in _one_of_each(edges, component, grows):
        left, right = _roots(top, edges.left[heard]), _roots(top, edges.right[heard])
        joins = left != right
        older = np.minimum(left[joins], right[joins])
        younger = np.maximum(left[joins], right[joins])
        top[younger] = parent[younger] = older
        absorbed_at[younger] = edges.since[heard[joins]]
        absorbed_by[younger] = heard[joins]
    records = np.flatnonzero(grows[component[: graph.record_count]])
    yield from _chains(
        records.astype(np.int32), graph.appears, parent, absorbed_at, absorbed_by
    )


def _one_of_each(edges: Edges, component: Nodes, grows: Flags) -> Iterator[Nodes]:
    """The first edge of each component, then the second of each that has one, ..."""
    of_edges = component[edges.left]
    chosen = np.flatnonzero(grows[of_edges]).astype(np.int32)
    places = np.arange(len(chosen), dtype=np.int32)
    # A matrix of components and edges counts where sorting would compare.
    ones = np.ones(len(chosen), np.int8)
    shape = (len(grows), len(chosen))
    members = coo_array((ones, (of_edges[chosen], places)), shape=shape).tocsr()
    starts, lengths = members.indptr[:-1], np.diff(members.indptr)
    grouped: Nodes = chosen[members.indices]
    most_first = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[most_first], -lengths[most_first]
    for place in range(-int(lengths.min(initial=0))):
        yield grouped[starts[: np.searchsorted(lengths, -place)] + place]


def _roots(top: Nodes, nodes: Nodes) -> Nodes:
    """The root of each node, which then stands directly below it."""
    root = top[nodes]
    while True:
        above = top[root]
        if np.array_equal(above, root):
            top[nodes] = root
            return root
        root = above


def _chains(
    records: Nodes,
    appears: Moments,
    parent: Nodes,
    absorbed_at: Moments,
    absorbed_by: Nodes,
) -> Iterator[Told]:
    """From root to older root; what held for no time is left out."""
    root, since = records, appears[records]
    edge = np.full(len(records), NOTHING, np.int32)
    reason = np.full(len(records), APPEARED, np.int8)
    while len(records):
        until = absorbed_at[root]
        lasts, moves = until > since, until < NEVER
        yield Told(
            records[lasts],
            root[lasts],
            since[lasts],
            until[lasts],
            reason[lasts],
            edge[lasts],
        )
        reason[lasts] = MERGED
        records, reason, former = records[moves], reason[moves], root[moves]
        since, edge, root = until[moves], absorbed_by[former], parent[former]
