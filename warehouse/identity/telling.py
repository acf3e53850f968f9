"""The whole history of a graph: what only grows at once, the rest moment by moment."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from warehouse.identity.graph import Flags, Graph, Nodes, Told, graph_of, together
from warehouse.identity.growing import components, grown, only_grows
from warehouse.identity.parting import Edge, Rules
from warehouse.identity.sweeping import Bar, Fact, Record, Stay, swept


def history(tables: Mapping[str, pa.Table]) -> pa.Table:
    """What the tables `records`, `edges` and `bars` tell, as a table."""
    return told(graph_of(tables))


def told(graph: Graph) -> pa.Table:
    """Every interval of every record, and every link that was refused."""
    component = components(graph)
    grows = only_grows(graph, component)
    stays = [stay for one in _swept(graph, component, ~grows) for stay in one]
    return together([*grown(graph, component, grows), _as_told(stays)])


def _swept(graph: Graph, component: Nodes, chosen: Flags) -> Iterator[list[Stay]]:
    """What the chosen components tell, one after the other."""
    named = np.unique(graph.edges.right[graph.edges.names_account])
    accounts = named[chosen[component[named]]]
    rules = Rules(graph.record_count, frozenset(accounts.tolist()), graph.limit)
    for facts in _facts(graph, component, chosen).values():
        yield swept(facts, rules)


def _facts(graph: Graph, component: Nodes, chosen: Flags) -> dict[int, list[Fact]]:
    """All that is known of each chosen component."""
    facts: dict[int, list[Fact]] = defaultdict(list)
    edges, bars = graph.edges, graph.bars
    nodes = np.flatnonzero(chosen[component[: graph.record_count]])
    spans = (nodes, graph.appears[nodes], graph.goes[nodes])
    for row in zip(*(span.tolist() for span in spans), strict=True):
        facts[component[row[0]]].append(Record(*row))
    numbers = np.flatnonzero(chosen[component[edges.left]])
    parts = (edges.left, edges.right, edges.trust, edges.joins_accounts)
    columns = (numbers, *(part[numbers] for part in (*parts, edges.since, edges.until)))
    for row in zip(*(column.tolist() for column in columns), strict=True):
        facts[component[row[1]]].append(Edge(*row))
    within = component[bars.left] == component[bars.right]
    at = np.flatnonzero(within & chosen[component[bars.left]])
    sides = (bars.left[at], bars.right[at], bars.since[at], bars.until[at])
    for row in zip(*(side.tolist() for side in sides), strict=True):
        facts[component[row[0]]].append(Bar(*row))
    return facts


def _as_told(stays: list[Stay]) -> Told:
    columns = zip(*stays, strict=True) if stays else ((),) * len(Stay._fields)
    record, root, since, until, reason, edge = columns
    return Told(
        np.array(record, np.int32),
        np.array(root, np.int32),
        np.array(since, np.int64),
        np.array(until, np.int64),
        np.array(reason, np.int8),
        np.array(edge, np.int32),
    )
