"""Pairs of records that are probably one person's: what is found, and what is not."""

import numpy as np
import pandas as pd
import pytest

from ml.matching import PAIRS, RECORDS, MatchResult, match
from ml.matching.expectation import expect
from ml.matching.pairs import contradicted
from ml.matching.training import one_each
from tests.ml.people import KNOWN, records
from warehouse.errors import TesseraError


@pytest.fixture(scope="module")
def found() -> MatchResult:
    return match(records(), seed=3)


def pair(found: MatchResult, left: str, right: str) -> pd.Series:
    pairs = found.pairs
    rows = pairs[(pairs.left_record_id == left) & (pairs.right_record_id == right)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_twins_are_found_and_few_else(found: MatchResult) -> None:
    assert found.state == "trained"
    sure = found.pairs[(found.pairs.match_probability >= 0.99)]
    sure = sure[~sure.is_contradicted]
    is_true = sure.left_record_id.str[-4:] == sure.right_record_id.str[-4:]
    assert is_true.mean() > 0.99
    assert is_true.sum() >= 95


def test_a_pair_says_what_agrees_and_since_when(found: MatchResult) -> None:
    told = pair(found, "crm:0001", "shop:0001")
    assert told.agreements == "birth_on first_name last_name address"
    assert told.known_since_at == KNOWN.replace(day=9)
    assert told.match_probability > 0.99
    assert not told.is_contradicted


def test_a_household_is_contradicted_however_sure(found: MatchResult) -> None:
    assert pair(found, "crm:wife", "shop:0002").is_contradicted


def test_names_in_each_others_fields_are_the_same_names(found: MatchResult) -> None:
    told = pair(found, "crm:swapped", "shop:0004")
    assert told.agreements == "phone first_name last_name address"
    assert told.match_probability > 0.9
    assert not told.is_contradicted


def test_the_frame_is_as_declared_and_ordered(found: MatchResult) -> None:
    pairs = found.pairs
    assert {name: str(kind) for name, kind in pairs.dtypes.items()} == dict(PAIRS)
    assert (pairs.left_record_id < pairs.right_record_id).all()
    assert pairs.match_probability.between(0.2, 1).all()
    keys = pairs[["left_record_id", "right_record_id"]]
    assert not keys.duplicated().any()
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))


def test_any_order_of_rows_gives_the_same_pairs(found: MatchResult) -> None:
    given = records().sample(frac=1, random_state=1).iloc[:, ::-1]
    copy = given.copy()
    other = match(given, seed=3)
    pd.testing.assert_frame_equal(other.pairs, found.pairs, check_exact=True)
    pd.testing.assert_frame_equal(given, copy)
    assert other.card == found.card


def test_too_few_records_are_no_error() -> None:
    few = match(records().iloc[:99])
    assert (few.state, len(few.pairs)) == ("not_enough_data", 0)
    assert few.reason == "99 records have names; at least 100 are needed."
    assert list(few.pairs) == list(PAIRS)


def test_nobody_twice_is_nothing_to_learn_from() -> None:
    alone = match(records().iloc[:300])
    assert alone.state == "not_enough_data"
    assert "nothing to learn from" in alone.reason


def test_no_records_are_no_error() -> None:
    none = match(pd.DataFrame(columns=list(RECORDS)))
    assert none.state == "not_enough_data"


def test_a_missing_column_and_a_record_twice_are_told() -> None:
    with pytest.raises(TesseraError, match="lacks `phone`"):
        match(records().drop(columns="phone"))
    with pytest.raises(TesseraError, match="a record is there twice"):
        match(pd.concat([records(), records().iloc[:1]]))


def test_chance_is_learnt_between_strangers() -> None:
    frame = pd.DataFrame(
        [
            {"email": "a@x.y", "phone": "1"},
            {"email": "a@x.y", "phone": "2"},
            {"email": "b@x.y", "phone": "1"},
            {"email": None, "phone": None},
            {"email": None, "phone": None},
        ]
    )
    for column in ("first_name", "last_name", "birth_on", "postcode", "email_number"):
        frame[column] = None
    assert list(one_each(frame).index) == [0, 3, 4]


def test_what_never_occurs_is_rare_and_not_impossible() -> None:
    """90 pairs of one email agree in the name, 10 do not; a slip was never seen."""
    chance = {name: np.array([0.9, 0.1]) for name in ("email", "phone", "birth_on")}
    chance["first_name"] = np.array([0.98, 0.01, 0.01])
    chance["last_name"] = np.array([0.9, 0.1])
    patterns = pd.DataFrame(
        {
            "email": [1, 1],
            "phone": [-1, -1],
            "birth_on": [-1, -1],
            "first_name": [2, 0],
            "last_name": [1, 1],
            "pair_count": [90, 10],
        }
    )
    agreed = expect(patterns, chance)
    assert agreed["first_name"][2] > 0.85
    assert 0 < agreed["first_name"][1] < 0.02
    assert all(np.isclose(shares.sum(), 1) for shares in agreed.values())


@pytest.mark.parametrize(
    ("first_name", "birth_on", "email", "is_two"),
    [
        (0, -1, -1, True),  # another first name
        (0, 2, 2, True),  # a couple born almost on one day, e.koch1 and e.koch2
        (0, 3, -1, False),  # but born on the same day
        (0, -1, 3, False),  # but with the same address
        (0, 3, 1, True),  # twins, each with an address
        (0, 1, 3, True),  # and another day of birth, with the family's address
        (1, -1, -1, False),
        (-1, -1, -1, False),
        (5, 1, -1, False),  # another day of birth is weighed like all else
        (5, 1, 1, True),  # unless they have other addresses, too: father and son
        (5, 1, 2, False),
        (5, 2, 1, False),
        (5, -1, 0, False),
    ],
)
def test_what_is_a_persons_own_tells_two_apart(
    first_name: int, birth_on: int, email: int, is_two: bool
) -> None:
    levels = {"first_name": first_name, "birth_on": birth_on, "email": email}
    told = contradicted({name: pd.Series([level]) for name, level in levels.items()})
    assert list(told) == [is_two]
