"""Three ways to expect an amount of money, and how far each is off.

The shop's mean of all orders; the customer's own, shrunk to the shop's the more the
fewer orders there were (H. Buhlmann, "Experience Rating and Credibility", ASTIN
Bulletin 4(3), 1967); and a boosting of the logarithm.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from ml.common.classifiers import BOOSTING
from ml.common.encoding import Floats
from ml.common.labelled import Labelled

SHOP_MEAN = "shop_mean"
KINDS = (SHOP_MEAN, "shrunk_mean", "boosting")
OWN = ("order_count", "average_order_amount")
# Weights tried for the shop's mean, in orders; the best on what teaches is taken.
PRIORS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 1000.0)


def fit_amounts(kind: str, rows: Labelled, seed: int) -> dict[str, Any]:
    """Return one kind fitted on rows whose labels are amounts."""
    found: dict[str, Any] = {"features": list(dict.fromkeys(rows.sources))}
    found |= {"kind": kind, "shop_mean": float(rows.labels.mean()), "prior": 0.0}
    found["places"] = [rows.sources.index(name) for name in OWN]
    if kind == SHOP_MEAN:
        return found
    if kind == "boosting":
        model = HistGradientBoostingRegressor(**BOOSTING, random_state=seed)
        logs = np.log1p(np.maximum(rows.labels, 0.0))
        model.fit(rows.values, logs)
        # Back from logarithms the mean would be too low (Duan's smearing, 1983).
        smear = float(np.exp(logs - model.predict(rows.values)).mean())
        return found | {"boosting": model, "smear": smear}
    errors = [_error(_shrunk(found, rows.values, p), rows.labels) for p in PRIORS]
    return found | {"prior": PRIORS[int(np.argmin(errors))]}


def expected(fitted: dict[str, Any], values: Floats) -> Floats:
    """Return the amount expected of each row's next order."""
    if fitted.get("kind") == SHOP_MEAN:
        return np.full(len(values), fitted["shop_mean"])
    if "boosting" not in fitted:
        return _shrunk(fitted, values, fitted["prior"])
    logs = fitted["boosting"].predict(values)
    return np.asarray(np.maximum(np.exp(logs) * fitted["smear"] - 1, 0.0))


def figures(fitted: dict[str, Any], test: Labelled) -> dict[str, float]:
    """Return errors in money, beside those of the shop's mean and the customer's own.

    `skill` is the share of the shop mean's root mean squared error that is saved.
    """
    said, seen = expected(fitted, test.values), test.labels
    shop = np.full(len(seen), fitted["shop_mean"])
    own = test.values[:, fitted["places"][1]]
    own = np.where(own > 0, own, shop)
    told = {"": said, "_of_shop_mean": shop, "_of_own_mean": own}
    errors = {
        f"mean_error{name}": float(np.abs(x - seen).mean()) for name, x in told.items()
    }
    squared = {f"rmse{name}": _error(x, seen) for name, x in told.items()}
    skill = 1 - squared["rmse"] / max(squared["rmse_of_shop_mean"], 1e-9)
    return {**errors, **squared, "skill": skill}


def squared_errors(fitted: dict[str, Any], rows: Labelled) -> Floats:
    """Return by row the square of how far off the expected amount was."""
    return np.asarray((expected(fitted, rows.values) - rows.labels) ** 2)


def simplest(errors: Mapping[str, Floats]) -> str:
    """Return the first kind, unless a later one errs less by two standard errors.

    `errors` are by kind what each says of the same rows, the simplest kind first.
    """
    kinds = iter(errors)
    chosen = next(kinds)
    for kind in kinds:
        gain = errors[chosen] - errors[kind]
        if gain.mean() > 2 * gain.std() / np.sqrt(len(gain)):
            chosen = kind
    return chosen


def _shrunk(fitted: dict[str, Any], values: Floats, prior: float) -> Floats:
    orders, own = (values[:, place] for place in fitted["places"])
    known = np.where(own > 0, orders, 0.0)
    return np.asarray((known * own + prior * fitted["shop_mean"]) / (known + prior))


def _error(said: Floats, seen: Floats) -> float:
    return float(np.sqrt(((said - seen) ** 2).mean()))
