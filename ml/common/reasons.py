"""Why a probability is high or low, in words: what weighs most for this customer.

A boosting has no weights of its own. So its log odds are told anew as a weighted sum
of the scaled logarithms of the columns, and how well that sum tells them out of time
stands on the card (R squared). Columns that share their news are one group. And a
column may pull one way alone, the one it has by itself: left free, the fifth column
about visits gets the other sign to mend the four before, and "raises: no products
viewed" would be told of people. A sum so bound tells less of the odds, and truer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from ml.common.classifiers import Classifier, probabilities
from ml.common.encoding import Floats, signed_log1p
from ml.common.labelled import Labelled
from ml.common.returning import NAMES
from ml.common.wording import GROUPS, spelled

COUNT = 3
SAMPLE_ROWS = 20_000
EDGE = 1e-4
LEAST = 1e-6

Weights = Mapping[str, Any]


def learn(model: Classifier, rows: Labelled) -> Weights:
    """Return the weights by column of the sum that tells the model's log odds."""
    step = max(len(rows.labels) // SAMPLE_ROWS, 1)
    values = rows.values[::step]
    scaler = StandardScaler().fit(signed_log1p(values))
    scaled = scaler.transform(signed_log1p(values))
    odds = _log_odds(probabilities(model, values))
    way = _ways(scaled, odds, rows.sources)
    line = Ridge(alpha=1.0, positive=True).fit(scaled * way, odds)
    # No column is without a way: of a group that adds nothing it is still the true one.
    weights = np.maximum(line.coef_, LEAST) * way / scaler.scale_
    return {"weights": weights, "usual": np.array(scaler.mean_)}


def _ways(scaled: Floats, odds: Floats, sources: tuple[str, ...]) -> Floats:
    """Return by column 1 or -1: whether more of it, by itself, goes with higher odds.

    Judged among the identified: visitors are all new here and hardly buy, which would
    turn what is recent against itself. What only buyers have is judged among them.
    """
    known = _above_least(scaled, sources, "is_identified")
    buyers = _above_least(scaled, sources, "order_count")
    ways = np.ones(len(sources))
    for at, name in enumerate(sources):
        among = buyers if name in NAMES else known
        apart = odds[among] - odds[among].mean()
        ways[at] = 1.0 if scaled[among, at] @ apart >= 0 else -1.0
    return ways


def _above_least(
    scaled: Floats, sources: tuple[str, ...], name: str
) -> npt.NDArray[np.bool_]:
    """Return which rows have more than the least of a column; all, if none has."""
    more = np.ones(len(scaled), dtype=bool)
    if name in sources:
        column = scaled[:, sources.index(name)]
        more = column > column.min()
    return more if more.any() else ~more


def contributions(weights: Weights, values: Floats) -> Floats:
    """Return, by row and column, what it adds to the log odds of the usual customer."""
    added = np.empty(values.shape, order="F")
    # Column by column, since one stays in the processor's cache and a matrix does not.
    for place, column in enumerate(values.T):
        own = signed_log1p(column)
        own -= weights["usual"][place]
        np.multiply(own, weights["weights"][place], out=added[:, place])
    return added


def fidelity(weights: Weights, model: Classifier, rows: Labelled) -> float:
    """Return the R squared of the sum against the model's log odds on these rows."""
    said = _log_odds(probabilities(model, rows.values))
    told = contributions(weights, rows.values).sum(axis=1)
    left = said - said.mean() - (told - told.mean())
    return float(1 - left.var() / max(said.var(), 1e-12))


def reasons(
    weights: Weights, values: Floats, sources: tuple[str, ...]
) -> dict[str, pd.Categorical]:
    """Return the columns reason_1 to reason_3, the strongest first.

    A group is told by the column that moves it most, its own way.
    """
    added, groups = contributions(weights, values).T, _columns_by_group(sources)
    by_group = np.array([added[columns].sum(axis=0) for columns in groups])
    raises, rows = by_group >= 0, np.arange(len(values))
    leading = _leading(added, groups, raises)
    return {
        f"reason_{place}": spelled(
            values, sources, leading[group, rows], raises[group, rows]
        )
        for place, group in enumerate(_strongest(np.abs(by_group)), 1)
    }


def _strongest(weight: Floats) -> Iterator[npt.NDArray[np.intp]]:
    """Give by row the group of the largest weight, then of the next ones."""
    rows = np.arange(weight.shape[1])
    for _ in range(COUNT):
        group = weight.argmax(axis=0)
        yield group
        weight[group, rows] = -1.0


def _leading(
    added: Floats, groups: list[list[int]], raises: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """Return, by group and row, the column that adds most in the group's direction."""
    leading = np.zeros(raises.shape, dtype=np.intp)
    for columns, found, way in zip(groups, leading, raises * 2.0 - 1, strict=True):
        most = np.full(len(way), -np.inf)
        for column in columns:
            own = added[column] * way
            np.copyto(found, column, where=own > most)
            np.maximum(most, own, out=most)
    return leading


def _columns_by_group(sources: tuple[str, ...]) -> list[list[int]]:
    own = [_group(source) for source in sources]
    return [[at for at, one in enumerate(own) if one == name] for name in GROUPS]


def _group(source: str) -> str:
    """Return the first group one of whose parts stands in the feature's name."""
    return next(
        name for name, parts in GROUPS.items() if any(p in source for p in parts)
    )


def _log_odds(said: Floats) -> Floats:
    kept = np.clip(said, EDGE, 1 - EDGE)
    return np.asarray(np.log(kept / (1 - kept)), dtype="float64")
