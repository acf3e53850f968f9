"""Whether a challenger is better than the champion, and not only luckier.

Both say of the same customers at the same moment, which neither has learned from. The
bootstrap draws customers, for both at once: what both find hard cancels out.
"""

import math

import numpy as np

from ml.common.encoding import Floats
from ml.common.metrics import Metrics, ece_by_chance, measure
from ml.spec import Verdict

ROUNDS = 500
LOW, HIGH = 0.025, 0.975
NO_WORSE = -0.01


def contest(
    labels: Floats,
    champion: Floats,
    challenger: Floats,
    *,
    seed: int,
    most_ece: float | None = None,
) -> Verdict:
    """Return the verdict on two sets of probabilities for the same 0/1 `labels`.

    The challenger is better if the lower bound (2.5 %) of the difference in PR-AUC is
    above 0, and its ECE is no higher than the champion's. And where the champion's
    probabilities do not hold any more, beyond chance and what the gates allow: if its
    own do, and it ranks no worse (lower bound at least NO_WORSE). `most_ece` is what
    they allow; a ranking that ties would keep such a champion for ever.
    """
    old, new = measure(labels, champion), measure(labels, challenger)
    low, high = difference_interval(labels, champion, challenger, seed=seed)
    is_better = low > 0 and new.ece <= old.ece
    most = math.inf if most_ece is None else most_ece
    is_off = old.ece > most and old.ece > ece_by_chance(champion, seed=seed)
    is_mended = is_off and new.ece <= most and low >= NO_WORSE
    figures = {
        "champion_pr_auc": old.pr_auc,
        "challenger_pr_auc": new.pr_auc,
        "pr_auc_difference": new.pr_auc - old.pr_auc,
        "pr_auc_difference_low": low,
        "pr_auc_difference_high": high,
        "champion_ece": old.ece,
        "challenger_ece": new.ece,
        "is_champion_off": is_off,
        "row_count": len(labels),
        "positive_count": int(labels.sum()),
    }
    words = _words(old, new, low, high)
    if is_mended and not is_better:
        words += (
            " But the champion's probabilities do not hold: its ECE is above"
            f" {most:g} and chance, the challenger's is not, and it ranks no worse"
            f" (lower bound at least {NO_WORSE})."
        )
    return Verdict(is_better or is_mended, words, figures)


def difference_interval(
    labels: Floats, champion: Floats, challenger: Floats, *, seed: int
) -> tuple[float, float]:
    """Return the 95 % interval of the challenger's PR-AUC less the champion's."""
    random = np.random.default_rng(seed)
    even = np.full(len(labels), 1 / len(labels))
    drawn = (random.multinomial(len(labels), even) for _ in range(ROUNDS))
    gains = [
        measure(labels, challenger, weights).pr_auc
        - measure(labels, champion, weights).pr_auc
        for weights in (counts.astype("float64") for counts in drawn)
        # A replicate without both classes has no ranking to measure.
        if 0 < weights @ labels < len(labels)
    ]
    low, high = np.quantile(gains, [LOW, HIGH])
    return float(low), float(high)


def _words(old: Metrics, new: Metrics, low: float, high: float) -> str:
    return (
        f"PR-AUC {new.pr_auc:.4f} against the champion's {old.pr_auc:.4f}, difference"
        f" {new.pr_auc - old.pr_auc:+.4f} (95 % interval {low:+.4f} to {high:+.4f},"
        f" wanted above 0); ECE {new.ece:.4f} against {old.ece:.4f} (wanted no higher)."
    )
