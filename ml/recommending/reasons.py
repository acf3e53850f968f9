"""Why a product is shown: the one thing in a person's history that says most for it."""

from typing import Any

import numpy as np

from ml.common.encoding import Floats
from ml.recommending.frames import KINDS
from ml.recommending.histories import Histories, Ints, Mask
from ml.recommending.tastes import Tastes

REASONS = (*(f"because_{kind}" for kind in KINDS), "similar_to_taste", "popular_now")
SIMILAR, POPULAR = len(KINDS), len(KINDS) + 1


def reasons(
    past: Histories,
    said: Floats,
    tastes: Tastes,
    row: Ints,
    shown: Ints,
    by_taste: Mask,
) -> tuple[Ints, Ints]:
    """Return each shown product's place in REASONS, and the product it names or -1.

    `said` is what each entry of `past` says (0: it must not be named), `row` and
    `shown` are the person and the product. Where taste weighs most (`by_taste`) the
    strongest entry is the reason; a cold product on either side is only similar, and
    so is what no single entry speaks for.
    """
    kind = np.full(len(row), POPULAR, "int8")
    kind[by_taste] = SIMILAR
    entry = np.full(len(row), -1)
    entry[by_taste] = _strongest(past, said, tastes, row[by_taste], shown[by_taste])
    told = np.where(entry >= 0, past.product[entry] if len(past.product) else -1, -1)
    warm = (told >= 0) & ~tastes.is_cold[told] & ~tastes.is_cold[shown]
    kind[warm] = past.kind[entry[warm]]
    return kind, told


def _strongest(
    past: Histories, said: Floats, tastes: Tastes, row: Ints, shown: Ints
) -> Ints:
    """The entry that adds most to each shown product; -1 where none adds anything."""
    length = np.diff(past.starts)[row]
    starts = np.concatenate([[0], np.cumsum(length)])
    which = np.repeat(np.arange(len(row)), length)
    entry = np.repeat(past.starts[row] - starts[:-1], length) + np.arange(starts[-1])
    adds: Any = said[entry] * tastes.links(past.product[entry], shown[which])
    found = np.full(len(row), -1)
    some = np.flatnonzero(length)
    if len(some):
        most = np.zeros(len(row))
        most[some] = np.maximum.reduceat(adds, starts[some])
        first = np.flatnonzero((adds == most[which]) & (adds > 0))[::-1]
        found[which[first]] = entry[first]
    return found
