"""How good probabilities are: ranking, sharpness and calibration, with intervals."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

import numpy as np

from ml.common.encoding import Floats

BINS = 10


@dataclass(frozen=True)
class Metrics:
    """Figures of one set of labelled probabilities, each a float in [0, 1]."""

    roc_auc: float
    pr_auc: float
    brier: float
    ece: float

    def as_dict(self) -> dict[str, float]:
        """Return the figures by name."""
        return asdict(self)


def measure(labels: Floats, scores: Floats, weights: Floats | None = None) -> Metrics:
    """Return the metrics of `scores` against 0/1 `labels`; both classes must occur.

    PR-AUC is average precision; ECE takes ten bins of equal counts. `weights` counts
    each row so many times (a bootstrap replicate).
    """
    order = np.argsort(-scores, kind="stable")
    ones = np.ones(len(scores)) if weights is None else weights
    return _sorted_metrics(labels[order], scores[order], ones[order])


def _sorted_metrics(labels: Floats, scores: Floats, weights: Floats) -> Metrics:
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = np.cumsum(weights * labels)[ends]
    misses = np.cumsum(weights * (1 - labels))[ends]
    return Metrics(
        roc_auc=_roc_auc(hits, misses),
        pr_auc=_pr_auc(hits, misses),
        brier=float(np.average((scores - labels) ** 2, weights=weights)),
        ece=_ece(labels, scores, weights),
    )


def _roc_auc(hits: Floats, misses: Floats) -> float:
    area = np.trapezoid(np.append(0, hits), np.append(0, misses))
    return float(area / (hits[-1] * misses[-1]))


def _pr_auc(hits: Floats, misses: Floats) -> float:
    gained = np.diff(hits, prepend=0.0)
    seen = np.maximum(hits + misses, 1.0)
    return float(np.sum(gained * hits / seen) / hits[-1])


def _ece(labels: Floats, scores: Floats, weights: Floats) -> float:
    place = np.cumsum(weights) - weights / 2
    bins = np.minimum((place * BINS / weights.sum()).astype(int), BINS - 1)
    gap = np.bincount(bins, weights * (scores - labels), minlength=BINS)
    return float(np.abs(gap).sum() / weights.sum())


def bootstrap(
    labels: Floats, scores: Floats, *, seed: int, rounds: int = 200
) -> dict[str, tuple[float, float]]:
    """Return a 95 % interval per metric, resampling rows (one row a customer).

    Resampling adds noise of its own to the ECE, so its interval lies on the high side;
    `ece_by_chance` is the fairer yardstick for it.
    """
    random = np.random.default_rng(seed)
    order = np.argsort(-scores, kind="stable")
    labels, scores = labels[order], scores[order]
    replicates = [
        _sorted_metrics(labels, scores, weights)
        for weights in _resamples(random, labels, rounds)
    ]
    return {field.name: _interval(replicates, field.name) for field in fields(Metrics)}


def ece_by_chance(scores: Floats, *, seed: int, rounds: int = 200) -> float:
    """Return the ECE that perfectly calibrated scores exceed in one case of twenty.

    So many customers leave a gap between said and seen by luck alone; an ECE below
    this is no evidence of miscalibration.
    """
    random = np.random.default_rng(seed)
    scores = np.sort(scores)[::-1]
    drawn = (random.random(len(scores)) < scores for _ in range(rounds))
    ones = np.ones(len(scores))
    lucky = (labels.astype("float64") for labels in drawn)
    return float(np.quantile([_ece(labels, scores, ones) for labels in lucky], 0.95))


def _resamples(
    random: np.random.Generator, labels: Floats, rounds: int
) -> Iterator[Floats]:
    size = len(labels)
    even = np.full(size, 1 / size)
    drawn = (random.multinomial(size, even).astype("float64") for _ in range(rounds))
    # A replicate without both classes has no ranking to measure.
    return (weights for weights in drawn if 0 < weights @ labels < size)


def _interval(replicates: list[Metrics], name: str) -> tuple[float, float]:
    low, high = np.quantile([getattr(one, name) for one in replicates], [0.025, 0.975])
    return float(low), float(high)


def calibration_table(labels: Floats, scores: Floats) -> list[dict[str, float]]:
    """Return, by score decile (1 the highest), what was predicted and what happened.

    `low_share` to `high_share` is where 95 % of outcomes fall if the scores are right.
    """
    order = np.argsort(-scores, kind="stable")
    decile = np.arange(len(scores)) * BINS // len(scores) + 1
    rate = max(float(labels.mean()), 1e-12)
    groups = ((number, order[decile == number]) for number in np.unique(decile))
    return [_decile(number, labels[at], scores[at], rate) for number, at in groups]


def _decile(
    number: int, labels: Floats, scores: Floats, rate: float
) -> dict[str, float]:
    said = float(scores.mean())
    band = 1.96 * float(np.sqrt(np.sum(scores * (1 - scores)))) / len(scores)
    return {
        "score_decile": int(number),
        "customer_count": len(labels),
        "predicted_share": said,
        "low_share": max(said - band, 0.0),
        "high_share": min(said + band, 1.0),
        "actual_share": float(labels.mean()),
        "lift": float(labels.mean()) / rate,
    }
