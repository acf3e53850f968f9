"""Which products are alike: by who touched them, or by what they are.

The first needs people, and is kept with a model. The second needs only the catalogue,
and is worked out when advice is given, so that it knows what came in this morning.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from ml.common.abreast import abreast
from ml.recommending.histories import Ints, Mask, Singles
from ml.recommending.ranking import CELLS, best

SHRINKAGE = 10.0
"""People that a cosine is short of: two who agree on two products prove little."""
KEPT = 50


def cosines(histories: Any) -> Any:
    """Return products by products (CSR): cosine of who touched them, shrunk.

    At most KEPT a product; ties fall by the product's number.
    """
    touched = sparse.csr_matrix(histories, copy=True)
    touched.data[:] = 1.0
    by_product = touched.T.tocsr()
    size = np.sqrt(np.diff(by_product.indptr)).astype("float32")

    def near(block: slice) -> Singles:
        both: Singles = (by_product[block] @ touched).toarray()
        both /= size[block, None] * size + np.float32(SHRINKAGE)
        return both

    return strongest(near, len(size), KEPT)


def contents(products: pd.DataFrame, wanted: Mask, kept: int) -> Any:
    """Return products by products (CSR): cosine of what they are; `wanted` rows only.

    Category, band of price (doubling) and words of the name, rare ones counting more.
    """
    texts = [_words(one) for one in _texts(products)]
    if not (any(texts) and wanted.any()):
        return sparse.csr_matrix((len(texts), len(texts)), dtype="float32")
    words = TfidfVectorizer(analyzer=list, dtype=np.float32).fit_transform(texts)
    # Rows that nobody asks about stay empty, and cost little.
    asked = (sparse.diags_array(wanted.astype("float32")) @ words).tocsr()
    turned = words.T.tocsr()
    return strongest(lambda at: (asked[at] @ turned).toarray(), len(texts), kept)


def strongest(near: Callable[[slice], Singles], size: int, kept: int) -> Any:
    """Return the `kept` largest positive values of each row (CSR, `size` square).

    `near` gives blocks of rows, all columns. Nothing is near itself, and of equals the
    first column comes first.
    """
    step = max(CELLS // max(size, 1), 1)

    def kept_of(start: int) -> tuple[Ints, Ints, Singles]:
        block = near(slice(start, start + step))
        own = np.arange(len(block))
        block[own, own + start] = 0.0
        block[block <= 0] = -np.inf
        row, column = best(block, kept)
        return row + start, column, block[row, column]

    if not size:
        return sparse.csr_matrix((0, 0), dtype="float32")
    parts = zip(*abreast(kept_of, range(0, size, step)), strict=True)
    row, column, values = (np.concatenate(part) for part in parts)
    return sparse.csr_matrix((values, (row, column)), (size, size))


def _texts(products: pd.DataFrame) -> list[tuple[str, str, float]]:
    names = (
        products["product_name"]
        .astype("object")
        .where(products["product_name"].notna(), "")
    )
    groups = (
        products["category"].astype("object").where(products["category"].notna(), "")
    )
    prices = pd.to_numeric(products["price"]).astype("float64")
    return list(zip(names, groups, prices, strict=True))


def _words(text: tuple[str, str, float]) -> list[str]:
    name, category, price = text
    words = [f"word {word}" for word in str(name).lower().split()]
    words += [f"category {part}" for part in str(category).split("|") if part]
    if price > 0:
        words.append(f"price {int(np.floor(np.log2(price)))}")
    return words
