"""A recommender as plain values and arrays, and back: an artifact keeps no others."""

from dataclasses import asdict, fields
from typing import Any

from scipy import sparse

from ml.recommending.model import Blend, Recommender


def plain(model: Recommender) -> dict[str, Any]:
    """Return the parts of a recommender, by name."""
    parts = {field.name: getattr(model, field.name) for field in fields(model)}
    like = model.likeness.tocsr()
    likeness = {name: getattr(like, name) for name in ("data", "indices", "indptr")}
    return {**parts, "likeness": likeness, "blend": asdict(model.blend)}


def revived(parts: dict[str, Any]) -> Recommender:
    """Return the recommender of which `plain` gave the parts."""
    size, like = len(parts["product_ids"]), parts["likeness"]
    arrays = like["data"], like["indices"], like["indptr"]
    likeness = sparse.csr_matrix(arrays, (size, size))
    blend = Blend(**parts["blend"])
    return Recommender(**{**parts, "likeness": likeness, "blend": blend})
