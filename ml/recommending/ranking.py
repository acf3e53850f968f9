"""The best few of many scores, exactly and without sorting them all."""

import numpy as np

from ml.common.encoding import Floats
from ml.recommending.histories import Histories, Ints, Mask, Singles
from ml.recommending.model import Blend

WIDTH = 64
CELLS = 1_000_000
"""Scores worked on at once: 4 MB a copy."""


def blended(taste: Singles, popularity: Floats, blend: Blend) -> Singles:
    """Return scores up to 1: shares of each person's best taste, and of the top seller.

    Without any taste popularity alone decides. `taste` itself becomes the shares.
    """
    best = taste.max(axis=1, initial=0.0)
    taste /= np.where(best > 0, best, 1.0)[:, None]
    wanted_now: Singles = popularity.astype("float32")
    if np.isinf(blend.popularity):
        return np.tile(wanted_now, (len(taste), 1))
    scores = taste + np.float32(blend.popularity) * wanted_now
    scores /= np.float32(1 + blend.popularity)
    return scores


def leave_out(scores: Singles, left_out: Histories, where: Mask | None = None) -> None:
    """Take from each person the entries of `left_out`, in place."""
    rows, columns = left_out.person(), left_out.product
    if where is not None:
        rows, columns = rows[where], columns[where]
    scores[rows, columns] = -np.inf


def best(scores: Singles, count: int) -> tuple[Ints, Ints]:
    """Return rows and columns of each row's `count` highest finite scores.

    Rows in order, the highest first, the first column of equals.
    """
    is_near = scores >= _bound(scores, count)[:, None]
    is_near &= scores > -np.inf
    row, column = np.nonzero(is_near)
    order = np.lexsort((column, -scores[row, column], row))
    row, column = row[order], column[order]
    kept = np.arange(len(row)) - np.searchsorted(row, row) < count
    return row[kept], column[kept]


def _bound(scores: Singles, count: int) -> Singles:
    """A value that at least `count` scores of a row reach: from the best of bundles."""
    rows, columns = scores.shape
    bundles = columns // WIDTH
    if bundles < count:
        return np.full(rows, -np.inf).astype(np.float32)
    even = scores[:, : bundles * WIDTH].reshape(rows, bundles, WIDTH)
    tops: Singles = even.max(axis=2)
    return np.asarray(np.partition(tops, -count, axis=1)[:, -count])
