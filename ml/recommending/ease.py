"""EASE: which products speak for which others, in closed form.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (WWW 2019): of all weights
with a zero diagonal those that rebuild histories best under a ridge. With P the inverse
of (X'X + ridge I) they are B[i, j] = -P[i, j] / P[j, j].
"""

from typing import Any

import numpy as np
from scipy.linalg import lapack

from ml.recommending.histories import Singles

BLOCK = 256
RIDGE = 300.0
"""Of the order that the paper found for three sets of very different sizes."""


def ease(histories: Any, ridge: float = RIDGE) -> Singles:
    """Return products by products: what a history's row says for each column.

    `histories` is people by products (CSR, float32). Time grows with the cube of the
    number of products, memory with its square; the inverse is made in place.
    """
    if not histories.shape[1]:
        return np.zeros((0, 0), "float32")
    gram = _gram(histories)
    np.fill_diagonal(gram, np.diag(gram) + np.float32(ridge))
    factor, _ = lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    _mirror(inverse)
    # The same by columns and by rows, but rows lie together for what reads it.
    weights: Singles = inverse.T
    weights /= -np.diag(weights).copy()
    np.fill_diagonal(weights, 0.0)
    return weights


def _gram(histories: Any) -> Singles:
    """The lower triangle of X'X and some above it, which nobody is to read.

    By columns: a sparse one would hold as many entries, and their places.
    """
    size = histories.shape[1]
    by_product = histories.tocsc()
    turned = by_product.T  # the same arrays
    gram = np.zeros((size, size), "float32", order="F")

    for start in range(0, size, BLOCK):
        block = slice(start, start + BLOCK)
        gram[start:, block] = (turned[start:] @ by_product[:, block]).toarray()
    return gram


def _mirror(matrix: Singles) -> None:
    """Copy the lower triangle onto the upper one, a few columns at a time."""
    for start in range(0, len(matrix), BLOCK):
        block = slice(start, start + BLOCK)
        matrix[block, start + BLOCK :] = matrix[start + BLOCK :, block].T
        corner = matrix[block, block]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
