"""A segment may ask for the members of another; circles and strangers are refused."""

from typing import Any

import pytest

from tests.bad_input.test_segments_yml import CATCH_ALL, told


def entry(name: str, where: str, priority: int, group: str = "") -> dict[str, Any]:
    """An entry of this name; of an exclusive group where one is given."""
    keys = {"kind": "rule", "where": where, "priority": priority}
    grouped = {"exclusive_group": group} if group else {}
    return {**CATCH_ALL, "name": name, **keys, **grouped}


BUYERS = entry("buyers", "order_count > 0", 50)


@pytest.mark.parametrize(
    "where",
    [
        "in_segment('buyers')",
        "order_count > 2 and not_in_segment('buyers')",
        "NOT In_Segment ( 'buyers' ) or is_identified",
        "case when in_segment('buyers') then order_count else 0 end > 1",
        "lifecycle_stage = 'in_segment(''nobody'')' and in_segment('buyers')",
    ],
)
def test_a_segment_may_refer_to_another(where: str) -> None:
    assert told([entry("a", where, 1), BUYERS, CATCH_ALL]) == []


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("in_segment('buyer')", "`buyer`, which is no segment. Did you mean `buyers`?"),
        ("not_in_segment('x')", "refers to `x`, which is no segment. Known: `a`, `bu"),
        ("in_segment('Buyers')", "refers to `Buyers`, which is no segment."),
        ("in_segment('others')", "refers to `others`, the catch_all"),
        ("in_segment('clusters')", "write `cluster_name = '...'` for a cluster"),
        ("in_segment('cluster_quiet')", "write `cluster_name = '...'` for a cluster"),
        ("in_segment(lifecycle_stage)", "without one name in quotes: in_segment('x')"),
        ("in_segment(segment := 'buyers')", "without one name in quotes"),
        ("in_segment('buyers', 'a')", "is no SQL predicate: Binder Error"),
        ("in_segmnt('buyers')", "is no SQL predicate: Catalog Error"),
    ],
)
def test_a_wrong_reference_is_told(where: str, sentence: str) -> None:
    clusters = entry("clusters", "cluster_name is not null", 60) | {"kind": "cluster"}
    found = told([entry("a", where, 1), BUYERS, clusters, CATCH_ALL])
    assert len([one for one in found if sentence in one]) == 1, found
    assert all(one.startswith("segment `a` ") for one in found)


@pytest.mark.parametrize(
    ("entries", "sentences"),
    [
        ([entry("a", "in_segment('a')", 1)], ["segment `a` refers to itself."]),
        (
            [entry("a", "in_segment('b')", 1), entry("b", "not_in_segment('a')", 2)],
            ["segment `a` refers to `b`, which refers to `a`."],
        ),
        (
            [
                entry("a", "in_segment('b')", 1, "g"),
                entry("b", "order_count > 1", 2, "g"),
            ],
            ["segment `a` refers to `b`, which yields to `a` in the group `g`."],
        ),
        # A circle does not hide the next one.
        (
            [
                entry("a", "in_segment('b') and in_segment('c')", 1),
                entry("b", "in_segment('a')", 2),
                entry("c", "in_segment('a')", 3),
            ],
            [
                "segment `a` refers to `b`, which refers to `a`.",
                "segment `a` refers to `c`, which refers to `a`.",
            ],
        ),
    ],
)
def test_a_circle_is_told_by_its_names(
    entries: list[dict[str, Any]], sentences: list[str]
) -> None:
    assert sorted(told([*entries, CATCH_ALL])) == sentences


def test_the_later_of_a_group_may_refer_to_the_first() -> None:
    first, later = (
        entry("first", "order_count > 1", 1, "g"),
        entry("later", "not_in_segment('first') and order_count > 0", 2, "g"),
    )
    assert told([later, first, CATCH_ALL]) == []


def test_a_broken_entry_is_told_and_not_those_that_refer_to_it() -> None:
    found = told([{"name": "b"}, entry("a", "in_segment('b')", 1), CATCH_ALL])
    assert found
    assert all(one.startswith("segment `b` has no `") for one in found)
