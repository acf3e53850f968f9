"""A component whose links also end: moment by moment, where something changes."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from warehouse.identity.graph import APPEARED, MERGED, NEVER, NOTHING, SPLIT
from warehouse.identity.parting import Edge, Rules, Tree, parted, path, trusted
from warehouse.identity.standing import LOOK_AGAIN, NOTHING_NEW, Standing


class Stay(NamedTuple):
    """A record that had a root for some time; or, without both, a link refused."""

    record: int
    root: int
    since: int
    until: int
    reason: int
    edge: int


class Bar(NamedTuple):
    """Two nodes that people keep apart for some time."""

    left: int
    right: int
    since: int
    until: int


class Record(NamedTuple):
    """A record, from its arrival until it turned out to be nobody's."""

    node: int
    since: int
    until: int


Fact = Edge | Bar | Record
Ways = Mapping[int, Collection[tuple[int, Edge]]]


class Sweep:
    """One component: what holds now, and all that held before."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.told: list[Stay] = []
        self.links: dict[int, dict[int, Edge]] = defaultdict(dict)
        self.foes: dict[int, Counter[int]] = defaultdict(Counter)
        self.here: set[int] = set()
        self.stays: dict[int, Stay] = {}
        self.cuts: dict[int, Stay] = {}
        self.standing = Standing(rules)

    def tell(self, facts: Iterable[Fact]) -> list[Stay]:
        """Walk through all moments; what still holds at the end has no end."""
        begins, ends = defaultdict(list), defaultdict(list)
        for fact in facts:
            begins[fact.since].append(fact)
            ends[fact.until].append(fact)
        for moment in sorted({*begins, *ends} - {NEVER}):
            touched: set[int] = set()
            for fact in ends[moment]:
                touched |= self._end(fact, moment)
            new = sorted(begins[moment], key=_turn)
            moved = [
                node for fact in new for node in self._begin(fact, moment, touched)
            ]
            self._settle(touched, moment)
            for node in self.here.intersection(moved):
                self._move(node, moment, {}, {})
        return [*self.told, *self.stays.values(), *self.cuts.values()]

    def _begin(self, fact: Fact, moment: int, touched: set[int]) -> set[int]:
        """Take in what is new; the nodes that it moved, if that is all that it does."""
        if isinstance(fact, Record):
            self.here.add(fact.node)
            return {fact.node}
        if isinstance(fact, Edge):
            self.links[fact.left][fact.number] = fact
            self.links[fact.right][fact.number] = fact
            return self._hear(fact, moment, touched)
        self.foes[fact.left][fact.right] += 1
        self.foes[fact.right][fact.left] += 1
        touched |= {fact.left, fact.right}
        return set()

    def _hear(self, edge: Edge, moment: int, touched: set[int]) -> set[int]:
        """Let a new link join what it joins, unless more has to be looked at."""
        does: int | None = LOOK_AGAIN
        if not touched and not any(self.foes.values()):
            does = self.standing.hear(edge, self.links, self.cuts)
        if does is None:
            return set(self.standing.join(edge))
        if does == LOOK_AGAIN:
            touched |= {edge.left, edge.right}
        elif does != NOTHING_NEW:
            self._cut(edge.number, does, moment)
        return set()

    def _end(self, fact: Fact, moment: int) -> set[int]:
        if isinstance(fact, Record):
            self.here.remove(fact.node)
            self._close(self.stays, fact.node, moment)
            return set()
        if isinstance(fact, Edge):
            del self.links[fact.left][fact.number]
            del self.links[fact.right][fact.number]
            if fact.number in self.cuts:
                self._close(self.cuts, fact.number, moment)
        else:
            self.foes[fact.left] -= Counter([fact.right])
            self.foes[fact.right] -= Counter([fact.left])
        return {fact.left, fact.right}

    def _close(self, held: dict[int, Stay], key: int, moment: int) -> None:
        stay = held.pop(key)
        if stay.since < moment:
            self.told.append(stay._replace(until=moment))

    def _settle(self, touched: set[int], moment: int) -> None:
        """Tell anew what is connected with anything that changed, each by itself."""
        led: dict[int, list[tuple[int, Edge]]] = {}
        holding: dict[int, Edge] = {}
        while touched:
            nodes, edges = self._around({touched.pop()})
            touched -= nodes
            led |= {node: self.standing.beside.get(node, []) for node in nodes}
            parts, refused = parted(edges.values(), self.rules, self._foes_of(nodes))
            held = {number: edges[number] for number in edges.keys() - refused.keys()}
            self.standing.renew(nodes, parts, Tree(held.values()), held.values())
            holding |= held
            for number in edges:
                self._cut(number, refused.get(number), moment)
        for record in sorted(led.keys() & self.here):
            self._move(record, moment, holding, led)

    def _around(self, touched: set[int]) -> tuple[set[int], dict[int, Edge]]:
        waiting, nodes, edges = list(touched), set(touched), {}
        while waiting:
            for edge in self.links[waiting.pop()].values():
                edges[edge.number] = edge
                for node in {edge.left, edge.right} - nodes:
                    nodes.add(node)
                    waiting.append(node)
        return nodes, edges

    def _foes_of(self, nodes: set[int]) -> dict[int, set[int]]:
        return {n: nodes & self.foes[n].keys() for n in nodes if n in self.foes}

    def _move(
        self, record: int, moment: int, holding: Collection[int], led: Ways
    ) -> None:
        """Note where a record is now, if it is elsewhere than it was.

        What held is gone unless it is `holding`; by `led` it led to its former root.
        """
        root, former = self.standing.find(record), self.stays.get(record)
        if former is not None and former.root == root:
            return
        edge = self.standing.joined_by(record)
        reason = APPEARED
        if former is not None:
            reason = MERGED if root < former.root else SPLIT
            if reason == SPLIT:
                edge = _gave_way(path(led, record, former.root), holding)
            self._close(self.stays, record, moment)
        number = NOTHING if edge is None else edge.number
        self.stays[record] = Stay(record, root, moment, NEVER, reason, number)

    def _cut(self, number: int, reason: int | None, moment: int) -> None:
        former = self.cuts.get(number)
        if (former and former.reason) == reason:
            return
        if former is not None:
            self._close(self.cuts, number, moment)
        if reason is not None:
            self.cuts[number] = Stay(NOTHING, NOTHING, moment, NEVER, reason, number)


def _turn(fact: Fact) -> tuple[bool, int]:
    """Links come after all else, as they became known."""
    return (True, fact.number) if isinstance(fact, Edge) else (False, 0)


def _gave_way(links: Iterable[Edge], holding: Collection[int]) -> Edge:
    """The least trusted of those that are gone."""
    return max((one for one in links if one.number not in holding), key=trusted)


def swept(facts: Sequence[Fact], rules: Rules) -> list[Stay]:
    """What one component tells."""
    return Sweep(rules).tell(facts)
