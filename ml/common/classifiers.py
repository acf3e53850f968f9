"""The kinds of model that may predict a yes, and their calibration out of sample."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ml.common.encoding import Floats, signed_log1p

Classifier = Any  # scikit-learn ships no types
# So many rows stay in the processor's cache while all trees pass over them: half the
# time of one call, and the same bits (measured).
CHUNK_ROWS = 8_192
FOLDS = 2  # Platt's two parameters were no better from 3 or 5 (measured)

LOGISTIC: Mapping[str, Any] = {"C": 0.1, "max_iter": 1000}
# Few, large leaves and a fixed number of rounds: measured to beat the defaults.
BOOSTING: Mapping[str, Any] = {
    "max_iter": 60,
    "learning_rate": 0.1,
    "max_bins": 63,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 200,
    "l2_regularization": 1.0,
    "early_stopping": False,
}


def logistic(seed: int) -> Classifier:
    """Return a logistic regression on log1p and scaled columns."""
    to_logs = FunctionTransformer(signed_log1p)
    model = LogisticRegression(**LOGISTIC, random_state=seed)
    return make_pipeline(to_logs, StandardScaler(), model)


def boosting(seed: int) -> Classifier:
    """Return a constrained histogram gradient boosting."""
    return HistGradientBoostingClassifier(**BOOSTING, random_state=seed)


class MeanOdds(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # no types there
    """Both kinds, fitted to the same rows; it says the mean of their log odds.

    Of two that are near it is the surer choice. scikit-learn's VotingClassifier takes
    the mean of probabilities, which has no log odds for Platt's scaling to mend.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, values: Floats, labels: Floats) -> "MeanOdds":
        """Fit both to rows by columns and their 0/1 labels."""
        kinds = (logistic, boosting)
        self.parts_ = [kind(self.seed).fit(values, labels) for kind in kinds]
        self.classes_ = self.parts_[0].classes_
        return self

    def decision_function(self, values: Floats) -> Floats:
        """Return by row the mean of the log odds."""
        odds = [part.decision_function(values) for part in self.parts_]
        return np.asarray(np.mean(odds, axis=0))

    def predict_proba(self, values: Floats) -> Floats:
        """Return by row the probabilities of no and of yes."""
        yes = expit(self.decision_function(values))
        return np.column_stack([1 - yes, yes])

    def predict(self, values: Floats) -> Floats:
        """Return by row the likelier class."""
        return np.asarray(self.classes_[(self.decision_function(values) > 0) * 1])


# In order of simplicity: a later kind must be better to be chosen.
KINDS: Mapping[str, Callable[[int], Classifier]] = {
    "logistic": logistic,
    "mean": MeanOdds,
    "boosting": boosting,
}


def fit_calibrated(
    kind: str, values: Floats, labels: Floats, customers: npt.NDArray[Any], seed: int
) -> Classifier:
    """Fit one kind on all rows, calibrated on predictions for customers it never saw.

    `values` is rows by columns, `labels` 0/1, `customers` an id a row. Platt scaling
    learns from cross-validated predictions; a fold holds all moments of its customers,
    so none of them serves both the fit and the calibration of one prediction.
    """
    folds = _folds(customers, seed)
    model = CalibratedClassifierCV(
        KINDS[kind](seed), method="sigmoid", cv=folds, ensemble=False
    )
    fitted = model.fit(values, labels)
    # Which rows were in which fold is of no use to who scores.
    fitted.cv = FOLDS
    return fitted


def _folds(
    customers: npt.NDArray[Any], seed: int
) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    _, code = np.unique(customers, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(code.max() + 1)[code] % FOLDS
    pairs = ((np.flatnonzero(fold != one), fold == one) for one in range(FOLDS))
    return [(fit, np.flatnonzero(judge)) for fit, judge in pairs]


def probabilities(model: Classifier, values: Floats) -> Floats:
    """Return the probability of a yes for every row, within [0, 1]."""
    starts = range(0, len(values), CHUNK_ROWS)
    chunks = (values[start : start + CHUNK_ROWS] for start in starts)
    said = [model.predict_proba(chunk)[:, 1] for chunk in chunks]
    return np.asarray(np.clip(np.concatenate([np.empty(0), *said]), 0.0, 1.0))
