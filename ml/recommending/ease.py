"""EASE: which products speak for which others, in closed form.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data" (WWW 2019): of all weights
with a zero diagonal those that rebuild histories best under a ridge. With P the inverse
of (X'X + ridge I) they are B[i, j] = -P[i, j] / P[j, j].
"""

from typing import Any

import numpy as np
from scipy.linalg import lapack

from ml.recommending.histories import Singles

RIDGE = 300.0
"""Of the order that the paper found for three sets of very different sizes."""


def ease(histories: Any, ridge: float = RIDGE) -> Singles:
    """Return products by products: what a history's row says for each column.

    `histories` is people by products (CSR, float32). Time grows with the cube of the
    number of products, memory with its square; the inverse is made in place.
    """
    if not histories.shape[1]:
        return np.zeros((0, 0), "float32")
    gram = np.asfortranarray((histories.T @ histories).toarray(), "float32")
    _add_to_diagonal(gram, ridge)
    factor, _ = lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    _mirror(inverse)
    weights = np.divide(inverse, -np.diag(inverse).copy(), out=inverse)
    np.fill_diagonal(weights, 0.0)
    return np.ascontiguousarray(weights)


def _add_to_diagonal(matrix: Singles, value: float) -> None:
    np.fill_diagonal(matrix, np.diag(matrix) + value)


def _mirror(matrix: Singles) -> None:
    """Copy the lower triangle onto the upper one, a few columns at a time."""
    for start in range(0, len(matrix), 256):
        block = slice(start, start + 256)
        matrix[block, start + 256 :] = matrix[start + 256 :, block].T
        corner = matrix[block, block]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
