"""Worlds that chance seldom draws, each of which a plausible shortcut tells wrongly."""

from tests.identity.oracle import NEVER, Bar, Link, World
from tests.identity.worlds import ACCOUNT, EMAIL, MUST, WEAK


def holds(since: int, record: int, value: int, rule: tuple[int, bool, bool]) -> Link:
    """A link that never ends."""
    trust, joins, names = rule
    return Link(since, trust, record, value, NEVER, joins, names)


def world(count: int, limit: int, *links: Link, bars: tuple[Bar, ...] = ()) -> World:
    """So many records, all there from the beginning."""
    return World([(0, NEVER)] * count, sorted(links), list(bars), limit)


HARD = {
    "what is kept apart is not connected yet, and orders no links": world(
        *(3, 2),
        holds(0, 0, 6, ACCOUNT),
        holds(0, 0, 3, EMAIL),
        holds(1, 2, 3, MUST),
        holds(1, 2, 5, ACCOUNT),
        holds(2, 1, 3, EMAIL),
        bars=(Bar(1, 3, 1, NEVER),),
    ),
    "what is refused, and at the same moment is not, was never refused": world(
        *(2, 500),
        holds(0, 0, 4, ACCOUNT),
        holds(0, 1, 5, ACCOUNT),
        holds(1, 1, 4, ACCOUNT),
        holds(1, 0, 2, EMAIL),
        holds(1, 1, 2, EMAIL),
    ),
    "a better link makes a part too large for a worse one": world(
        *(3, 2),
        holds(0, 0, 7, WEAK),
        holds(0, 1, 7, WEAK),
        holds(0, 2, 3, EMAIL),
        holds(1, 0, 3, EMAIL),
    ),
    "a better link within a part is another reason to refuse": world(
        *(4, 2),
        holds(0, 0, 6, ACCOUNT),
        *(holds(0, record, 7, ACCOUNT) for record in (2, 3)),
        holds(0, 0, 9, WEAK),
        holds(0, 1, 8, WEAK),
        holds(0, 2, 8, WEAK),
        holds(1, 1, 9, WEAK),
        holds(2, 0, 4, EMAIL),
        holds(3, 1, 4, EMAIL),
    ),
    "a link that joins is another reason to refuse a worse one": world(
        *(5, 3),
        holds(0, 0, 7, ACCOUNT),
        *(holds(0, record, 8, ACCOUNT) for record in (2, 3, 4)),
        holds(0, 2, 9, WEAK),
        holds(1, 1, 9, WEAK),
        holds(2, 0, 5, EMAIL),
        holds(3, 1, 5, EMAIL),
    ),
}
