"""Whether newly learned ties advise better than the champion's, or know what is new.

Both advise the same people at the challenger's test moment; what they came to only
later decides. Only people who did not choose the challenger's blend are asked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.common.encoding import Floats
from ml.life.paired import paired
from ml.recommending.choice import Trial, trial
from ml.recommending.fitting import parted
from ml.recommending.histories import Histories, coded, histories
from ml.recommending.model import Recommender
from ml.recommending.ranking import blended
from ml.recommending.tastes import Tastes
from ml.spec import Verdict

STALE = 0.05
"""Share of later acts at products that only the challenger knows."""


@dataclass(frozen=True)
class Scene:
    """The latest fifth of what was done, and the people who are judged by it."""

    shelf: pd.DataFrame
    past: Histories
    future: Histories
    judges: Trial

    def ndcg(self, model: Recommender) -> Floats:
        """Return NDCG@10 of each judge, advised by a model at the test moment."""
        blend, tastes = model.blend, Tastes(model, self.shelf)
        now = int(self.past.latest.max(initial=0))
        popularity = self.past.popularity(blend.half_life_days, now)

        def scores(past: Histories) -> Any:
            said = past.matrix(blend.fade)
            if np.isinf(blend.popularity):
                return blended(said.toarray(), popularity, blend)
            return blended(tastes.scores(said), popularity, blend)

        return self.judges.ndcg(scores)

    def acts_at(self, products: "pd.Index[str]") -> float:
        """Return the share of later acts at these products."""
        at = self.shelf["product_id"].isin(products).to_numpy()[self.future.product]
        return float(at.mean()) if len(at) else 0.0


def scene(interactions: pd.DataFrame, products: pd.DataFrame, seed: int) -> Scene:
    """Return the scene of `fit` with the same frames and seed."""
    shelf = products.sort_values("product_id", ignore_index=True)
    acts = coded(interactions, pd.Index(shelf["product_id"]))
    is_later = parted(acts, "by_time")
    past, future = histories(acts, ~is_later), histories(acts, is_later)
    _, judges = trial(past, future, seed).halves(seed)
    return Scene(shelf, past, future, judges)


def contest(
    champion: Recommender, challenger: Recommender, at: Scene, *, seed: int
) -> Verdict:
    """Return the verdict: better by a paired bootstrap, or the champion is stale.

    Stale is who does not know, of the later acts, the products of a twentieth that the
    challenger knows. Then it stays only where it is better beyond luck all the same.
    """
    verdict = paired("NDCG@10", at.ndcg(champion), at.ndcg(challenger), seed=seed)
    known = pd.Index(champion.product_ids)
    news = at.acts_at(pd.Index(challenger.product_ids).difference(known))
    is_stale = news >= STALE and verdict.figures["difference_high"] >= 0
    words = verdict.rule
    if is_stale and not verdict.is_better:
        words += (
            f" But {news:.0%} of what people did since was at products that only the"
            f" challenger knows (at least {STALE:.0%}), and it advises no worse."
        )
    figures = {**verdict.figures, "unknown_to_champion": news}
    return Verdict(verdict.is_better or is_stale, words, figures)
