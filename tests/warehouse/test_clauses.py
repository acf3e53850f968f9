"""A predicate falls apart where DuckDB says so, in the words of its author."""

import json

import pytest

from warehouse.clauses import clauses, clauses_json

CASES = {
    "a > 1": ["a > 1"],
    "a > 1 and b < 2": ["a > 1", "b < 2"],
    "a > 1 AND b < 2": ["a > 1", "b < 2"],
    "a between 1 and 2 and b": ["a between 1 and 2", "b"],
    "b and a between 1 and 2": ["b", "a between 1 and 2"],
    "a or b": ["a or b"],
    "a or b and c": ["a or b and c"],
    "(a or b) and c": ["(a or b)", "c"],
    "not (a and b)": ["not (a and b)"],
    "case when a and b then c else d end and e": [
        "case when a and b then c else d end",
        "e",
    ],
    "city = 'Sand and Sea' and b": ["city = 'Sand and Sea'", "b"],
    "city = 'Köln' and b and c": ["city = 'Köln'", "b", "c"],
    "a = 'x'\n  and last_at > as_of_at - interval 14 day\n": [
        "a = 'x'",
        "last_at > as_of_at - interval 14 day",
    ],
    "(a > 1\n or b) and c": ["(a > 1 or b)", "c"],
    "a and a": ["a", "a"],
    "in_segment('x') and b": ["in_segment('x')", "b"],
}


@pytest.mark.parametrize("predicate", CASES)
def test_a_predicate_falls_apart_at_its_top(predicate: str) -> None:
    assert list(clauses(predicate)) == CASES[predicate]


def test_nested_clauses_are_told_in_the_words_of_the_parser() -> None:
    """The pieces between the signs mean nothing by themselves."""
    assert clauses("(a and b > 1) and c") == ("a", "(b > 1)", "c")


def test_what_is_no_predicate_is_one_clause() -> None:
    assert clauses("a > and") == ("a > and",)
    assert clauses("a, b and c") == ("a, b and c",)


def test_many_predicates_are_taken_apart_at_once() -> None:
    told = json.loads(clauses_json(json.dumps(["a and b", "c"])))
    assert told == [["a", "b"], ["c"]]
