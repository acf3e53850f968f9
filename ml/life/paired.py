"""Whether a challenger does better customer by customer, and not only luckier.

For figures that are a mean over customers. The bootstrap draws them for both at once.
"""

import numpy as np

from ml.common.encoding import Floats
from ml.life.contest import HIGH, LOW, ROUNDS
from ml.spec import Verdict


def paired(figure: str, champion: Floats, challenger: Floats, *, seed: int) -> Verdict:
    """Return the verdict on a value a customer, of each the same; higher is better.

    The challenger is better if the lower bound (2.5 %) of the mean difference is above
    0. `figure` names the values. Of nobody nothing is known, and the bounds are 0.
    """
    low, high = mean_interval(challenger - champion, seed=seed)
    old, new = _mean(champion), _mean(challenger)
    words = (
        f"{figure} {new:.4g} against the champion's {old:.4g}, difference"
        f" {new - old:+.4g} (95 % interval {low:+.4g} to {high:+.4g}, wanted above 0)."
    )
    figures = {
        "champion": old,
        "challenger": new,
        "difference": new - old,
        "difference_low": low,
        "difference_high": high,
        "row_count": len(champion),
    }
    return Verdict(low > 0, words, figures)


def mean_interval(values: Floats, *, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean, by drawing values anew; 0 of none."""
    size = len(values)
    if not size:
        return 0.0, 0.0
    random = np.random.default_rng(seed)
    even = np.full(size, 1 / size)
    means = [random.multinomial(size, even) @ values / size for _ in range(ROUNDS)]
    low, high = np.quantile(means, [LOW, HIGH])
    return float(low), float(high)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
