"""Propensity for another horizon: who will buy within the next 7 days."""

import pandas as pd

from ml.common.foretelling import Question
from ml.common.labelled import Wanted
from ml.common.sibling import MOST_CUSTOMERS, sibling

MODEL = sibling(
    Question(
        name="propensity_7d",
        happens="purchases",
        wanted=Wanted(
            target="purchased_within_7d",
            horizon=pd.Timedelta(days=7),
            most_customers=MOST_CUSTOMERS,
        ),
        floor={"roc_auc": 0.6},
    )
)
