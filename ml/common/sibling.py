"""Models that differ from propensity in their question alone: a name, a label, days."""

from collections.abc import Iterable
from functools import partial

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
from ml.common.frames import empty, require_unique, typed
from ml.spec import Estimator, Frames, Inputs, ModelSpec, Trained

SCORES = {
    "customer_id": "str",
    "as_of_at": "datetime64[us]",
    "probability": "float64",
    "model_version": "str",
}
# Four more models shall not cost four times: a sample of customers teaches these.
MOST_CUSTOMERS = 6_000


def sibling(question: Question) -> ModelSpec:
    """Return the model that answers a question with a probability a customer."""

    def train(inputs: Inputs, champion: Estimator | None, seed: int) -> Trained:
        return teach(question, inputs, seed)

    def score(
        estimator: Estimator,
        inputs: Inputs,
        batches: Iterable[pd.DataFrame],
        version: str,
    ) -> Frames:
        said = answers(estimator, batches, f"ml/{question.name}, scoring")
        return {"scores": _scores(question, said, version)}

    return ModelSpec(
        name=question.name,
        target=question.wanted.target,
        features=CHOSEN,
        reads=READS,
        outputs={"scores": SCORES},
        quality_floor=question.floor,
        settings={
            **SETTINGS,
            "horizon_days": question.days,
            "most_customers": question.wanted.most_customers,
        },
        train=train,
        score=score,
        contest=partial(judge, question),
    )


def _scores(question: Question, said: list[pd.DataFrame], version: str) -> pd.DataFrame:
    if not said:
        return empty(SCORES)
    frame = pd.concat(said).assign(model_version=version)
    require_unique(frame, ("customer_id",), f"ml/{question.name}, scoring")
    return typed(frame.sort_values("customer_id"), SCORES)
