"""The parts of a component as they stand, and what joins them without a second look.

Most news of a component changes one part, or none: it need not be told anew as a whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warehouse.identity.parting import (
    Edge,
    Parting,
    Parts,
    Rules,
    Side,
    Tree,
    refusal_of,
    trusted,
)

Cuts = Mapping[int, object]
Links = Mapping[int, Mapping[int, Edge]]
# What a link does that neither joins anything nor is refused.
NOTHING_NEW = -1
LOOK_AGAIN = -2
FIRST = (-1, -1)


@dataclass
class Part:
    """Nodes that are one now; `last` is the place of the least trusted link in it."""

    nodes: list[int]
    side: Side
    last: tuple[int, int] = FIRST


class Standing:
    """Who is in which part now, and how it came there."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.root: dict[int, int] = {}
        self.parts: dict[int, Part] = {}
        self.absorbed: dict[int, tuple[int, Edge]] = {}
        self.beside: dict[int, list[tuple[int, Edge]]] = {}

    def find(self, node: int) -> int:
        """The name of a node's part; a new one is a part by itself."""
        if node not in self.root:
            self.root[node] = node
            self.parts[node] = Part([node], self.rules.side(node))
        return self.root[node]

    def joined_by(self, node: int) -> Edge | None:
        """The link by which a node came to its root; none for the root itself."""
        edge = None
        while node in self.absorbed:
            node, edge = self.absorbed[node]
        return edge

    def join(self, edge: Edge) -> list[int]:
        """Join the parts of both ends; the nodes whose root is another one now."""
        left, right = self.find(edge.left), self.find(edge.right)
        older, younger = min(left, right), max(left, right)
        part, moved = self.parts[older], self.parts.pop(younger)
        part.nodes += moved.nodes
        part.side = part.side.beside(moved.side)
        part.last = max(part.last, moved.last, trusted(edge))
        self.root |= dict.fromkeys(moved.nodes, older)
        self.absorbed[younger] = older, edge
        self.beside.setdefault(edge.left, []).append((edge.right, edge))
        self.beside.setdefault(edge.right, []).append((edge.left, edge))
        return moved.nodes

    def renew(
        self, nodes: Iterable[int], parts: Parts, tree: Tree, holding: Iterable[Edge]
    ) -> None:
        """Take over what was told anew of these nodes."""
        for node in nodes:
            self.parts.pop(node, None)
            self.absorbed.pop(node, None)
        for node in nodes:
            self.root[node] = root = parts.find(node)
            part = self.parts.setdefault(root, Part([], Side(0, False)))
            part.nodes.append(node)
            part.side = part.side.beside(self.rules.side(node))
            self.beside[node] = tree.beside.get(node, [])
        self.absorbed |= tree.absorbed
        for edge in holding:
            part = self.parts[self.root[edge.left]]
            part.last = max(part.last, trusted(edge))

    def hear(self, edge: Edge, links: Links, cuts: Cuts) -> int | None:
        """What a new link does while nobody keeps anything apart.

        None if it joins two parts and nothing else changes; why it is refused;
        `NOTHING_NEW`; or `LOOK_AGAIN` where what is heard after it may be told
        otherwise now.
        """
        left, right = self.find(edge.left), self.find(edge.right)
        ends = sorted(
            {left, right}, key=lambda root: (len(self.parts[root].nodes), root)
        )
        are_one, refusal = self._heard(edge, ends, links, cuts)
        if refusal is not None and len(ends) > 1:
            return refusal
        if not are_one and refusal is None:
            if not self._is_all(edge, ends, links, cuts):
                return LOOK_AGAIN
            if len(ends) > 1:
                return None
        part = self.parts[left]
        part.last = max(part.last, trusted(edge))
        return NOTHING_NEW

    def _heard(
        self, edge: Edge, ends: list[int], links: Links, cuts: Cuts
    ) -> tuple[bool, int | None]:
        """Whether its ends are one before it is heard, and why it is refused if not."""
        if self._is_last(edge, ends):
            if len(ends) == 1:
                return True, None
            sides = [self.parts[root].side for root in ends]
            return False, refusal_of(edge, sides[0], sides[1], self.rules)
        before = Parting(self.rules, {})
        for one in sorted(self._held(ends, links, cuts), key=trusted):
            if trusted(one) < trusted(edge):
                before.hear(one)
        if before.find(edge.left) == before.find(edge.right):
            return True, None
        return False, before.hear(edge)

    def _is_last(self, edge: Edge, ends: Iterable[int]) -> bool:
        """Whether a link is heard after all that hold these parts together."""
        return all(self.parts[root].last < trusted(edge) for root in ends)

    def _is_all(self, edge: Edge, ends: list[int], links: Links, cuts: Cuts) -> bool:
        """Whether a link that is not refused leaves all else as it is."""
        records = sum(self.parts[root].side.records for root in ends)
        if records > self.rules.limit:
            return False
        plain = (self._is_plain(root, links, cuts) for root in ends)
        if len(ends) == 1:
            return all(plain)
        return any(plain) or (
            self._is_last(edge, ends)
            and all(
                trusted(one) < trusted(edge)
                and {self.root[one.left], self.root[one.right]} != {*ends}
                for root in ends
                for one in self._refused(root, links, cuts)
            )
        )

    def _held(self, roots: Iterable[int], links: Links, cuts: Cuts) -> Iterable[Edge]:
        """The links that hold these parts together, and new ones."""
        nodes = [node for root in roots for node in self.parts[root].nodes]
        known = {n: one for node in nodes for n, one in links.get(node, {}).items()}
        return [one for number, one in known.items() if number not in cuts]

    def _refused(self, root: int, links: Links, cuts: Cuts) -> Iterable[Edge]:
        """The links that are refused at the border of a part."""
        for node in self.parts[root].nodes:
            known = links.get(node, {})
            yield from (known[number] for number in known.keys() & cuts.keys())

    def _is_plain(self, root: int, links: Links, cuts: Cuts) -> bool:
        """Whether a part has no account, and nothing was refused at its border."""
        if self.parts[root].side.has_account:
            return False
        return not any(True for _ in self._refused(root, links, cuts))
