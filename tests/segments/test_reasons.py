"""Of one customer, each clause of each segment holds or not, with its values."""

import pytest

from tests.segments.conftest import EVERYBODY, MEMBERS, Customer, segments_of
from warehouse.publications import Publication
from warehouse.segments.reasons import Reason, reasons


def of(publication: Publication, customer: str) -> dict[str, Reason]:
    """The reasons by segment."""
    return {one.segment: one for one in reasons(publication, customer)}


@pytest.mark.parametrize("one", EVERYBODY[::7], ids=lambda one: one.id)
def test_every_segment_is_told(small_publication: Publication, one: Customer) -> None:
    found = of(small_publication, one.id)
    assert found.keys() == {*MEMBERS, "others"}
    held = [name for name, reason in found.items() if reason.is_member]
    assert sorted(held) == sorted(segments_of(one))
    (primary,) = [name for name, reason in found.items() if reason.is_primary]
    assert primary == segments_of(one)[0]
    for name, reason in found.items():
        holds = all(condition.holds for condition in reason.conditions)
        if name != "others":
            assert reason.is_member == (holds and reason.yields_to is None), name


def test_clauses_are_told_with_values(small_publication: Publication) -> None:
    found = of(small_publication, "c41")
    first, second = found["lapsed"].conditions
    assert (first.text, first.holds) == ("order_count > 0", True)
    assert first.values == {"order_count": 1}
    assert second.values == {"days_since_last_order": 41}
    loyal, three = found["loyal"].conditions
    assert (loyal.text, loyal.holds) == ("in_segment('repeat')", False)
    assert loyal.values == {}
    assert (three.text, three.holds) == ("order_count = 3", False)


def test_who_yields_within_a_group_says_to_whom(
    small_publication: Publication,
) -> None:
    """Customer 42 has two orders, the last long ago."""
    repeat = of(small_publication, "c42")["repeat"]
    assert not repeat.is_member
    assert [one.holds for one in repeat.conditions] == [True]
    assert (repeat.yields_to, repeat.group) == ("lapsed", "buy")


def test_what_is_unknown_does_not_hold(small_publication: Publication) -> None:
    (orders, age) = of(small_publication, "c40")["lapsed"].conditions
    assert (orders.holds, age.holds) == (False, False)
    assert age.values == {"days_since_last_order": None}


def test_a_cluster_is_the_customers_own(small_publication: Publication) -> None:
    found = of(small_publication, "c01")
    loud, quiet = found["cluster_it's loud"], found["cluster_quiet"]
    assert (loud.is_member, quiet.is_member) == (True, False)
    assert loud.conditions[0].text == "cluster_name = 'it''s loud'"
    assert quiet.conditions[0].values == {"cluster_name": "it's loud"}
    assert found["others"].conditions == []
