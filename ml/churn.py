"""Churn: who of those not lapsed will have lapsed in 60 days, if left alone.

As the lifecycle sees it: a buyer lapses without an order, somebody else without any
activity. It is asked of those who are not lapsed; who is, is left out of what teaches.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.common.encoding import filled
from ml.common.foretelling import Question
from ml.common.labelled import Wanted
from ml.common.sibling import MOST_CUSTOMERS, sibling

LAPSED_AFTER_DAYS = 60
READS = ("order_count", "days_since_last_order", "days_since_last_activity")


def is_not_lapsed(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return whether each customer did lately what keeps them from being lapsed."""
    orders, order, activity = (
        filled(frame[name], missing)
        for name, missing in zip(READS, (0.0, np.inf, np.inf), strict=True)
    )
    quiet = np.where(orders > 0, order, activity)
    return np.asarray(quiet < LAPSED_AFTER_DAYS)


MODEL = sibling(
    Question(
        name="churn",
        happens="lapses",
        wanted=Wanted(
            target="lapsed_within_60d",
            horizon=pd.Timedelta(days=LAPSED_AFTER_DAYS),
            most_customers=MOST_CUSTOMERS,
            among=is_not_lapsed,
            reads=READS,
        ),
        floor={"roc_auc": 0.55},
    )
)
