"""What a rule asks for: columns of its own, and those of the segments it names."""

import pytest

from tests.segments.conftest import CLUSTERS, ENTRIES, Entry, entry
from warehouse.segments.judging import asked, rules

KEEN = entry("keen", "score_decile = 1 and order_count > 0", 40, kind="score")
AWAY = entry("away", "not_in_segment('keen')", 41)


@pytest.mark.parametrize(
    ("where", "columns"),
    [
        ("order_count > 1 and order_count < 9", ["order_count"]),
        ("CHURN_Probability > 0.5", ["churn_probability"]),
        ('"Churn_Probability" > 0.5', ["churn_probability"]),
        ("lifecycle_stage = 'churn_probability'", ["lifecycle_stage"]),
        (
            "coalesce(round(2 * churn_probability), score_decile) > 1",
            ["churn_probability", "score_decile"],
        ),
        ("in_segment('keen')", ["score_decile", "order_count"]),
        ("NOT_IN_SEGMENT('keen')", ["score_decile", "order_count"]),
        (
            "peak_month = 1 or in_segment('away')",
            ["peak_month", "score_decile", "order_count"],
        ),
        ("in_segment('nobody') and order_count > 1", ["order_count"]),
    ],
)
def test_a_predicate_asks_for_columns(where: str, columns: list[str]) -> None:
    assert asked(where, [*ENTRIES, KEEN, AWAY]) == columns


def test_two_that_name_each_other_are_asked_once() -> None:
    one = entry("one", "in_segment('other') and order_count > 1", 40)
    other = entry("other", "in_segment('one') and peak_month = 1", 41)
    assert asked(str(one["where"]), [one, other]) == ["order_count", "peak_month"]


def test_each_rule_comes_with_what_it_asks_for() -> None:
    """Not what its rivals ask for: whom they claim they claim all the same."""
    rival: Entry = KEEN | {"exclusive_group": "pace"}
    later = entry("later", "peak_month = 1", 50, group="pace")
    found = rules([rival, later, CLUSTERS])
    assert found["later"].rivals == ["keen"]
    assert {name: rule.asked for name, rule in found.items()} == {
        "keen": ["score_decile", "order_count"],
        "later": ["peak_month"],
    }
