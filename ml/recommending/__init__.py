"""What to show whom: tastes learnt from histories, popularity where there are none.

`fit` learns from what people did; what it keeps knows products and no people. An
`Adviser` folds in fresh histories: `recommend` for people, `neighbors` for products.
Frames in, frames out; which tables they are is `ml/recommendations.py`'s.
"""

from ml.recommending.advice import Adviser
from ml.recommending.fitting import Fitted, fit
from ml.recommending.frames import (
    INTERACTIONS,
    NEIGHBORS,
    PRODUCTS,
    RECOMMENDATIONS,
    Rules,
)
from ml.recommending.model import Recommender

__all__ = [
    "INTERACTIONS",
    "NEIGHBORS",
    "PRODUCTS",
    "RECOMMENDATIONS",
    "Adviser",
    "Fitted",
    "Recommender",
    "Rules",
    "fit",
]
