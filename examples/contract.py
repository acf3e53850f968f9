"""What every example promises: a mapping, and an account in which no row is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from warehouse.errors import TesseraError


@dataclass(frozen=True)
class MappingReport:
    """The account of one mapping: rows in = rows out + rows set aside.

    `rows_in` is counted by another reader than the one that maps. `rows_out` counts
    input rows by the raw file that took them in, which is not always a line each:
    the lines of one credit note make one refund. `lines_written` counts the lines
    of each raw file, derived ones (customers, products, orders) included.
    """

    example: str
    rows_in: int
    rows_out: Mapping[str, int]
    set_aside: Mapping[str, int]
    lines_written: Mapping[str, int]
    facts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def checked(self) -> Self:
        """This report, once its sum is right.

        Raises:
            TesseraError: a row is in no place, or in two.
        """
        out, aside = sum(self.rows_out.values()), sum(self.set_aside.values())
        if self.rows_in != out + aside:
            raise TesseraError(
                f"{self.rows_in:,} rows came in, but {out:,} went out and "
                f"{aside:,} were set aside",
                where=f"example `{self.example}`",
                allowed="rows in = rows out + rows set aside",
                remedy="Look for a broken quote in the input; if its rows are in "
                "order, the mapping loses some and nothing should be built on it",
            )
        return self

    def lines(self) -> list[str]:
        """The account as text, one figure a line."""
        return [
            f"{self.example}: {self.rows_in:,} rows in",
            *_figures("out", self.rows_out),
            *_figures("set aside", self.set_aside),
            *_figures("written", self.lines_written),
            *_figures("counted", self.facts),
            *(f"note: {note}" for note in self.notes),
        ]


@dataclass(frozen=True)
class Example:
    """One source of foreign data, and what a run on it needs.

    `map(input, raw_dir)` writes files of the raw contract below `raw_dir` and, beside
    it, `set_aside/<name>.csv` with each row that found no place, and its reason.
    """

    name: str
    title: str
    map: Callable[[Path, Path], MappingReport]
    dbt_vars: Mapping[str, object] = field(default_factory=dict)

    @property
    def gate_profile(self) -> str:
        """The profile whose expected shares the gates use: the example's own name."""
        return self.name


def _figures(label: str, counts: Mapping[str, int]) -> list[str]:
    return [f"{label}: {name}: {count:,}" for name, count in counts.items()]
