"""The card of a classifier: on which data it was judged, and what came out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ml.common.choice import Choice
from ml.common.encoding import Floats
from ml.common.labelled import Labelled
from ml.common.metrics import bootstrap, calibration_table, ece_by_chance, measure
from ml.common.moments import Plan

# What one would rank by without a model: who was here last, who bought most often.
BASELINES = {"recency": "days_since_last_activity", "orders": "order_count"}


@dataclass(frozen=True)
class ClassifierCard:
    """Out-of-time figures at the test moment; `as_dict` is ready for JSON."""

    target: str
    chosen_kind: str
    chosen_by: str
    choice_log_loss: dict[str, float]
    moments: list[dict[str, Any]]
    test_moment: str
    row_count: int
    positive_count: int
    base_rate: float
    mean_probability: float
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    ece_by_chance: float
    baselines: dict[str, dict[str, float]]
    lift_top_decile: float
    calibration: list[dict[str, float]]
    importances: dict[str, float]
    quality_floor: dict[str, float]
    is_above_floor: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the card as numbers, strings, lists and dicts."""
        return asdict(self)


def write_card(
    target: str,
    past: Labelled,
    schedule: Plan,
    choice: Choice,
    scores: Floats,
    importances: dict[str, float],
    floor: Mapping[str, float],
    seed: int,
) -> ClassifierCard:
    """Return the card; `scores` are the probabilities at the test moment's rows."""
    test = past.at([schedule.test])
    metrics = measure(test.labels, scores).as_dict()
    calibration = calibration_table(test.labels, scores)
    return ClassifierCard(
        target=target,
        chosen_kind=choice.kind,
        chosen_by=choice.rule,
        choice_log_loss=choice.log_loss,
        moments=_moments(past, schedule),
        test_moment=schedule.test.isoformat(),
        row_count=len(past.labels),
        positive_count=int(past.labels.sum()),
        base_rate=float(test.labels.mean()),
        mean_probability=float(scores.mean()),
        metrics=metrics,
        intervals=bootstrap(test.labels, scores, seed=seed),
        ece_by_chance=ece_by_chance(scores, seed=seed),
        baselines=_baselines(test),
        lift_top_decile=calibration[0]["lift"],
        calibration=calibration,
        importances=importances,
        quality_floor=dict(floor),
        is_above_floor=all(metrics[name] >= least for name, least in floor.items()),
    )


def _moments(past: Labelled, schedule: Plan) -> list[dict[str, Any]]:
    return [
        _moment(past.at([moment]), _role(moment, schedule)) for moment in past.moments
    ]


def _role(moment: Any, schedule: Plan) -> str:
    if moment == schedule.test:
        return "test"
    return "fit" if moment in schedule.fit else "embargo"


def _moment(rows: Labelled, role: str) -> dict[str, Any]:
    return {
        "as_of_at": rows.moments[0].isoformat(),
        "role": role,
        "row_count": len(rows.labels),
        "positive_count": int(rows.labels.sum()),
    }


def _baselines(test: Labelled) -> dict[str, dict[str, float]]:
    """Each the better way round: who was here last buys, and does not lapse."""
    either_way = {
        name: [measure(test.labels, sign * test.column(source)) for sign in (1, -1)]
        for name, source in BASELINES.items()
    }
    ranked = {
        name: max(both, key=lambda one: one.roc_auc)
        for name, both in either_way.items()
    }
    return {
        name: {"roc_auc": figures.roc_auc, "pr_auc": figures.pr_auc}
        for name, figures in ranked.items()
    }
