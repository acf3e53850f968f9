"""A challenger wins if it is better beyond luck: judged against plain Python."""

import random
from collections.abc import Iterable

import numpy as np
import pytest

from ml.common.metrics import Metrics, measure
from ml.life import contest as contests
from ml.life.contest import contest, difference_interval
from ml.life.paired import paired


def average_precision(rows: Iterable[tuple[float, float]]) -> float:
    """Return the mean precision at each hit; rows of one score count as one step."""
    rows = sorted(rows, reverse=True)
    hits = sum(label for _, label in rows)
    area, found, seen = 0.0, 0.0, 0
    for score in sorted({score for score, _ in rows}, reverse=True):
        tied = [label for other, label in rows if other == score]
        found, seen = found + sum(tied), seen + len(tied)
        area += sum(tied) / hits * found / seen
    return area


def quantile(values: list[float], share: float) -> float:
    values = sorted(values)
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def drawn(size: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels and two sets of rounded, hence tied, probabilities."""
    chance = np.random.default_rng(seed)
    truth = chance.random(size)
    labels = (chance.random(size) < truth).astype("float64")
    noisy = np.clip(truth + chance.normal(0, 0.3, size), 0, 1)
    return labels, noisy.round(1), truth.round(1)


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_that_of_a_plain_paired_bootstrap(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contests, "ROUNDS", 40)
    labels, old, new = drawn(60, seed)
    replicates = np.random.default_rng(seed)
    gains = []
    for _ in range(40):
        counts = replicates.multinomial(60, np.full(60, 1 / 60))
        rows = [row for row, count in enumerate(counts) for _ in range(count)]
        ap = [average_precision([(s[r], labels[r]) for r in rows]) for s in (new, old)]
        gains.append(ap[0] - ap[1])
    expected = quantile(gains, 0.025), quantile(gains, 0.975)
    assert difference_interval(labels, old, new, seed=seed) == pytest.approx(expected)


def test_a_better_challenger_wins_and_never_the_other_way_round() -> None:
    labels, old, new = drawn(2_000, 1)
    verdict = contest(labels, old, new, seed=0)
    assert verdict.is_better
    assert verdict.figures["pr_auc_difference_low"] > 0
    assert not contest(labels, new, old, seed=0).is_better
    figures = verdict.figures
    assert figures["challenger_pr_auc"] == pytest.approx(
        average_precision(zip(new, labels, strict=True))
    )
    assert (figures["row_count"], figures["positive_count"]) == (2_000, labels.sum())


def test_the_same_is_not_better() -> None:
    labels, old, _ = drawn(500, 2)
    verdict = contest(labels, old, old.copy(), seed=0)
    assert verdict.figures["pr_auc_difference_low"] == 0
    assert not verdict.is_better


def test_a_better_ranking_that_means_less_what_it_says_is_kept_out() -> None:
    labels, old, new = drawn(2_000, 3)
    worse = new / 2
    verdict = contest(labels, old, worse, seed=0)
    assert verdict.figures["pr_auc_difference_low"] > 0
    assert measure(labels, worse).ece > measure(labels, old).ece
    assert not verdict.is_better


@pytest.mark.parametrize(
    ("low", "old_ece", "new_ece", "is_better"),
    [
        (1e-9, 0.01, 0.01, True),
        (0.0, 0.01, 0.009, False),
        (-1e-9, 0.01, 0.009, False),
        (0.1, 0.01, 0.010001, False),
    ],
    ids=["just above 0, ECE equal", "at 0", "just below 0", "ECE a trace higher"],
)
def test_the_borders_of_the_rule(
    low: float,
    old_ece: float,
    new_ece: float,
    is_better: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figures = iter([Metrics(0.8, 0.3, 0.05, ece) for ece in (old_ece, new_ece)])
    monkeypatch.setattr(contests, "measure", lambda *_: next(figures))
    monkeypatch.setattr(contests, "difference_interval", lambda *_, **__: (low, 0.2))
    labels = np.array([0.0, 1.0])
    assert contest(labels, labels, labels, seed=0).is_better == is_better


@pytest.mark.parametrize(
    ("low", "old_ece", "new_ece", "chance", "is_better"),
    [
        (-0.01, 0.081, 0.08, 0.05, True),
        (-0.011, 0.081, 0.08, 0.05, False),
        (0.0, 0.08, 0.01, 0.05, False),
        (0.0, 0.3, 0.081, 0.05, False),
        (0.0, 0.3, 0.01, 0.3, False),
    ],
    ids=["off", "ranks worse", "within the bound", "off as well", "by chance"],
)
def test_a_champion_whose_probabilities_do_not_hold_goes_without_a_better_ranking(
    low: float,
    old_ece: float,
    new_ece: float,
    chance: float,
    is_better: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figures = iter([Metrics(0.8, 0.3, 0.05, ece) for ece in (old_ece, new_ece)])
    monkeypatch.setattr(contests, "measure", lambda *_: next(figures))
    monkeypatch.setattr(contests, "difference_interval", lambda *_, **__: (low, 0.2))
    monkeypatch.setattr(contests, "ece_by_chance", lambda *_, **__: chance)
    labels = np.array([0.0, 1.0])
    verdict = contest(labels, labels, labels, seed=0, most_ece=0.08)
    assert verdict.is_better == is_better
    assert ("do not hold" in verdict.rule) == is_better


def test_without_a_bound_probabilities_always_hold() -> None:
    labels, old, _ = drawn(500, 2)
    off = old / 2
    assert contest(labels, off, old, seed=0, most_ece=0.15).is_better
    assert not contest(labels, off, old, seed=0).is_better


def test_the_words_tell_the_figures() -> None:
    labels, old, new = drawn(300, random.Random(5).randrange(100))
    verdict = contest(labels, old, new, seed=0)
    for name in ("champion_pr_auc", "challenger_ece", "pr_auc_difference_high"):
        assert f"{verdict.figures[name]:.4f}" in verdict.rule


def test_means_are_compared_customer_by_customer() -> None:
    """What all find hard cancels out: a sure small gain wins, an unsure one not."""
    chance = np.random.default_rng(2)
    hard = chance.normal(0, 10, 300)
    sure = hard + 0.1 + chance.normal(0, 0.2, 300)
    assert paired("Figure", hard, sure, seed=1).is_better
    assert not paired("Figure", sure, hard, seed=1).is_better
    unsure = hard + 0.1 + chance.normal(0, 10, 300)
    assert not paired("Figure", hard, unsure, seed=1).is_better
    figures = paired("Figure", hard, sure, seed=1).figures
    expected = figures["difference"]
    assert figures["difference_low"] < expected < figures["difference_high"]
    error = (sure - hard).std() / np.sqrt(300)
    assert figures["difference_low"] == pytest.approx(expected - 1.96 * error, rel=0.1)


def test_of_nobody_no_challenger_is_better() -> None:
    assert not paired("Figure", np.empty(0), np.empty(0), seed=1).is_better
