"""What the matching linked is kept, and no later run changes what was known before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from warehouse.errors import TesseraError
from warehouse.landing import strangers
from warehouse.matches import Match, Pair, forget_matches, note_matches, read_matches
from warehouse.settings import Settings

FIRST = datetime(2025, 3, 1, 6, 30, 0, 250)
AB, AC = ("crm:a", "shop:b"), ("crm:a", "shop:c")


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def run(
    settings: Settings, number: int, sure: Iterable[Pair], likely: Iterable[Pair] = ()
) -> list[Match]:
    return note_matches(settings, day(number), set(sure), {*sure, *likely})


def record(settings: Settings) -> Path:
    return settings.raw_dir / "matches.jsonl"


def test_a_match_is_known_since_the_run_that_found_it(settings: Settings) -> None:
    assert read_matches(settings) == []
    assert run(settings, 0, [AB]) == [Match(*AB, day(0))]
    assert run(settings, 1, [AC, AB]) == [Match(*AB, day(0)), Match(*AC, day(1))]
    assert read_matches(settings) == [Match(*AB, day(0)), Match(*AC, day(1))]
    assert strangers(settings.raw_dir) == []


def test_what_is_only_likely_stays_and_does_not_begin(settings: Settings) -> None:
    run(settings, 0, [AB])
    assert run(settings, 1, [], likely=[AB, AC]) == [Match(*AB, day(0))]


def test_what_is_likely_no_more_is_parted_and_may_come_again(
    settings: Settings,
) -> None:
    run(settings, 0, [AB])
    assert run(settings, 1, []) == [Match(*AB, day(0), day(1))]
    again = [Match(*AB, day(0), day(1)), Match(*AB, day(2))]
    assert run(settings, 2, [AB]) == again


def test_a_run_behind_an_earlier_clock_changes_nothing(settings: Settings) -> None:
    """The earlier run may have found nothing: its clock counts all the same."""
    run(settings, 2, [])
    assert run(settings, 1, [AB]) == []
    assert run(settings, 2, [AB]) == [Match(*AB, day(2))]
    assert run(settings, 1, []) == [Match(*AB, day(2))]


def test_what_held_for_no_time_was_never_known(settings: Settings) -> None:
    run(settings, 0, [AB])
    assert run(settings, 0, [AC]) == [Match(*AC, day(0))]


def test_the_same_run_again_writes_no_line(settings: Settings) -> None:
    run(settings, 0, [AB])
    before = record(settings).read_bytes()
    run(settings, 0, [AB])
    assert record(settings).read_bytes() == before


def test_a_torn_line_is_no_run_and_is_removed(settings: Settings) -> None:
    run(settings, 0, [AB])
    with record(settings).open("a") as file:
        file.write('{"as_of": "2025')
    assert read_matches(settings) == [Match(*AB, day(0))]
    assert run(settings, 1, [AB, AC])[1:] == [Match(*AC, day(1))]


def test_a_broken_line_is_told_without_its_text(settings: Settings) -> None:
    run(settings, 0, [AB])
    text = record(settings).read_text()
    record(settings).write_text(text.replace("linked", "likned") + text)
    with pytest.raises(TesseraError, match="line 1") as refused:
        read_matches(settings)
    assert AB[0] not in str(refused.value)


def test_forgotten_records_leave_every_line(settings: Settings) -> None:
    run(settings, 0, [AB, AC])
    run(settings, 1, [AC])
    run(settings, 2, [AB, AC])
    assert forget_matches(settings, "shop:b".__eq__) == 3
    assert read_matches(settings) == [Match(*AC, day(0))]
    assert "shop:b" not in record(settings).read_text()
    assert forget_matches(settings, "shop:b".__eq__) == 0
    # The clock of the runs stays.
    assert run(settings, 1, [AB]) == [Match(*AC, day(0))]


def test_where_nothing_was_noted_nothing_is_forgotten(settings: Settings) -> None:
    assert forget_matches(settings, "shop:b".__eq__) == 0
    assert not record(settings).exists()
