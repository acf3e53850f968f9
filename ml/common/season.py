"""One circular feature: how surely a customer's year is the season's, not the shop's.

The season is two months of the year, wherever on its circle they lie. Who came in
November cannot have been here in July: compared is what somebody did in the season with
what the shop's year makes likely of the days that they lived through.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaln, expit

from ml.common.encoding import Floats, filled, moments

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
COUNTS = {
    kind: tuple(f"{kind}_days_month_{month}_count" for month in range(1, 13))
    for kind in ("active", "order")
}
READS = (*COUNTS["active"], *COUNTS["order"], "tenure_days")
# How many times as likely in the season those are who live by it.
TIMES = 4.0
# Days of one customer come in bursts: shares scatter as if so many days were known.
SCATTER = 8.0
# The log odds against it, before anything is seen: one customer of twenty.
DOUBT = 3.0
# Another season must be clearer by this share to take the place of the former one.
CLEARER = 1.5
TAUGHT_ROWS = 20_000
LONGEST_DAYS = 3_650
NOON = pd.Timedelta(hours=12)


@dataclass(frozen=True)
class Season:
    """Two months from `first` on (0 is January), and what the shop does in them.

    `ratios` tells how many times as many days with activity, and with orders, come on a
    day of the season as on another.
    """

    first: int
    ratios: Floats

    @property
    def words(self) -> str:
        """The two months, as a name of a cluster tells them."""
        return f"{MONTHS[self.first]} and {MONTHS[(self.first + 1) % 12]}"

    def lean(self, frame: pd.DataFrame) -> Floats:
        """Return how far each customer leans to the season's year, in [0, 1].

        The posterior of that year against the shop's, of days as if they came one by
        one. Who shows nothing has that of everybody, about one in twenty.
        """
        return np.asarray(expit(self.evidence(frame) - DOUBT))

    def evidence(self, frame: pd.DataFrame) -> Floats:
        """Return the log likelihood ratio of the season's year to the shop's."""
        total, lived = np.zeros(len(frame)), self._parts(_lived(frame))
        for columns, ratio in zip(COUNTS.values(), self.ratios, strict=True):
            seen = self._parts(_counts(frame, columns))
            expected = lived[0] * ratio
            share = expected / np.maximum(expected + lived[1], 1e-9)
            share = np.clip(share, 1e-6, 1 - 1e-6)
            own = share * TIMES / (1 + share * (TIMES - 1))
            total += _log_likelihood(seen, own) - _log_likelihood(seen, share)
        return total

    def _parts(self, by_month: Floats) -> Floats:
        """What lies in the season, and what outside; 2 by rows."""
        inside = by_month[:, [self.first, (self.first + 1) % 12]].sum(axis=1)
        return np.stack([inside, by_month.sum(axis=1) - inside])


def season_of(active: pd.DataFrame, former: Season | None = None) -> Season:
    """Return the season of customers with activity, in canonical order.

    It is where those beyond doubt have most evidence. That of `former` stays until
    another is clearer by a half: where there is no season, chance would move it.
    """
    rows = np.random.default_rng(0).permutation(len(active))[:TAUGHT_ROWS]
    taught = active.iloc[np.sort(rows)]
    found = [_season(taught, first) for first in range(12)]
    clear = [np.maximum(one.evidence(taught) - DOUBT, 0).sum() for one in found]
    best = int(np.argmax(clear))
    if former is not None and clear[best] <= CLEARER * clear[former.first]:
        return found[former.first]
    return found[best]


def _season(rows: pd.DataFrame, first: int) -> Season:
    blank = Season(first, np.ones(len(COUNTS)))
    lived = blank._parts(_lived(rows)).sum(axis=1)
    ratios = []
    for columns in COUNTS.values():
        seen = blank._parts(_counts(rows, columns)).sum(axis=1)
        inside, outside = (seen + 1) / (lived + 1)
        ratios.append(inside / outside)
    return Season(first, np.array(ratios))


def _counts(frame: pd.DataFrame, columns: tuple[str, ...]) -> Floats:
    return np.maximum(np.column_stack([filled(frame[one]) for one in columns]), 0.0)


def _lived(frame: pd.DataFrame) -> Floats:
    """Days of each month of the year from the first visit's on, rows by 12.

    `tenure_days` are whole ones: of a moment in the morning the first day is missing.
    """
    if frame.empty:
        return np.zeros((0, 12))
    now = pd.DatetimeIndex(moments(frame["as_of_at"])).max()
    today = now.normalize()
    whole = np.clip(filled(frame["tenure_days"]), 0, LONGEST_DAYS).astype(int)
    days = whole + int(now - today < NOON)
    month = (today - pd.to_timedelta(np.arange(1, days.max() + 1), unit="D")).month
    until = np.cumsum(month.to_numpy()[:, None] == np.arange(1, 13), axis=0)
    return np.asarray(np.vstack([np.zeros(12), until])[days], dtype="float64")


def _log_likelihood(seen: Floats, share: Floats) -> Floats:
    """Beta-binomial, but for the binomial coefficient, which cancels out."""
    inside, outside = share * SCATTER, (1 - share) * SCATTER
    return np.asarray(
        betaln(seen[0] + inside, seen[1] + outside) - betaln(inside, outside)
    )
