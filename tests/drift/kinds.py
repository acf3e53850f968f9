"""Ten kinds of drift, each as the file that a system sends one day, and what it gives.

A file of each kind lands between two sound ones. Its rows are those of `sound_rows`,
but for what the kind says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from tests.formats.forms import csv_file, lines_file, parquet_file

Row = dict[str, Any]
# column, change, found as, rows without a value for it
Change = tuple[str | None, str, str | None, int]
COUNT = 6
AMOUNT = Decimal("19.90")
# The shop's clock stands in Berlin and has no zone.
TOLD_AT, AT = "2025-01-02 11:00:00", datetime(2025, 1, 2, 10)
FULL = {"note": 'Grüße, "1"', "amount": AMOUNT, "currency": "EUR", "at": AT}


@dataclass(frozen=True)
class Kind:
    """One file; `said` is what its accepted rows say other than sound ones, `refused`
    maps the numbers of others (from 0) to their reason, `after` is what the next sound
    file has changed."""

    name: str
    content: bytes
    changes: Sequence[Change] = ()
    after: Sequence[Change] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)
    renamed: Sequence[str] = ()
    missing: Sequence[str] = ()
    unknown: Sequence[str] = ()

    @property
    def accepted(self) -> dict[str, Mapping[str, Any]]:
        """What staging must hold of it, by id."""
        numbers = (at for at in range(COUNT) if at not in self.refused)
        return {f"{self.name}-{at}": {**FULL, **self.said} for at in numbers}


def sound_rows(name: str) -> list[Row]:
    """Refunds as the shop sends them on other days."""
    return [
        {
            "id": f"{name}-{at}",
            "order_id": f"order-{at}",
            "amount": "19.90",
            "currency": "EUR",
            "reason": FULL["note"],
            "created_at": TOLD_AT,
        }
        for at in range(COUNT)
    ]


def changed(name: str, change: Callable[[int, Row], Row | None]) -> list[Row]:
    """Sound rows, each changed by its number."""
    return [change(at, row) or row for at, row in enumerate(sound_rows(name))]


def without(name: str, column: str) -> list[Row]:
    """Sound rows that lack a column."""
    return changed(name, lambda _, row: {k: v for k, v in row.items() if k != column})


def spelled(name: str, column: str, other: str) -> list[Row]:
    """Sound rows with another name for a column, in its place."""
    return changed(
        name,
        lambda _, row: {other if k == column else k: v for k, v in row.items()},
    )


def told(name: str, column: str, values: Sequence[Any]) -> list[Row]:
    """Sound rows that say these values one after the other."""
    return changed(name, lambda at, row: {**row, column: values[at % len(values)]})


def first(name: str, column: str) -> list[Row]:
    """Sound rows with a column put first."""
    return changed(name, lambda _, row: {column: row[column], **row})


def middle_line(name: str, spoil: Callable[[bytes], bytes], at: int = 3) -> bytes:
    """A sound CSV file with one line spoilt (from 1, without the header)."""
    lines = csv_file(sound_rows(name)).splitlines(keepends=True)
    lines[at] = spoil(lines[at])
    return b"".join(lines)


# What else a CSV file may be; the forms share the other kinds.
ALIAS = {"shop/refunds": {"currency": ["Waehrung"]}}
ZONES = [
    "2025-01-02T11:00:00+01:00",
    "2025-01-02 10:00:00 UTC",
    "2025-01-02 11:00:00",
    "2025-01-02 10:00:00+00",
    "2025-01-02 05:00:00 -0500",
    "2025-01-02T10:00:00.000UTC",
]
BERLIN = timezone(timedelta(hours=1))
NUMBERS = ["19.90", " 19.90 ", "19.9", "1.99e1", "19.900", "+19.90"]
GONE_NOTE: Change = ("reason", "gone", None, COUNT)
NEW_NOTE: Change = ("reason", "added", "reason", 0)
UNKNOWN: Change = ("shoe_size", "unknown", "shoe_size", 0)


def renamed(name: str, write: Callable[[Sequence[Row]], bytes], other: str) -> Kind:
    """The currency's column has a name that is declared for it."""
    return Kind(
        name,
        write(spelled(name, "currency", other)),
        changes=[("currency", "renamed", other, 0)],
        after=[("currency", "renamed", "currency", 0)],
        renamed=[f"{other} as currency"],
    )


