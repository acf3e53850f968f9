"""How reasons are worded: groups of features, and a sentence about one feature."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.common.encoding import Floats
from ml.common.features import FEATURES
from ml.common.returning import NAMES
from ml.common.telling import PLACES, telling

# By whether it lowers (0) or raises (1) the probability.
RAISES = ("lowers: ", "raises: ")
# Features that share their news: by the first group that has a part of their name.
GROUPS = {
    "season": ("season",),
    "mail": ("email", "high_value_click"),
    "carts": ("cart_add", "checkout"),
    "products": ("product_view",),
    "spending": ("amount",),
    "orders": ("order", "returning"),
    "visits": ("activity", "page_view"),
    "acquaintance": ("tenure", "identified"),
}
_TELLINGS = {name: telling(name) for name in (*FEATURES, *NAMES)}
_TABLE = np.array(
    [
        [[raises + one.words(place) for place in range(PLACES)] for raises in RAISES]
        for one in _TELLINGS.values()
    ],
    dtype=object,
)
_places, _found = pd.factorize(_TABLE.ravel())
# One for all: to compare thousands of sentences with each other would cost more.
_SENTENCES = pd.CategoricalDtype(pd.Index(_found))
# By feature, whether it raises, and the place: which of the sentences.
_CODES = dict(zip(_TELLINGS, _places.reshape(_TABLE.shape), strict=True))


def spelled(
    values: Floats,
    sources: tuple[str, ...],
    column: npt.NDArray[np.intp],
    raises: npt.NDArray[np.bool_],
) -> pd.Categorical:
    """Return, by row, the sentence about its `column`, and whether that `raises`.

    `values` are encoded columns, `sources` the feature of each; a feature is told by
    its first column. A row holds the number of its sentence: a million customers share
    a few thousand of them.
    """
    codes = np.empty(len(values), dtype=np.intp)
    first = np.array([sources.index(source) for source in sources])[column]
    for place in np.unique(first):
        rows = np.flatnonzero(first == place)
        source = sources[place]
        said = _TELLINGS[source].place(values[rows, place]).astype(np.intp)
        codes[rows] = _CODES[source][raises[rows].astype(np.intp), said]
    return pd.Categorical.from_codes(codes, dtype=_SENTENCES)
