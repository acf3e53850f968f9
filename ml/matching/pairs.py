"""From records to scored pairs: the door of the matching."""

import hashlib
import importlib.metadata
import json
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from ml.common.frames import empty, typed
from ml.spec import State
from warehouse.errors import TesseraError

RECORDS: Final = (
    "record_id",
    "known_since_at",
    "email",
    "phone",
    "first_name",
    "last_name",
    "birth_on",
    "street",
    "city",
    "postcode",
)
PAIRS: Final = {
    "left_record_id": "str",
    "right_record_id": "str",
    "match_probability": "float64",
    "match_weight": "float64",
    "agreements": "str",
    "is_contradicted": "bool",
    "known_since_at": "datetime64[us]",
    "model_version": "str",
}
# With fewer, chance says more than the data.
LEAST_RECORDS: Final = 100
LEAST_PROBABILITY: Final = 0.2
DIGITS: Final = 6
VERSION: Final = 2
# Levels of agreement, from 0 (none) up, as ml/matching/comparisons.py lists them: up to
# which two things are other ones, and from which on they are the same.
OTHER_DAY: Final = 1
SAME_DAY: Final = 3
OTHER_EMAIL: Final = 1
SAME_EMAIL: Final = 3


@dataclass(frozen=True)
class MatchResult:
    """A frame of the schema PAIRS, and how it came about."""

    state: State
    reason: str
    model_version: str
    pairs: pd.DataFrame
    card: dict[str, Any]


def match(
    records: pd.DataFrame,
    *,
    seed: int = 0,
    least_probability: float = LEAST_PROBABILITY,
) -> MatchResult:
    """Score the pairs of records that are worth a comparison, from a probability up.

    `records` has one row a record, with the columns RECORDS in the one spelling that
    `identity.record_attributes` gives them. A pair's left record is the lesser by name.
    A pair is contradicted where what is a person's own speaks against it, whatever a
    household shares: a contradicted pair should be linked by nobody but a person. Any
    order of rows and the same seed give the same pairs. Too few records, or none alike,
    is the state `not_enough_data`.

    Raises:
        TesseraError: a column is missing, or a record is there twice.
    """
    rows = _prepared(records)
    reason = _lacking(rows)
    if reason:
        return _not_enough(reason)
    from ml.matching.comparisons import with_blocks
    from ml.matching.engine import engine
    from ml.matching.training import learn

    rows = with_blocks(rows)
    with engine() as splink:
        learnt = learn(splink, rows, seed)
        found = splink.linker(rows, learnt).inference.predict(
            threshold_match_probability=least_probability
        )
        scored = splink.frame(found)
    version = _version(learnt, seed)
    pairs = _told(scored, version)
    card = {
        "record_count": len(rows),
        "pair_count": len(pairs),
        "weights": weights(learnt),
    }
    return MatchResult("trained", "", version, pairs, card)


def weights(learnt: dict[str, Any]) -> dict[str, dict[str, list[float]]]:
    """What each level of each comparison says of one person and of two strangers."""
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: [level["m_probability"], level["u_probability"]]
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        }
        for comparison in learnt["comparisons"]
    }


def _prepared(records: pd.DataFrame) -> pd.DataFrame:
    """The records in one order, with what is compared of an address and a name."""
    missing = [column for column in RECORDS if column not in records.columns]
    if missing:
        raise TesseraError(
            f"the frame lacks {', '.join(f'`{name}`' for name in missing)}",
            where="ml/matching, records",
            given=f"{len(records.columns)} columns",
            allowed=list(RECORDS),
            remedy="Pass the frame as identity.match_records gives it.",
        )
    rows = records[list(RECORDS)].sort_values("record_id", ignore_index=True)
    if rows["record_id"].duplicated().any():
        raise TesseraError(
            "a record is there twice",
            where="ml/matching, records",
            given=f"`{rows.loc[rows['record_id'].duplicated(), 'record_id'].iloc[0]}`",
            allowed="one row a record",
            remedy="Remove the duplicates upstream.",
        )
    texts = [name for name in RECORDS if name not in ("record_id", "known_since_at")]
    rows[texts] = rows[texts].astype("string")
    address = rows["email"].where(rows["email"].str.contains("@", regex=False))
    rows["email_name"] = address.str.replace("@.*", "", regex=True)
    number = rows["email_name"].str.replace("[^0-9]", "", regex=True)
    rows["email_number"] = number.where(number.str.len() >= 2)
    return rows


def _lacking(rows: pd.DataFrame) -> str:
    if len(rows) < LEAST_RECORDS:
        return f"{len(rows)} records have names; at least {LEAST_RECORDS} are needed."
    alike = [
        ["email"],
        ["phone", "first_name"],
        ["first_name", "last_name", "birth_on"],
    ]
    if not any(rows.dropna(subset=names).duplicated(names).any() for names in alike):
        return (
            "No two records are surely one person's, so there is nothing to learn from."
        )
    return ""


def _not_enough(reason: str) -> MatchResult:
    return MatchResult("not_enough_data", reason, "", empty(PAIRS), {"reason": reason})


def _version(learnt: dict[str, Any], seed: int) -> str:
    """The same weights, seed and library, the same version."""
    library = importlib.metadata.version("splink")
    content = json.dumps([VERSION, weights(learnt), seed, library], sort_keys=True)
    return f"matching-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


AGREEING: Final = ("email", "phone", "birth_on", "first_name", "last_name", "address")


def _told(scored: pd.DataFrame, version: str) -> pd.DataFrame:
    """The pairs as the table has them, the lesser record on the left."""
    left, right = scored["record_id_l"], scored["record_id_r"]
    levels = {name: scored[f"gamma_{name}"] for name in AGREEING}
    told = pd.DataFrame(
        {
            "left_record_id": left.where(left < right, right),
            "right_record_id": right.where(left < right, left),
            "match_probability": scored["match_probability"].round(DIGITS),
            "match_weight": scored["match_weight"].round(DIGITS),
            "agreements": _agreements(levels),
            "is_contradicted": contradicted(levels),
            "known_since_at": scored[["known_since_at_l", "known_since_at_r"]].max(
                axis=1
            ),
            "model_version": version,
        }
    )
    ordered = told.sort_values(["left_record_id", "right_record_id"])
    return typed(ordered, PAIRS)


def _agreements(levels: dict[str, pd.Series]) -> pd.Series:
    """The names of what agrees at least in part, one after the other."""
    told = pd.Series("", index=next(iter(levels.values())).index, dtype="str")
    for name, level in levels.items():
        told = told.where(level <= 0, told + name + " ")
    return told.str.strip()


def contradicted(levels: dict[str, pd.Series]) -> pd.Series:
    """Whether what is a person's own tells two people of a household apart.

    They share the last name, the phone and the address, so none of these outweighs it.
    One's own are the first name, the day of birth and the email. Of one person one of
    them may be wrong; where two differ there are two people (twins, father and son). So
    are there where the first name differs and neither of the others is the same.
    """
    name, birth, email = (levels[own] for own in ("first_name", "birth_on", "email"))
    differing = (
        (name == 0).astype("int64")
        + birth.between(0, OTHER_DAY).astype("int64")
        + email.between(0, OTHER_EMAIL).astype("int64")
    )
    nothing_same = (birth < SAME_DAY) & (email < SAME_EMAIL)
    return (differing > 1) | ((name == 0) & nothing_same)
