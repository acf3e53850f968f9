"""The calls of the web stream, as columns, before their journey."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from simulator.calendar import Ints

(
    PAGE,
    IDENTIFY,
    SEARCHED,
    LISTED,
    VIEWED,
    ADDED,
    REMOVED,
    CART_VIEWED,
    CHECKING_OUT,
    COMPLETED,
) = range(10)


@dataclass(frozen=True)
class Events:
    """One row a call of the web stream, before its journey to the collector.

    `thing` is what the call speaks of: a product, a category, a query, an order, or a
    record of the shop (identify); -1 for nothing.
    """

    session: Ints
    kind: Ints
    thing: Ints
    basket: Ints
    quantity: Ints
    page: Ints
    source: Ints
    moment: Ints
    device: Ints
    user: Ints
    """Row of the shop's record that is logged in, or -1."""

    @property
    def count(self) -> int:
        """Return the number of calls."""
        return len(self.kind)

    def take(self, rows: Ints | npt.NDArray[np.bool_]) -> "Events":
        """Return some rows."""
        return Events(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def concat(*parts: Events) -> Events:
    """Return the rows of all parts."""
    return Events(
        **{
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Events)
        }
    )
