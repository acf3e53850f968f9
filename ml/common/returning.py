"""What BG/NBD says of a buyer, as two columns for a classifier.

The log odds of an order within the days ahead, and those of being alive: the first says
nearly all, the second lets a logistic regression mend its level (measured on CDNOW).
"""

from collections.abc import Mapping

import numpy as np

from ml.common.bgnbd import BgNbd, Histories, fit
from ml.common.encoding import Floats, signed_expm1
from ml.common.labelled import Labelled

NAMES = ("returning_log_odds", "returning_alive_log_odds")
READS = ("order_count", "days_since_first_order", "days_since_last_order")
# Nobody is surer than this: who bought once is alive for certain.
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
    """Return the columns and beside them those of NAMES; `days` is how far to look.

    Who never bought has no log odds: they get even ones, and the flag of "never" tells
    them apart. Without a rhythm the columns come back as they are.
    """
    if not rhythm:
        return values
    model, buyers = BgNbd(**rhythm), _buyers(values, sources)
    said = (model.buys_within(days, buyers), model.alive(buyers))
    odds = (np.where(buyers.repeats >= 0, _log_odds(one), 0.0) for one in said)
    return np.column_stack([values, *(signed_expm1(one) for one in odds)])


def _log_odds(chance: Floats) -> Floats:
    kept = np.clip(chance, EDGE, 1 - EDGE)
    return np.asarray(np.log(kept / (1 - kept)), dtype="float64")


def add_chance(rows: Labelled, rhythm: Rhythm, days: int) -> Labelled:
    """Return the rows with the columns, if there is a rhythm."""
    values = with_chance(rows.values, rows.sources, rhythm, days)
    sources = (*rows.sources, *NAMES)[: values.shape[1]]
    return Labelled(rows.keys, values, rows.labels, sources)


def _buyers(values: Floats, sources: tuple[str, ...]) -> Histories:
    """Return everybody's history; repeats of -1 where there was no order at all."""
    orders, first, last = (values[:, sources.index(name)] for name in READS)
    span = np.maximum(first - last, 0.0)
    return Histories(orders - 1, np.where(orders > 1, span, 0.0), first)
