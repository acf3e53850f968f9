"""How buyers come back and stay away for good: the BG/NBD model of repeat purchases.

P. Fader, B. Hardie and K. Lee, "'Counting Your Customers' the Easy Way: An Alternative
to the Pareto/NBD Model", Marketing Science 24(2), 2005. While a customer is alive they
buy at a rate of their own (gamma: r, alpha); after each purchase they are lost with a
chance of their own (beta: a, b).

Never rank by `alive`: it is 1 for everybody who bought once, however long ago.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln

from ml.common.encoding import Floats

LEAST_REPEATERS = 30
"""Fewer customers who came back say too little about four parameters."""
MOST_HISTORIES = 5_000
FIRST_GUESS = (0.5, 30.0, 1.0, 2.5)
# Of the logarithms of r, alpha, a and b: beyond these nothing changes any more.
BOUNDS = ((-5.0, 5.0), (-5.0, 10.0), (-8.0, 8.0), (-8.0, 8.0))


@dataclass(frozen=True)
class Histories:
    """One row a buyer, in days: purchases after the first, when the last was, the age.

    `last` and `age` count from the first purchase; `last` is 0 where there is no other.
    """

    repeats: Floats
    last: Floats
    age: Floats

    def __getitem__(self, rows: npt.NDArray[np.intp]) -> "Histories":
        """Return some of the rows."""
        return Histories(self.repeats[rows], self.last[rows], self.age[rows])


@dataclass(frozen=True)
class BgNbd:
    """The four parameters; alpha is in days, or whatever the histories are told in."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, buyers: Histories) -> Floats:
        """Return the logarithm of each history's likelihood."""
        x, total = buyers.repeats, self.r + buyers.repeats
        told = gammaln(total) - gammaln(self.r) + self.r * np.log(self.alpha)
        told += betaln(self.a, self.b + x) - betaln(self.a, self.b)
        told -= total * np.log(self.alpha + buyers.age)
        # Either still alive, or lost at the last purchase.
        return np.asarray(told + np.logaddexp(0.0, self._lost(buyers)))

    def alive(self, buyers: Histories) -> Floats:
        """Return the chance that each customer is not lost yet."""
        return np.asarray(expit(-self._lost(buyers)), dtype="float64")

    def buys_within(self, days: float, buyers: Histories) -> Floats:
        """Return the chance of at least one purchase in the days ahead.

        Who is alive can only be lost by a purchase, so that none comes is the NBD's.
        """
        quiet = np.log(self.alpha + buyers.age)
        quiet = quiet - np.log(self.alpha + buyers.age + days)
        none = np.expm1((self.r + buyers.repeats) * quiet)
        return np.asarray(-self.alive(buyers) * none, dtype="float64")

    def _lost(self, buyers: Histories) -> Floats:
        """Return the log odds of lost against alive: none are lost without a repeat."""
        x = buyers.repeats
        waited = np.log(self.alpha + buyers.age) - np.log(self.alpha + buyers.last)
        often = np.log(self.a) - np.log(np.maximum(self.b + x - 1, 1e-12))
        odds = often + (self.r + x) * waited
        return np.asarray(np.where(x > 0, odds, -np.inf), dtype="float64")


def fit(buyers: Histories) -> BgNbd | None:
    """Return the most likely parameters, or None where too few customers came back.

    Beyond MOST_HISTORIES some are left out evenly; equal ones count once, weighted.
    """
    rows = len(buyers.repeats)
    step = -(-rows // MOST_HISTORIES)
    some = buyers[np.arange(0, rows, max(step, 1))]
    if np.count_nonzero(some.repeats) < LEAST_REPEATERS:
        return None
    told, weights = _distinct(some)

    def cost(logs: Floats) -> float:
        likely = BgNbd(*np.exp(logs)).log_likelihood(told)
        return float(-(weights @ likely) / weights.sum())

    found = minimize(cost, np.log(FIRST_GUESS), method="L-BFGS-B", bounds=BOUNDS)
    return BgNbd(*(float(f"{value:.6g}") for value in np.exp(found.x)))


def _distinct(buyers: Histories) -> tuple[Histories, Floats]:
    rows = np.column_stack([buyers.repeats, buyers.last, buyers.age])
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return Histories(*distinct.T), counts.astype("float64")
