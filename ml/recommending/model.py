"""What is kept of a training: products, their ties and the blend, never a person."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.recommending.histories import Singles


@dataclass(frozen=True)
class Blend:
    """How a score is made. An infinite `popularity` is popularity alone.

    Popularity halves every `half_life_days`; what a person did halves with every `fade`
    products touched later; `popularity` is its weight beside taste.
    """

    half_life_days: float = 30.0
    fade: float = np.inf
    popularity: float = np.inf

    def told(self) -> dict[str, float | None]:
        """Return the numbers by name, None for an infinite one (JSON has no such)."""
        numbers = asdict(self).items()
        return {name: None if np.isinf(one) else one for name, one in numbers}


@dataclass(frozen=True)
class Recommender:
    """Arrays and numbers only. One of `ties` (EASE) and `factors` (ALS) is there.

    `product_ids` are sorted; products beyond them are cold. `likeness` has the cosines
    between products (CSR).
    """

    product_ids: npt.NDArray[np.str_]
    ties: Singles | None
    factors: Singles | None
    likeness: Any
    blend: Blend
