"""Beyond EASE's reach: products as few numbers each, by implicit's ALS.

Hu, Koren and Volinsky (2008). People are folded in by their histories when advice is
given, so only the products' factors are kept.
"""

from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares

from ml.recommending.histories import Singles

FACTORS = 64
REGULARIZATION = 10.0
"""Of 0.01 and 10 with confidences of 1, 3 and 10 the best on MovieLens, out of time."""
CONFIDENCE = 1.0
ITERATIONS = 15
SOME = 500


def als(histories: Any, seed: int) -> Singles:
    """Return each product's factors (float32); the same seed, the same factors."""
    # Solved row by row, so that the number of threads changes nothing.
    model = _model(min(FACTORS, histories.shape[1]), seed)
    model.fit(histories.tocsr(), show_progress=False)
    return np.asarray(model.item_factors)


class Folding:
    """Scores of people by fixed factors of products."""

    def __init__(self, factors: Singles) -> None:
        """Prepare what all people share."""
        self.factors = factors
        self._model = _model(factors.shape[1], 0)
        self._model.item_factors = factors
        shared = factors.T @ factors
        np.fill_diagonal(shared, np.diag(shared) + REGULARIZATION)
        self._speaking = np.linalg.solve(shared, factors.T).T

    def usual(self) -> float:
        """Return the median, over some products, of the strongest tie of each."""
        some = np.linspace(0, len(self.factors) - 1, SOME).astype("int64")
        ties = self._speaking[some] @ self.factors.T
        ties[np.arange(SOME), some] = 0.0
        return float(np.median(ties.max(axis=1)))

    def scores(self, histories: Any) -> Singles:
        """Return people by products: how well each fits a person's history."""
        people = np.arange(histories.shape[0])
        folded = self._model.recalculate_user(people, histories)
        return np.asarray(folded @ self.factors.T)

    def links(self, said: Any, shown: Any) -> Singles:
        """Return, pair by pair, what having touched `said` adds to `shown`.

        As if its owner knew nothing else: enough to tell the strongest reason.
        """
        speaking: Singles = self._speaking[said]
        return np.asarray((speaking * self.factors[shown]).sum(axis=1))


def _model(factors: int, seed: int) -> AlternatingLeastSquares:
    return AlternatingLeastSquares(
        factors=factors,
        regularization=REGULARIZATION,
        alpha=CONFIDENCE,
        iterations=ITERATIONS,
        random_state=seed,
    )
