"""How well the pipeline foretells CDNOW's buyers, beside what is tried first elsewhere.

The example's purchases go through the same models as any shop's. At five past moments
every customer is foretold from what was known then, by models that learned from moments
30 days apart whose label windows had closed: nothing looks ahead. Each figure is the
mean over the five; our calibration error is told for each of them too, since a month
with more or fewer orders than usual moves it. Hyperparameters are those of `ml/`, fixed
before this was run.

- `recency`, `frequency`: ranked by the days since the last order, by the orders
- `rfm_quintiles`: the sum of the fifths of recency, frequency and money
- `bgnbd`: BG/NBD's chance of an order, fitted at the moment itself (it needs no labels)
- `logit_rfm`: a plain logistic regression on the logarithms of the same three
- `tessera`: what `ml/propensity.py` trains and scores, with its choice of kind

It takes some six minutes of one core. The data is not part of the repository.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.figures import Figure, tell, tell_skipped
from examples import find
from ml.common.bgnbd import Histories, fit
from ml.common.encoding import Floats, numbers, signed_log1p
from ml.common.metrics import Metrics, measure
from ml.propensity import MODEL
from ml.spec import Inputs
from warehouse.dbt import dbt_build
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.tables import read_frame

SHARED_DATA = "TESSERA_SHARED_DATA"
DATA = Path("transactions_cdnow") / "cdnow_master.parquet"
# The past moments nearest to the first of every other month.
CUTOFFS = ("1997-10-03", "1997-12-02", "1998-01-31", "1998-04-01", "1998-05-31")
HORIZON = pd.Timedelta(days=30)
SEED = 1
# No worse than the best baseline of the run, but for this; and this much off at most.
MARGIN = 0.002
ECE = 0.008
LABEL = "purchased_within_30d"
OURS = "tessera"
PROBABILITIES = ("bgnbd", "logit_rfm", OURS)
# What BG/NBD is told in days, of everybody who ever bought.
AGES = ("days_since_first_order", "days_since_last_order")


def main() -> None:
    """Build the example's features, then judge every way at every moment."""
    source = Path(os.environ.get(SHARED_DATA, "")) / DATA
    if not os.environ.get(SHARED_DATA) or not source.is_file():
        tell_skipped("ml.cdnow", f"{SHARED_DATA} holds no {DATA}")
        return
    with tempfile.TemporaryDirectory() as folder:
        frame = features(source, Settings(PROJECT_DIR, Path(folder)))
    judged = [judge(frame, pd.Timestamp(moment)) for moment in CUTOFFS]
    tell(*figures(judged))


def features(source: Path, settings: Settings) -> pd.DataFrame:
    """Map the purchases and build the features of past moments, with their labels.

    Raises:
        TesseraError: the input cannot be mapped, or a model failed.
    """
    example = find("cdnow")
    example.map(source, settings.raw_dir)
    needed = ["resource_type:seed", "+training_set,resource_type:model"]
    dbt_build(settings, select=needed, variables=dict(example.dbt_vars))
    return read_frame(settings, "features.training_set")


def judge(frame: pd.DataFrame, moment: pd.Timestamp) -> dict[str, Metrics]:
    """The figures of each way at one moment."""
    past = frame[frame["as_of_at"] + HORIZON <= moment]
    now = frame[frame["as_of_at"] == moment].sort_values("customer_id")
    labels = numbers(now[LABEL])
    said = {**ranked(now), "bgnbd": returning(now), "logit_rfm": plain(past, now)}
    said[OURS] = ours(past, now, moment)
    return {name: measure(labels, scores) for name, scores in said.items()}


def ranked(now: pd.DataFrame) -> dict[str, Floats]:
    """What one would rank by without a model."""
    recency, orders, money = (-rfm(now)[:, 0], rfm(now)[:, 1], rfm(now)[:, 2])
    fifths = sum(_fifth(one) for one in (recency, orders, money))
    return {
        "recency": recency,
        "frequency": orders,
        "rfm_quintiles": np.asarray(fifths, dtype="float64"),
    }


def rfm(frame: pd.DataFrame) -> Floats:
    """Recency in days, frequency and money, a column each."""
    names = ("days_since_last_order", "order_count", "net_revenue_amount")
    return np.column_stack([numbers(frame[name]) for name in names])


def returning(now: pd.DataFrame) -> Floats:
    """BG/NBD's chance of an order within the horizon.

    Raises:
        ValueError: too few customers came back to fit it.
    """
    first, last = (numbers(now[name]) for name in AGES)
    buyers = Histories(numbers(now["order_count"]) - 1, first - last, first)
    model = fit(buyers)
    if model is None:
        raise ValueError("too few customers came back")
    return model.buys_within(HORIZON.days, buyers)


def plain(past: pd.DataFrame, now: pd.DataFrame) -> Floats:
    """A logistic regression on recency, frequency and money."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(signed_log1p(rfm(past)), numbers(past[LABEL]))
    return np.asarray(model.predict_proba(signed_log1p(rfm(now)))[:, 1])


def ours(past: pd.DataFrame, now: pd.DataFrame, moment: pd.Timestamp) -> Floats:
    """What the pipeline would have said that night, in the order of `now`.

    Raises:
        ValueError: it would have said nothing.
    """
    inputs = Inputs({"training": past}, moment)
    trained = MODEL.train(inputs, None, SEED)
    if trained.state != "trained":
        raise ValueError(trained.reason)
    scores = MODEL.score(trained.estimator, inputs, [now], "benchmark")["scores"]
    return numbers(scores["purchase_30d_probability"])


def figures(judged: list[dict[str, Metrics]]) -> Iterator[Figure]:
    """The means over the moments, ours beside the best of the others."""
    means = {name: _means([one[name] for one in judged]) for name in judged[0]}
    others = [means[name] for name in means if name != OURS]
    for name, mean in means.items():
        least = {
            measured: max(other[measured] for other in others) - MARGIN
            for measured in ("roc_auc", "pr_auc")
            if name == OURS
        }
        for measured in ("roc_auc", "pr_auc"):
            told, goal = f"ml.cdnow.{name}.{measured}", least.get(measured)
            yield Figure(told, mean[measured], at_least=goal)
        if name in PROBABILITIES:
            bound = ECE if name == OURS else None
            yield Figure(f"ml.cdnow.{name}.ece", mean["ece"], at_most=bound)
    for moment, one in zip(CUTOFFS, judged, strict=True):
        yield Figure(f"ml.cdnow.{OURS}.{moment}.ece", one[OURS].ece)


def _fifth(values: Floats) -> Floats:
    """1 to 5, the highest fifth 5; equal values share their fifth."""
    places = pd.Series(values).rank(pct=True)
    return np.asarray(np.ceil(places * 5), dtype="float64")


def _means(metrics: list[Metrics]) -> Mapping[str, float]:
    told = [one.as_dict() for one in metrics]
    return {name: float(np.mean([one[name] for one in told])) for name in told[0]}


if __name__ == "__main__":
    main()
