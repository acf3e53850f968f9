"""Propensity: who will buy within the next 30 days, as a probability that means it."""

from collections.abc import Iterable
from functools import partial

import numpy as np
import pandas as pd

from ml.common.foretelling import (
    CHOSEN,
    READS,
    SETTINGS,
    Question,
    answers,
    judge,
    teach,
)
from ml.common.frames import empty, is_ascending, require_unique, typed
from ml.common.labelled import Wanted
from ml.common.moments import HORIZON
from ml.spec import Estimator, Frames, Inputs, ModelSpec, Trained

QUESTION = Question(
    name="propensity",
    happens="purchases",
    wanted=Wanted("purchased_within_30d", HORIZON),
    floor={"roc_auc": 0.6},
    is_leading=True,
)
SCORES = {
    "customer_id": "str",
    "as_of_at": "datetime64[us]",
    "purchase_30d_probability": "float64",
    "score_decile": "int64",
    "score_percentile": "float64",
    "reason_1": "category",
    "reason_2": "category",
    "reason_3": "category",
    "model_version": "str",
}


def train(inputs: Inputs, champion: Estimator | None, seed: int) -> Trained:
    """Learn from past moments with `purchased_within_30d`; see `teach`."""
    return teach(QUESTION, inputs, seed)


def score(
    estimator: Estimator, inputs: Inputs, batches: Iterable[pd.DataFrame], version: str
) -> Frames:
    """Return the frame `scores`: one row a customer of `batches`.

    Decile 1 is the highest, the percentile is the share of customers placed no higher,
    ties fall by customer_id. Raises TesseraError as `train` does.
    """
    said = answers(estimator, batches, "ml/propensity, scoring")
    return {"scores": _scores(pd.concat(said), version) if said else empty(SCORES)}


def _scores(said: pd.DataFrame, version: str) -> pd.DataFrame:
    require_unique(said, ("customer_id",), "ml/propensity, scoring")
    frame = said.rename(columns={"probability": "purchase_30d_probability"})
    if not is_ascending(frame["customer_id"]):
        frame = frame.sort_values("customer_id")
    probability = frame["purchase_30d_probability"].to_numpy()
    above, size = np.empty(len(frame), "int64"), len(frame)
    above[np.argsort(-probability, kind="stable")] = np.arange(size)
    frame["score_decile"] = above * 10 // size + 1
    frame["score_percentile"] = (size - above) / size
    frame["model_version"] = version
    return typed(frame, SCORES)


MODEL = ModelSpec(
    name=QUESTION.name,
    target=QUESTION.wanted.target,
    features=CHOSEN,
    reads=READS,
    outputs={"scores": SCORES},
    quality_floor=QUESTION.floor,
    settings={**SETTINGS, "horizon_days": QUESTION.days},
    train=train,
    score=score,
    contest=partial(judge, QUESTION),
)
