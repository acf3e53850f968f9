"""The parts of `benchmarks.ml` are found and counted, and measure what they say."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import ml, ml_cdnow
from benchmarks.ml_scoring import TABLE, WRITTEN, scored, taught, write_customers
from ml.common.classifiers import KINDS
from ml.common.metrics import Metrics
from warehouse.settings import PROJECT_DIR, Settings
from warehouse.tables import read_frame, row_counts

CUSTOMERS = 2_000
GOOD, BAD = "figure a.b 1 goal 1 ok", "figure a.c 1 goal 2 short"
SKIP = "skipped a: there is nothing"


def test_each_part_can_be_run_alone() -> None:
    assert {"ml_cdnow", "ml_scoring"} <= set(ml.parts())
    assert "ml" not in ml.parts()


@pytest.mark.parametrize(
    ("lines", "end", "count"),
    [
        ([GOOD], 0, ml.Count()),
        ([GOOD, BAD, BAD, "all short"], 0, ml.Count(2)),
        ([BAD], 3, ml.Count(2)),
        ([SKIP], 0, ml.Count(0, 1)),
    ],
)
def test_short_figures_and_errors_are_counted(
    lines: list[str], end: int, count: ml.Count, capsys: pytest.CaptureFixture[str]
) -> None:
    script = f"print({chr(10).join(lines)!r}); raise SystemExit({end})"
    assert ml.run([sys.executable, "-c", script]) == count
    assert capsys.readouterr().out.splitlines() == lines


def test_without_data_a_part_is_skipped_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(ml_cdnow.SHARED_DATA, raising=False)
    ml_cdnow.main()
    assert capsys.readouterr().out.startswith("skipped ml.cdnow: ")


@pytest.mark.parametrize(
    ("options", "count", "end"),
    [
        ([], ml.Count(), 0),
        ([], ml.Count(0, 1), 1),
        (["--allow-skipped"], ml.Count(0, 1), 0),
        (["--allow-skipped"], ml.Count(1, 0), 1),
    ],
)
def test_what_is_skipped_is_no_success_unless_allowed(
    options: list[str], count: ml.Count, end: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ml, "parts", lambda: ["ml_one"])
    monkeypatch.setattr(ml, "run", lambda _: count)
    monkeypatch.setattr(sys, "argv", ["benchmarks.ml", *options])
    with pytest.raises(SystemExit) as left:
        ml.main()
    assert left.value.code == end


def test_ours_is_held_to_the_best_of_the_others_in_each_figure() -> None:
    one = {
        "recency": Metrics(roc_auc=0.82, pr_auc=0.2, brier=1, ece=9),
        "bgnbd": Metrics(roc_auc=0.8, pr_auc=0.34, brier=1, ece=0.02),
        "tessera": Metrics(roc_auc=0.8181, pr_auc=0.337, brier=1, ece=0.0081),
    }
    judged = [one for _ in ml_cdnow.CUTOFFS]
    told = {figure.name: figure for figure in ml_cdnow.figures(judged)}
    ours = "ml.cdnow.tessera"
    assert told[f"{ours}.roc_auc"].goal == pytest.approx(0.818)
    assert not told[f"{ours}.roc_auc"].is_short
    assert told[f"{ours}.pr_auc"].goal == pytest.approx(0.338)
    assert told[f"{ours}.pr_auc"].is_short
    assert told[f"{ours}.ece"].is_short
    assert told[f"{ours}.1998-04-01.ece"].value == pytest.approx(0.0081)
    assert "ml.cdnow.recency.ece" not in told


def test_the_baselines_know_nothing_of_what_came_after() -> None:
    random = np.random.default_rng(3)
    now = pd.DataFrame({
        "days_since_last_order": random.integers(0, 90, 400),
        "order_count": random.integers(1, 6, 400),
        "net_revenue_amount": random.random(400),
    })  # fmt: skip
    now["days_since_first_order"] = now["days_since_last_order"] + 30
    now[ml_cdnow.LABEL] = random.random(400) < 0.3
    other = now.assign(**{ml_cdnow.LABEL: ~now[ml_cdnow.LABEL]})
    for mine, theirs in zip(
        {**ml_cdnow.ranked(now), "bgnbd": ml_cdnow.returning(now)}.values(),
        {**ml_cdnow.ranked(other), "bgnbd": ml_cdnow.returning(other)}.values(),
        strict=True,
    ):
        assert np.array_equal(mine, theirs)
    fifths = ml_cdnow.ranked(now)["rfm_quintiles"]
    assert (fifths.min(), fifths.max()) >= (3, 3)
    assert fifths.max() <= 15


@pytest.mark.parametrize("kind", KINDS)
def test_every_customer_is_scored_and_written(kind: str, tmp_path: Path) -> None:
    settings = Settings(PROJECT_DIR, tmp_path)
    write_customers(settings, CUSTOMERS)
    assert scored(settings, taught(settings, kind)) == CUSTOMERS
    scores = read_frame(settings, WRITTEN)
    assert row_counts(settings, [TABLE, WRITTEN]) == {
        TABLE: CUSTOMERS, WRITTEN: CUSTOMERS,
    }  # fmt: skip
    assert scores["purchase_30d_probability"].between(0, 1).all()
    assert scores["reason_1"].str.len().gt(5).all()
