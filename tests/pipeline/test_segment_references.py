"""A reference asks for members: those that an exclusive group leaves to the segment."""

from itertools import product
from typing import Any

import pytest

from warehouse.connection import connect
from warehouse.segments.references import Mark, references, steps, with_marks
from warehouse.segments.rendering import flags_sql

Entry = dict[str, Any]
OTHERS: Entry = {"name": "others", "kind": "catch_all", "priority": 99}
FLAGS = ("p", "q", "r")


def entry(name: str, where: str, priority: int, group: str = "") -> Entry:
    """What the rendering reads of an entry."""
    own: Entry = {"name": name, "kind": "rule", "where": where, "priority": priority}
    return own | ({"exclusive_group": group} if group else {})


def members(entries: list[Entry]) -> dict[tuple[bool | None, ...], set[str]]:
    """Who is a member of what, where each flag holds, does not, or is unknown."""
    rows = list(product((True, False, None), repeat=len(FLAGS)))
    names = [one["name"] for one in entries if one["kind"] != "catch_all"]
    with connect() as connection:
        connection.execute(
            "create table t (customer_id int, as_of_at timestamp, cluster_name text,"
            " p boolean, q boolean, r boolean)"
        )
        connection.executemany(
            "insert into t values (?, null, null, ?, ?, ?)",
            [[number, *row] for number, row in enumerate(rows)],
        )
        query = flags_sql(entries, "t")
        found = connection.execute(
            f"select {', '.join(names)} from ({query}) order by customer_id"
        ).fetchall()
    return {
        row: {name for name, holds in zip(names, held, strict=True) if holds}
        for row, held in zip(rows, found, strict=True)
    }


def test_a_reference_is_to_the_members_after_groups() -> None:
    entries = [
        entry("asks", "in_segment('second')", 1),
        entry("asks_not", "r and not_in_segment('second')", 2),
        entry("second", "q", 20, "g"),
        entry("first", "p", 10, "g"),
        OTHERS,
    ]
    for (p, q, r), held in members(entries).items():
        second = q is True and p is not True
        expected = {"first"} if p else set()
        expected |= {"second", "asks"} if second else set()
        expected |= {"asks_not"} if r and not second else set()
        assert held == expected, (p, q, r)


def test_a_chain_through_groups_is_settled_step_by_step() -> None:
    """The last asks for one that yields to one that asks for the first."""
    entries = [
        entry("last", "not_in_segment('yields') and p", 1),
        entry("yields", "q", 30, "g"),
        entry("ahead", "in_segment('base') and r", 20, "g"),
        entry("base", "p", 40),
        OTHERS,
    ]
    for (p, q, r), held in members(entries).items():
        ahead = p is True and r is True
        yields = q is True and not ahead
        expected = {"base"} if p else set()
        expected |= {"ahead"} if ahead else set()
        expected |= {"yields"} if yields else set()
        expected |= {"last"} if p and not yields else set()
        assert held == expected, (p, q, r)


def test_without_references_two_steps_are_enough() -> None:
    entries = [entry(f"s{i}", "p", i, "g") for i in range(50)]
    first, second = steps(entries)
    assert {mark.is_member for mark in first} == {False}
    assert {mark.is_member for mark in second} == {True}
    assert Mark("s49", True) in second


@pytest.mark.parametrize(
    ("where", "rendered"),
    [
        ("in_segment('a') or p", "(a) or p"),
        ("NOT_IN_SEGMENT( 'a' )", "(not a)"),
        ("t = 'in_segment(''a'')'", "t = 'in_segment(''a'')'"),
        ("not in_segment('a') and in_segment('b')", "not (a) and (b)"),
    ],
)
def test_a_reference_becomes_the_column_of_the_segment(
    where: str, rendered: str
) -> None:
    assert with_marks(where) == rendered
    named = ["a", "b"] if "(b)" in rendered else ["a"]
    assert references(where) == ([] if where == rendered else named)
