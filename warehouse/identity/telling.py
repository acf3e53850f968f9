"""The whole history of a graph: what only grows at once, the rest moment by moment."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from warehouse.identity.graph import Flags, Graph, Ints, Told, graph_of, together
from warehouse.identity.growing import components, grown, only_grows
from warehouse.identity.parting import Edge, Rules
from warehouse.identity.sweeping import Bar, Fact, Record, Stay, swept


def history(tables: Mapping[str, pa.Table]) -> pa.Table:
    """What the tables `records`, `edges` and `bars` tell, as a table."""
    return told(graph_of(tables)).arrow()


def told(graph: Graph) -> Told:
    """Every interval of every record, and every link that was refused."""
    component = components(graph)
    grows = only_grows(graph, component)
    stays = [stay for part in _parts(graph, component, ~grows) for stay in part]
    return together([grown(graph, component, grows), _as_told(stays)])


def _parts(graph: Graph, component: Ints, chosen: Flags) -> Iterator[list[Stay]]:
    rules = _rules(graph, component, chosen)
    for facts in _facts(graph, component, chosen).values():
        yield swept(facts, rules)


def _rules(graph: Graph, component: Ints, chosen: Flags) -> Rules:
    named = graph.edges.right[graph.edges.names_account]
    accounts = {int(node) for node in np.unique(named[chosen[component[named]]])}
    return Rules(graph.record_count, accounts, graph.limit)


def _facts(graph: Graph, component: Ints, chosen: Flags) -> dict[int, list[Fact]]:
    """All that is known of each chosen component."""
    facts: dict[int, list[Fact]] = defaultdict(list)
    edges, bars = graph.edges, graph.bars
    for node in np.flatnonzero(chosen[component[: graph.record_count]]).tolist():
        since, until = int(graph.appears[node]), int(graph.goes[node])
        facts[int(component[node])].append(Record(node, since, until))
    for number in np.flatnonzero(chosen[component[edges.left]]).tolist():
        edge = Edge(
            number,
            int(edges.left[number]),
            int(edges.right[number]),
            int(edges.trust[number]),
            bool(edges.joins_accounts[number]),
            int(edges.since[number]),
            int(edges.until[number]),
        )
        facts[int(component[edge.left])].append(edge)
    within = component[bars.left] == component[bars.right]
    for at in np.flatnonzero(within & chosen[component[bars.left]]).tolist():
        spans = (bars.left, bars.right, bars.since, bars.until)
        bar = Bar(*(int(span[at]) for span in spans))
        facts[int(component[bar.left])].append(bar)
    return facts


def _as_told(stays: list[Stay]) -> Told:
    columns = zip(*stays, strict=True) if stays else ((),) * len(Stay._fields)
    record, root, since, until, reason, edge = columns
    return Told(
        np.array(record, np.int64),
        np.array(root, np.int64),
        np.array(since, np.int64),
        np.array(until, np.int64),
        np.array(reason, object),
        np.array(edge, np.int64),
    )
