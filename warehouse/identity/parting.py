"""What becomes of a component in which not all links can hold: trust decides.

Links are heard in the order of trust, and one that would join what has to stay apart is
refused. That is a function of the set of links, whatever order they came in.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from warehouse.identity.graph import CANNOT_LINK, OTHER_ACCOUNT, OVERSIZED

# The trust in a link between a record and its account (seeds/identity_rules.csv).
ACCOUNT = 1


class Edge(NamedTuple):
    """A link by itself; `Edges` says what its parts mean."""

    number: int
    left: int
    right: int
    trust: int
    joins_accounts: bool
    since: int
    until: int


class Side(NamedTuple):
    """What counts of a part that a link would join to another."""

    records: int
    has_account: bool

    def beside(self, other: "Side") -> "Side":
        """What counts of both together."""
        return Side(self.records + other.records, self.has_account or other.has_account)


class Rules(NamedTuple):
    """What a customer may not be."""

    record_count: int
    accounts: frozenset[int]
    limit: int

    def side(self, node: int) -> Side:
        """What counts of a node by itself."""
        return Side(int(node < self.record_count), node in self.accounts)


def refusal_of(edge: Edge, left: Side, right: Side, rules: Rules) -> int | None:
    """Why a link may not join two parts which nobody keeps apart."""
    if left.has_account and right.has_account and not edge.joins_accounts:
        return OTHER_ACCOUNT
    if left.records + right.records > rules.limit:
        return OVERSIZED
    return None


class Parts:
    """Nodes that were joined, each part named after its least node."""

    def __init__(self) -> None:
        self.top: dict[int, int] = {}

    def find(self, node: int) -> int:
        """The name of a node's part."""
        top, root = self.top, node
        while (above := top.setdefault(root, root)) != root:
            root = above
        while (above := top[node]) != root:
            top[node], node = root, above
        return root

    def join(self, left: int, right: int) -> tuple[int, int]:
        """Join two parts by their names; the least stays."""
        older, younger = min(left, right), max(left, right)
        self.top[younger] = older
        return older, younger


class Parting(Parts):
    """Parts that grow link by link, as far as the rules let them."""

    def __init__(self, rules: Rules, foes: Mapping[int, Collection[int]]) -> None:
        super().__init__()
        self.rules = rules
        self.foes = {node: set(others) for node, others in foes.items() if others}
        self.sides: dict[int, Side] = {}

    def hear(self, edge: Edge) -> int | None:
        """Let a link join its ends; otherwise, say why not."""
        left, right = self.find(edge.left), self.find(edge.right)
        if left == right:
            return None
        refusal = self._refusal(left, right, edge)
        if refusal is None:
            self._merge(left, right)
        return refusal

    def _refusal(self, left: int, right: int, edge: Edge) -> int | None:
        if self._are_foes(left, right):
            return CANNOT_LINK
        return refusal_of(edge, self._side(left), self._side(right), self.rules)

    def _merge(self, left: int, right: int) -> None:
        side = self._side(left).beside(self._side(right))
        older, younger = self.join(left, right)
        self.sides[older] = side
        foes = self.foes.pop(younger, set())
        if foes:
            mine = self.foes.setdefault(older, set())
            mine |= foes

    def _are_foes(self, left: int, right: int) -> bool:
        return any(
            self.find(foe) == other
            for part, other in ((left, right), (right, left))
            for foe in self.foes.get(part, ())
        )

    def _side(self, part: int) -> Side:
        return self.sides.get(part) or self.rules.side(part)


def trusted(edge: Edge) -> tuple[int, int]:
    """The place of a link among those that are heard."""
    return edge.trust, edge.number


def parted(
    edges: Iterable[Edge], rules: Rules, foes: Mapping[int, Collection[int]]
) -> tuple[Parts, dict[int, int]]:
    """The parts that these links leave, and the links that hold no part together.

    What a person keeps apart from something is trusted as an account is: who holds it
    goes with it, and other links give way.
    """

    def place(edge: Edge) -> tuple[int, int]:
        named = bool(foes.get(edge.right))
        trust, number = trusted(edge)
        return min(trust, ACCOUNT) if named else trust, number

    heard = sorted(edges, key=place)
    parts = Parting(rules, foes)
    refused = [(edge, parts.hear(edge)) for edge in heard]
    return parts, {
        edge.number: reason
        for edge, reason in refused
        if reason is not None and parts.find(edge.left) != parts.find(edge.right)
    }


class Tree:
    """How the nodes of some parts came together, by the first link that joined each."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.absorbed: dict[int, tuple[int, Edge]] = {}
        self.beside: dict[int, list[tuple[int, Edge]]] = {}
        parts = Parts()
        for edge in sorted(edges):
            left, right = parts.find(edge.left), parts.find(edge.right)
            if left != right:
                older, younger = parts.join(left, right)
                self.absorbed[younger] = older, edge
                self.beside.setdefault(edge.left, []).append((edge.right, edge))
                self.beside.setdefault(edge.right, []).append((edge.left, edge))

    def joined_by(self, node: int) -> Edge | None:
        """The link by which a node came to its root; none for the root itself."""
        edge = None
        while node in self.absorbed:
            node, edge = self.absorbed[node]
        return edge


def path(
    beside: Mapping[int, Collection[tuple[int, Edge]]], start: int, end: int
) -> list[Edge]:
    """The links between two nodes of a tree."""
    came: dict[int, tuple[int, Edge] | None] = {start: None}
    waiting = [start]
    while end not in came:
        node = waiting.pop()
        for other, edge in beside[node]:
            if other not in came:
                came[other] = node, edge
                waiting.append(other)
    links = []
    while (step := came[end]) is not None:
        end, edge = step
        links.append(edge)
    return links
