"""How the model learns what agreement is worth: from records alone, without truth."""

import copy
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ml.matching.comparisons import SURE, SURE_RECALL, settings
from ml.matching.engine import Engine
from ml.matching.expectation import Floats, expect

Learnt: TypeAlias = dict[str, Any]

SAMPLED_PAIRS: Final = 2e6
# What was never seen is rare, not impossible.
LEAST_CHANCE: Final = 5e-7
# Records that agree in any of these are probably one person's.
_PROBABLY_ONE: Final = (
    ["email"],
    ["phone"],
    ["first_name", "last_name", "birth_on"],
    ["first_name", "last_name", "postcode"],
    ["last_name", "email_number"],
)


def learn(engine: Engine, records: pd.DataFrame, seed: int) -> Learnt:
    """Return the model's settings with all that it learnt; the same seed, the same."""
    learnt = _chance(engine, one_each(records), seed)
    linker = engine.linker(records, learnt)
    linker.training.estimate_probability_two_random_records_match(SURE, SURE_RECALL)
    learnt = linker.misc.save_model_to_json()
    patterns = engine.patterns(linker.inference.predict(), list(_names(learnt)))
    agreed = expect(patterns, {name: _of(learnt, name, "u") for name in _names(learnt)})
    return _with(learnt, agreed, "m")


def one_each(records: pd.DataFrame) -> pd.DataFrame:
    """Return one record of each person, as far as plain agreement tells.

    What strangers have in common by chance is learnt between these: among all records
    a sample meets so many pairs of one person that even addresses seem to be shared.
    """
    kept = records
    for columns in _PROBABLY_ONE:
        known = kept[columns].notna().all(axis=1)
        kept = kept[~(known & kept.duplicated(columns))]
    return kept


def _chance(engine: Engine, strangers: pd.DataFrame, seed: int) -> Learnt:
    """The model with the share of strangers that agree at each level."""
    linker = engine.linker(strangers, settings())
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SAMPLED_PAIRS, seed=seed, min_count_per_level=None, num_chunks=1
    )
    learnt: Learnt = linker.misc.save_model_to_json()
    seen = {
        name: np.maximum(_of(learnt, name, "u"), LEAST_CHANCE)
        for name in _names(learnt)
    }
    return _with(learnt, seen, "u")


def _names(learnt: Learnt) -> Iterator[str]:
    for comparison in learnt["comparisons"]:
        yield str(comparison["output_column_name"])


def levels(learnt: Learnt, name: str) -> list[Learnt]:
    """The levels of a comparison from none to full agreement, without the unknown."""
    (comparison,) = (
        one for one in learnt["comparisons"] if one["output_column_name"] == name
    )
    known = (
        level
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    )
    return list(known)[::-1]


def _of(learnt: Learnt, name: str, kind: str) -> Floats:
    """The probabilities of a comparison's levels; 0 where nothing was seen."""
    told = (level.get(f"{kind}_probability") for level in levels(learnt, name))
    return np.array([value if isinstance(value, float) else 0.0 for value in told])


def _with(learnt: Learnt, values: dict[str, Floats], kind: str) -> Learnt:
    """The same model with other probabilities."""
    changed = copy.deepcopy(learnt)
    for name, probabilities in values.items():
        for level, probability in zip(
            levels(changed, name), probabilities.tolist(), strict=True
        ):
            level[f"{kind}_probability"] = probability
    return changed
