"""The doctor reads moments as the models do."""

from datetime import datetime

import pytest

from warehouse.moments import MICROSECONDS, SECONDS, moment_of


@pytest.mark.parametrize(
    ("text", "at", "has_zone"),
    [
        ("2025-03-01T10:00:00Z", "2025-03-01T10:00:00", True),
        ("2025-03-01 10:00:00 UTC", "2025-03-01T10:00:00", True),
        ("2025-03-01 10:00:00.5+02:00", "2025-03-01T08:00:00.5", True),
        ("2025-03-01T10:00:00-0330", "2025-03-01T13:30:00", True),
        ("2025-03-01T10:00+02", "2025-03-01T08:00:00", True),
        ("2025-03-01 10:00:00.123456789", "2025-03-01T09:00:00.123456", False),
        ("2025-03-01", "2025-02-28T23:00:00", False),
    ],
)
def test_a_moment_is_told(text: str, at: str, has_zone: bool) -> None:
    found = moment_of(text, "Europe/Berlin")
    assert found is not None
    assert found.at.replace(tzinfo=None) == datetime.fromisoformat(at)
    assert found.has_zone is has_zone


@pytest.mark.parametrize(
    "text", ["soon", "", "1969-12-31", "3000-01-01", "2025-02-30", "31.12.2024", "1740"]
)
def test_what_is_none_is_not_guessed(text: str) -> None:
    assert moment_of(text, "UTC") is None


@pytest.mark.parametrize(
    ("value", "unit", "year"),
    [
        (1740823200, SECONDS, 2025),
        ("1740823200.5", SECONDS, 2025),
        ("1740823200000000", MICROSECONDS, 2025),
        (32503679999, SECONDS, 2999),
        (32503680000, SECONDS, None),
        (-1, SECONDS, None),
        ("noon", SECONDS, None),
    ],
)
def test_numbers_count_from_1970(value: object, unit: int, year: int | None) -> None:
    found = moment_of(value, "UTC", unit)
    assert (found.at.year if found else None) == year
