"""The chance that a buyer comes back, by BG/NBD, as a column for a classifier."""

from collections.abc import Mapping

import numpy as np

from ml.common.bgnbd import BgNbd, Histories, fit
from ml.common.encoding import Floats
from ml.common.labelled import Labelled

NAME = "returning_log_odds"
READS = ("order_count", "days_since_first_order", "days_since_last_order")
EDGE = 1e-6

Rhythm = Mapping[str, float]


def learn(rows: Labelled) -> Rhythm:
    """Return the parameters by name, from the histories of all buyers among the rows.

    Empty where too few came back to learn from; then no column is added. Rows are
    customers at a moment: who is there at more of them counts more often.
    """
    buyers = _buyers(rows.values, rows.sources)
    found = fit(buyers[np.flatnonzero(buyers.repeats >= 0)])
    if found is None:
        return {}
    return {"r": found.r, "alpha": found.alpha, "a": found.a, "b": found.b}


def with_chance(
    values: Floats, sources: tuple[str, ...], rhythm: Rhythm, days: int
) -> Floats:
    """Return the columns and beside them the log odds of an order within `days`.

    Who never bought has none: they get even odds, and the flag of "never" tells them
    apart. Without a rhythm the columns come back as they are.
    """
    if not rhythm:
        return values
    buyers = _buyers(values, sources)
    chance = BgNbd(**rhythm).buys_within(days, buyers)
    kept = np.clip(chance, EDGE, 1 - EDGE)
    odds = np.where(buyers.repeats >= 0, np.log(kept / (1 - kept)), 0.0)
    return np.column_stack([values, odds])


def add_chance(rows: Labelled, rhythm: Rhythm, days: int) -> Labelled:
    """Return the rows with the column, if there is a rhythm."""
    values = with_chance(rows.values, rows.sources, rhythm, days)
    sources = (*rows.sources, NAME)[: values.shape[1]]
    return Labelled(rows.keys, values, rows.labels, sources)


def _buyers(values: Floats, sources: tuple[str, ...]) -> Histories:
    """Return everybody's history; repeats of -1 where there was no order at all."""
    orders, first, last = (values[:, sources.index(name)] for name in READS)
    return Histories(orders - 1, np.where(orders > 1, first - last, 0.0), first)
