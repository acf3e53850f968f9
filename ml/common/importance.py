"""What a fitted classifier leans on, feature by feature of customer_features."""

import numpy as np

from ml.common.classifiers import Classifier, probabilities
from ml.common.encoding import Floats
from ml.common.labelled import Labelled
from ml.common.metrics import measure

SAMPLE_ROWS = 4_000


def importances(model: Classifier, test: Labelled, *, seed: int) -> dict[str, float]:
    """Return the loss of ROC AUC when a feature's columns are shuffled, largest first.

    All columns of one feature are shuffled together (an age and its "never"), on a
    sample of the test moment. Features that share their news show little each.
    """
    random = np.random.default_rng(seed)
    rows = random.permutation(len(test.labels))[:SAMPLE_ROWS]
    values, labels = test.values[rows], test.labels[rows]
    full = _auc(model, values, labels)
    losses = {
        name: full - _auc(model, _shuffled(values, test.sources, name, random), labels)
        for name in dict.fromkeys(test.sources)
    }
    return dict(sorted(losses.items(), key=lambda item: (-item[1], item[0])))


def _auc(model: Classifier, values: Floats, labels: Floats) -> float:
    return measure(labels, probabilities(model, values)).roc_auc


def _shuffled(
    values: Floats, sources: tuple[str, ...], name: str, random: np.random.Generator
) -> Floats:
    columns = [place for place, source in enumerate(sources) if source == name]
    mixed = values.copy()
    mixed[:, columns] = values[random.permutation(len(values))][:, columns]
    return mixed
