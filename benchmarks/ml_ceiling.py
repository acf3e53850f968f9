"""How near the pipeline's scores come to the best guess that its history allows.

A simulated shop knows every customer's true probability, and the best possible guess
from what the shop could see (`simulator/watching.py`). The whole pipeline runs on it,
and its own scores are set beside that guess: as a share of the ceiling, (AUC - 0.5) /
(ceiling - 0.5), and by decile against the band in which 95 % of outcomes fall. Of a
forecaster who is right all ten deciles lie there in 0.95^10 = 60 % of cases; so the
best guess's own are told beside (`best_deciles_within_band`), and by how much the level
is off from the true probabilities, which hold no chance (`said_over_true`).

Four windows, with the same goals. `years` has seen a January a year ago, when the shop
was old enough, and is run on all seeds; the others on the first. `demo` and `long` end
before a January that they have to foretell, too: the demo's 180 days have never seen
one, the 430 days saw one when the shop was young. `calm` ends where no season turns:
from February to the middle of July the shop's demand is level, so that most of what
taught is like what is foretold (docs/ml.md). A seed takes some four minutes.
"""

import argparse
import datetime as dt
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.apart import apart
from benchmarks.figures import Figure, tell
from benchmarks.simulator import auc
from simulator.calendar import END
from warehouse.errors import TesseraError

SEEDS = (101, 102, 103)
ALL_SEEDS = "years"
SHARE = 0.95
DECILES = 10
LATEST = "(select max(as_of_at) from truth)"


@dataclass(frozen=True)
class Window:
    """How many days of history there are, the day that they end before, of how many."""

    days: int
    end: dt.date = END
    customers: int = 10_000


WINDOWS = {
    "years": Window(800, customers=6_000),
    "demo": Window(180),
    "long": Window(430),
    "calm": Window(180, dt.date(2025, 6, 20)),
}
# A person is whoever owns a shop account; of two customers the likelier one speaks.
JUDGED = f"""
with truth as (
    select * from read_parquet('{{truth}}/purchase_probability.parquet')
),

persons as (
    select records.person_id, max(scores.purchase_30d_probability) as said
    from read_parquet('{{truth}}/records.parquet') as records
    inner join identity.identity_map as identity
        on records.source || ':' || records.record_key = identity.record_id
    left join ml.propensity_scores as scores
        on identity.customer_id = scores.customer_id
    where records.source = 'shop'
    group by records.person_id
)

select
    coalesce(persons.said, 0.0) as said,
    truth.p_observable as best,
    truth.p_true as truly,
    truth.has_bought
from truth left join persons on truth.person_id = persons.person_id
where truth.as_of_at = {LATEST}
order by truth.person_id
"""


def main() -> None:
    """Measure, and tell the figures of each seed as soon as they are known."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ml_ceiling", description=__doc__
    )
    parser.add_argument("--windows", nargs="+", choices=WINDOWS, default=list(WINDOWS))
    parser.add_argument("--seeds", type=int, nargs="+")
    given = parser.parse_args()
    for window in given.windows:
        for seed in given.seeds or (SEEDS if window == ALL_SEEDS else SEEDS[:1]):
            took = apart(scored, WINDOWS[window], seed)
            name = f"ml.ceiling.{window}.seed{seed}"
            tell(*_figures(name, took.result))
            tell(Figure(f"{name}.cpu_seconds", took.cpu_seconds))


def scored(window: Window, seed: int) -> pd.DataFrame:
    """Run the pipeline on a shop; of each person what it said and what is true."""
    from simulator import simulate

    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA"] = folder
        raw = Path(folder) / "raw"
        report = simulate(
            raw,
            customers=window.customers,
            days=window.days,
            seed=seed,
            end=window.end,
        )
        from orchestration.execution import Options, execute
        from warehouse.connection import connect
        from warehouse.settings import load_settings

        settings = load_settings()
        if not execute(settings, Options()).succeeded:
            raise TesseraError("the run failed", where="benchmarks/ml_ceiling")
        with connect(settings.build_path, read_only=True) as tables:
            people: pd.DataFrame = tables.sql(JUDGED.format(truth=report.truth)).df()
            return people


def _figures(name: str, people: pd.DataFrame) -> list[Figure]:
    bought = people["has_bought"].to_numpy(dtype=bool)
    ours, best = (auc(people[x].to_numpy(), bought) for x in ("said", "best"))
    deciles = _deciles(people, "said")
    level = people["said"].mean() / max(float(bought.mean()), 1e-9)
    return [
        Figure(f"{name}.auc", ours),
        Figure(f"{name}.ceiling_auc", best),
        Figure(f"{name}.share_of_ceiling", (ours - 0.5) / (best - 0.5), at_least=SHARE),
        Figure(f"{name}.said_over_seen", level),
        Figure(
            f"{name}.said_over_true", people["said"].mean() / people["truly"].mean()
        ),
        Figure(f"{name}.deciles_within_band", _inside(deciles), at_least=DECILES),
        Figure(f"{name}.best_deciles_within_band", _inside(_deciles(people, "best"))),
        Figure(f"{name}.ece", deciles["gap"].abs().mean()),
    ]


def _inside(deciles: pd.DataFrame) -> int:
    return int((deciles["gap"].abs() <= deciles["band"]).sum())


def _deciles(people: pd.DataFrame, forecast: str) -> pd.DataFrame:
    """Return by tenth the gap between said and seen, and what chance allows of it."""
    ordered = people.sort_values(forecast, kind="stable", ascending=False)
    tenth = np.arange(len(ordered)) * DECILES // len(ordered)
    said = ordered[forecast]
    sums = pd.DataFrame(
        {
            "gap": said - ordered["has_bought"],
            "variance": said * (1 - said),
            "count": 1.0,
        }
    ).groupby(tenth)
    told = sums.sum()
    return pd.DataFrame(
        {
            "gap": told["gap"] / told["count"],
            "band": 1.96 * np.sqrt(told["variance"]) / told["count"],
        }
    )


if __name__ == "__main__":
    main()
