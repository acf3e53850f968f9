"""How reasons are worded: groups of features, and a sentence about one of each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.common.encoding import Floats

# By whether it lowers (0) or raises (1) the probability.
RAISES = ("lowers: ", "raises: ")
MOST = 366
TENS = 10


@dataclass(frozen=True)
class Group:
    """Features that share their news; `told` words the value of one of them.

    A feature belongs to the first group that has a part of its name among `parts`.
    """

    parts: tuple[str, ...]
    shown: str
    told: Callable[[int], str]
    scale: float = 1.0
    offset: float = 0.0


def _ago(what: str, never: str) -> Callable[[int], str]:
    def told(days: int) -> str:
        if days >= MOST:
            return never
        return f"{what} {'today' if days == 0 else f'{days} days ago'}"

    return told


def _count(what: str) -> Callable[[int], str]:
    return lambda number: f"{'no' if number == 0 else number} {what}"


def _spent(tens: int) -> str:
    return f"spent about {tens * TENS} within a year" if tens else "spent nothing yet"


def _known(days: int) -> str:
    return f"known for {days} days" if days < MOST else "known for a year or more"


def _season(third: int) -> str:
    words = ("out of their season", "no season of their own", "in their season")
    return words[min(third, 2)]


GROUPS = {
    "season": Group(("season",), "season_alignment", _season, scale=1.5, offset=1.0),
    "mail": Group(
        ("email", "high_value_click"),
        "email_click_30d_count",
        _count("clicks in mails within 30 days"),
    ),
    "carts": Group(
        ("cart_add", "checkout"),
        "days_since_last_cart_add",
        _ago("last cart", "no cart within a year"),
    ),
    "products": Group(
        ("product_view",),
        "product_view_30d_count",
        _count("products viewed within 30 days"),
    ),
    "spending": Group(("amount",), "net_revenue_365d_amount", _spent, scale=1 / TENS),
    "orders": Group(
        ("order", "returning"),
        "days_since_last_order",
        _ago("last order", "no order within a year"),
    ),
    "visits": Group(
        ("activity", "page_view"),
        "days_since_last_activity",
        _ago("last active", "not active within a year"),
    ),
    "acquaintance": Group(("tenure", "identified"), "tenure_days", _known),
}
_TABLE = np.array(
    [
        [[raises + group.told(n) for n in range(MOST + 1)] for raises in RAISES]
        for group in GROUPS.values()
    ]
)
_SENTENCES, _places = np.unique(_TABLE, return_inverse=True)
# By group, whether it raises, and the value: which of the sentences.
_CODES = _places.reshape(_TABLE.shape)


def spelled(
    values: Floats,
    sources: tuple[str, ...],
    group: npt.NDArray[np.intp],
    raises: npt.NDArray[np.bool_],
) -> pd.Categorical:
    """Return, by row, the sentence about its `group`, and whether that `raises`.

    `values` are encoded columns, `sources` the feature of each. A row holds the number
    of its sentence: a million customers share a few thousand of them.
    """
    groups = tuple(GROUPS.values())
    shown = np.array([sources.index(one.shown) for one in groups])
    scale, offset = (
        np.array([getattr(one, name) for one in groups]) for name in ("scale", "offset")
    )
    said = values[np.arange(len(values)), shown[group]]
    number = np.round(said * scale[group] + offset[group])
    place = np.clip(number, 0, MOST).astype(np.intp)
    codes = _CODES[group, raises.astype(np.intp), place]
    return pd.Categorical.from_codes(codes, categories=pd.Index(_SENTENCES))
