"""Live rules: what can be followed through time, by which timers, and what cannot."""

from datetime import datetime
from typing import Any

import pytest

from tests.ledger.shop import inputs
from tests.segments.conftest import OTHERS, Entry, entry
from warehouse.segments.declared import mistakes_in
from warehouse.segments.live import followed
from warehouse.segments.stays import Stay
from warehouse.segments.timers import timers

HOUR = 3_600_000_000
DAY = 24 * HOUR


def told(*entries: Entry) -> list[str]:
    return mistakes_in([*entries, OTHERS], inputs())


def live(where: str, name: str = "a", priority: int = 1, **keys: Any) -> Entry:
    return entry(name, where, priority, live=True, **keys)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("last_order_at > as_of_at - interval 14 day", {14 * DAY, 14 * DAY + 1}),
        ("as_of_at >= last_order_at + interval '4 hours'", {4 * HOUR, 4 * HOUR + 1}),
        ("not (as_of_at - to_hours(5) <= last_order_at)", {5 * HOUR, 5 * HOUR + 1}),
        (
            "last_order_at between as_of_at - interval 1 day and as_of_at",
            {0, 1, DAY, DAY + 1},
        ),
        ("60 <= days_since_last_order", {60 * DAY, 61 * DAY}),
        (
            "days_since_last_order is null or days_since_last_order between 2 and 4",
            {2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY},
        ),
        (
            "nullif(last_order_at > as_of_at - interval 14 day, true) is not null",
            {14 * DAY, 14 * DAY + 1},
        ),
        (
            "(case when days_since_last_order > 60 then 1 end) is null",
            {60 * DAY, 61 * DAY},
        ),
        ("last_order_at < last_cart_add_at or order_count > 3", set()),
    ],
)
def test_a_rule_tells_its_timers(where: str, expected: set[int]) -> None:
    found, strange = timers(where)
    assert {timer.microseconds for timer in found} == expected
    assert {timer.column for timer in found} <= {"last_order_at"}
    assert strange == set()
    assert told(live(where)) == []


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            "purchase_30d_probability > 0.5",
            "asks for `purchase_30d_probability`, which",
        ),
        ("cluster_name = 'x'", "is known at the moments of runs alone"),
        ("is_identified", "asks for `is_identified`"),
        ("tenure_days > 3", "asks for `tenure_days`"),
        ("hour(as_of_at) = 3 and order_count > 1", "may compare `as_of_at` with a"),
        ("last_order_at > as_of_at - interval 1 month", "`as_of_at` with a moment"),
        ("as_of_at - last_order_at > interval 2 day", "length of days or less"),
        ("days_since_last_order * 2 > order_count", "an age with a whole number"),
        ("days_since_last_order < days_since_last_cart_add", "`days_since_last_cart"),
        ("days_since_last_order > 99999999999", "an age with a whole number"),
    ],
)
def test_what_cannot_be_followed_is_refused(where: str, sentence: str) -> None:
    found = told(live(where))
    assert found[0].startswith(
        "models/segments/segments.yml: segment `a` is live and asks for"
    )
    assert sentence in found[0]
    assert told(entry("a", where, 1)) == []


def test_a_live_segment_hangs_on_live_ones_alone() -> None:
    first = entry("first", "order_count > 1", 1, "buy")
    second = live("order_count > 2", "second", 2, exclusive_group="buy")
    third = live("in_segment('first')", "third", 3)
    yields, refers = told(first, second, third)
    assert "`second` is live and yields to `first` in the group `buy`" in yields
    assert "`third` is live and refers to `first`, which is not: make both" in refers
    assert told(first | {"live": True}, second, third) == []
    assert told(first | {"live": True}, second | {"live": False}) == []


def test_all_mistakes_are_told_at_once() -> None:
    where = "tenure_days > 3 and peak_month = 2 and hour(as_of_at) = 3"
    assert len(told(live(where))) == 3


def test_what_is_followed() -> None:
    first = live("order_count > 1", "first", 1, exclusive_group="buy")
    second = live("days_since_last_order < 3", "second", 2, exclusive_group="buy")
    third = live("in_segment('second')", "third", 3)
    found = followed([third, second, first, entry("run", "peak_month = 2", 4), OTHERS])
    assert found["names"] == ["third", "second", "first"]
    assert found["columns"] == ["days_since_last_order", "order_count"]
    assert [one["label"] for one in found["timers"]] == [
        "3 days after last_order_at",
        "4 days after last_order_at",
    ]
    assert {name: sorted(on) for name, on in found["hangs_on"].items()} == {
        "first": ["first"],
        "second": ["first", "second"],
        "third": ["first", "second", "third"],
    }


@pytest.mark.parametrize(
    ("is_exact", "is_open", "told_by", "sentence"),
    [
        (
            True, True, ("a > 0", "e1", None),
            "since 2025-03-01 12:00:03: a > 0 (event e1)",
        ),
        (
            True, False, ("a > 0", "e1", "48 hours after an activity"),
            "left at 2025-03-01 12:00:03: a > 0 no more"
            " (48 hours after an activity, event e1)",
        ),
        (
            True, False, ("a > 0", None, "midnight"),
            "left at 2025-03-01 12:00:03: a > 0 no more (a day of its window ended)",
        ),
        (
            False, True, (None, None, None),
            "since the run of 2025-03-01 12:00: first seen",
        ),
        (
            False, False, ("a > 0", None, None),
            "left with the run of 2025-03-01 12:00: a > 0 no more",
        ),
    ],
)  # fmt: skip
def test_a_stay_in_one_sentence(
    is_exact: bool,
    is_open: bool,
    told_by: tuple[str | None, str | None, str | None],
    sentence: str,
) -> None:
    moment = datetime(2025, 3, 1, 12, 0, 3)
    stay = Stay("a", is_exact, is_open, moment, *told_by, "first seen")
    assert str(stay) == sentence