def written(
    name: str, write: Callable[[Sequence[Row]], bytes], *, has_header: bool
) -> list[Kind]:
    """The kinds that every form has."""
    note = ("reason", "emptied", None, COUNT)
    return [
        renamed(f"{name}_renamed", write, "Waehrung"),
        Kind(
            f"{name}_missing",
            write(without(f"{name}_missing", "reason")),
            changes=[GONE_NOTE if has_header else note],
            after=[NEW_NOTE] if has_header else [],
            said={"note": None},
            missing=["reason"],
        ),
        Kind(
            f"{name}_added",
            write(told(f"{name}_added", "shoe_size", [42])),
            changes=[UNKNOWN],
            unknown=["shoe_size"],
        ),
        # What was told once is no news.
        Kind(
            f"{name}_added_again",
            write(told(f"{name}_added_again", "shoe_size", [43])),
            unknown=["shoe_size"],
        ),
        Kind(
            f"{name}_reordered",
            write(first(f"{name}_reordered", "created_at")),
            changes=[("created_at", "moved", "created_at", 0)] * has_header,
            after=[("created_at", "moved", "created_at", 0)] * has_header,
        ),
        Kind(f"{name}_zones", write(told(f"{name}_zones", "created_at", ZONES))),
        Kind(
            f"{name}_emptied",
            write(told(f"{name}_emptied", "reason", [None])),
            changes=[("reason", "emptied", "reason", COUNT)],
            said={"note": None},
        ),
        Kind(
            f"{name}_key",
            write(without(f"{name}_key", "currency")),
            changes=[
                ("currency", "gone", None, COUNT)
                if has_header
                else ("currency", "emptied", None, COUNT)
            ],
            after=[("currency", "added", "currency", 0)] * has_header,
            refused=dict.fromkeys(range(COUNT), "missing_currency"),
            missing=["currency"],
        ),
    ]


CSV = [
    *written("csv", csv_file, has_header=True),
    *[
        Kind(
            f"csv_delimiter_{name}",
            csv_file(sound_rows(f"csv_delimiter_{name}"), sign),
            changes=[(None, "delimiter", sign, 0)],
            after=[(None, "delimiter", ",", 0)],
        )
        for name, sign in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|"))
    ],
    Kind(
        "csv_ragged_short",
        middle_line("csv_ragged_short", lambda line: line.split(b",")[0] + b",x\n"),
        refused={2: "malformed_line"},
    ),
    Kind(
        "csv_ragged_long",
        middle_line("csv_ragged_long", lambda line: line.strip() + b",x,y\n"),
        refused={2: "malformed_line"},
    ),
    Kind("csv_mark", b"\xef\xbb\xbf" + csv_file(sound_rows("csv_mark"))),
    Kind(
        "csv_mark_and_ragged",
        b"\xef\xbb\xbf" + middle_line("csv_mark_and_ragged", lambda _: b"x\n"),
        refused={2: "malformed_line"},
    ),
    Kind(
        "csv_latin",
        middle_line("csv_latin", lambda line: line.decode().encode("latin-1"), at=4),
        refused={3: "invalid_encoding"},
    ),
    Kind("csv_numbers", csv_file(told("csv_numbers", "amount", NUMBERS))),
    Kind(
        "csv_words",
        csv_file(told("csv_words", "amount", ["19.90", "19,90 €", "a lot"])),
        refused=dict.fromkeys((1, 2, 4, 5), "bad_number"),
    ),
]
LINES = [
    *written("lines", lines_file, has_header=False),
    Kind("lines_mark", b"\xef\xbb\xbf" + lines_file(sound_rows("lines_mark"))),
    Kind(
        "lines_latin",
        lines_file(sound_rows("lines_latin")).replace(b"order-2", b"order-\xfc"),
        refused={2: "invalid_encoding"},
    ),
    Kind(
        "lines_numbers",
        lines_file(told("lines_numbers", "amount", [19.9, "19.90", 19.90])),
    ),
]
PARQUET = [
    *written("parquet", parquet_file, has_header=True),
    Kind(
        "parquet_numbers",
        parquet_file(told("parquet_numbers", "amount", [AMOUNT])),
    ),
    Kind(
        "parquet_doubles",
        parquet_file(told("parquet_doubles", "amount", [19.9])),
    ),
    Kind(
        "parquet_moments",
        parquet_file(told("parquet_moments", "created_at", [datetime(2025, 1, 2, 11)])),
    ),
    Kind(
        "parquet_zoned",
        parquet_file(
            told("parquet_zoned", "created_at", [datetime(2025, 1, 2, 10, tzinfo=UTC)])
        ),
    ),
    Kind(
        "parquet_berlin",
        parquet_file(
            told(
                "parquet_berlin",
                "created_at",
                [datetime(2025, 1, 2, 11, tzinfo=BERLIN)],
            )
        ),
    ),
]
