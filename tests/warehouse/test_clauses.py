"""A predicate falls into the clauses that the parser sees, in its own words."""

import pytest

from warehouse.clauses import called, clauses


@pytest.mark.parametrize(
    ("where", "texts"),
    [
        ("a > 1", ["a > 1"]),
        ("a > 1 and b < 2", ["a > 1", "b < 2"]),
        ("a = 1 AND\n  (b = 2 or c = 3)", ["a = 1", "(b = 2 or c = 3)"]),
        ("((a = 1 and b = 2) and (c = 3 and d))", ["a = 1", "b = 2", "c = 3", "d"]),
        ("a = 1 or b = 2 and c = 3", ["a = 1 or b = 2 and c = 3"]),
        ("not (a and b)", ["not (a and b)"]),
        ("x between 1 and 3 and y", ["x BETWEEN 1 AND 3", "y"]),
        ("t = 'this  and that' and é > 'ü'", ["t = 'this  and that'", "é > 'ü'"]),
        ("d is null and c in (1, 2)", ["d IS NULL", "c IN (1, 2)"]),
        (
            "last > as_of_at - interval 14 day and in_segment('x')",
            ["last > as_of_at - interval 14 day", "in_segment('x')"],
        ),
    ],
)
def test_clauses_are_those_of_the_parser(where: str, texts: list[str]) -> None:
    assert [clause.text for clause in clauses(where)] == texts


def test_a_clause_knows_its_columns() -> None:
    (first, second) = clauses("a > b and (a is null or c < a)")
    assert first.columns == ("a", "b")
    assert second.columns == ("a", "c")


def test_what_is_no_predicate_has_no_clauses() -> None:
    with pytest.raises(ValueError, match="syntax error"):
        clauses("a >")
    with pytest.raises(ValueError, match="more than one expression"):
        clauses("a), (b")
    assert called("a >") == []


def test_calls_are_told_with_their_text() -> None:
    found = [tuple(call) for call in called("F('x') and g(a) and h('a', 'b')")]
    assert found == [("f", "x"), ("g", None), ("h", None)]
