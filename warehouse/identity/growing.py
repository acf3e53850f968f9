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
    NO_EDGE,
    Edges,
    Flags,
    Graph,
    Ints,
    Told,
    together,
)


def components(graph: Graph) -> Ints:
    """The component of each node, by all links that there ever were."""
    left, right, size = graph.edges.left, graph.edges.right, graph.node_count
    ones = np.ones(len(left), np.int8)
    matrix = coo_array(
        (ones, (left.astype(np.int32), right.astype(np.int32))), shape=(size, size)
    )
    _, component = connected_components(matrix, directed=False)
    return np.asarray(component, np.int64)


def only_grows(graph: Graph, component: Ints) -> Flags:
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


def grown(graph: Graph, component: Ints, grows: Flags) -> Told:
    """The intervals of the records of components that only grow."""
    parent = np.arange(graph.node_count)
    absorbed_at = np.full(graph.node_count, NEVER)
    absorbed_by = np.full(graph.node_count, NO_EDGE)
    top = parent.copy()
    for edges in _one_of_each(graph.edges, component, grows):
        left = _roots(top, graph.edges.left[edges])
        right = _roots(top, graph.edges.right[edges])
        joins = left != right
        older = np.minimum(left[joins], right[joins])
        younger = np.maximum(left[joins], right[joins])
        top[younger] = parent[younger] = older
        absorbed_at[younger] = graph.edges.since[edges[joins]]
        absorbed_by[younger] = edges[joins]
    records = np.flatnonzero(grows[component[: graph.record_count]])
    return _chains(records, graph.appears, parent, absorbed_at, absorbed_by)


def _one_of_each(edges: Edges, component: Ints, grows: Flags) -> Iterator[Ints]:
    """The first edge of each component, then the second of each that has one, ..."""
    of_edges = component[edges.left]
    chosen = np.flatnonzero(grows[of_edges])
    order = chosen[np.argsort(of_edges[chosen], kind="stable")]
    changes = np.flatnonzero(np.diff(of_edges[order], prepend=-1))
    lengths = np.diff(changes, append=len(order))
    most_first = np.argsort(-lengths, kind="stable")
    starts, counts = changes[most_first], lengths[most_first]
    for place in range(int(counts.max(initial=0))):
        left = int(np.searchsorted(-counts, -place, side="left"))
        yield order[starts[:left] + place]


def _roots(top: Ints, nodes: Ints) -> Ints:
    """The root of each node, which then stands directly below it."""
    root = top[nodes]
    while True:
        above = top[root]
        if np.array_equal(above, root):
            break
        root = above
    top[nodes] = root
    return root


def _chains(
    records: Ints, appears: Ints, parent: Ints, absorbed_at: Ints, absorbed_by: Ints
) -> Told:
    """From root to older root; what held for no time is left out."""
    told = []
    root, since, edge = records, appears[records], np.full(len(records), NO_EDGE)
    has_appeared = np.zeros(len(records), np.bool_)
    while True:
        until = absorbed_at[root]
        lasts = until > since
        reason = np.where(has_appeared, MERGED, APPEARED)[lasts]
        told.append(
            Told(
                records[lasts],
                root[lasts],
                since[lasts],
                until[lasts],
                reason.astype(object),
                edge[lasts],
            )
        )
        moves = until < NEVER
        if not moves.any():
            return together(told)
        has_appeared = (has_appeared | lasts)[moves]
        former = root[moves]
        records, since, edge = records[moves], until[moves], absorbed_by[former]
        root = parent[former]
