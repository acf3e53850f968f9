"""Helpers of the examples' tests: tiny inputs, outputs as rows, and the real data."""

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from examples import MappingReport, find

ROOT = Path(__file__).resolve().parents[2]


class Mapped:
    """One mapping of an input: its report, and its raw files as rows."""

    def __init__(self, report: MappingReport, raw: Path) -> None:
        self.report = report
        self.raw = raw

    def rows(self, entity: str) -> list[dict[str, str]]:
        """The rows of a shop entity."""
        text = (self.raw / "shop" / entity / "online_retail.csv").read_text()
        return list(csv.DictReader(text.splitlines()))

    def calls(self, name: str | None = None) -> list[dict]:
        """The web calls, of all files or of one."""
        files = sorted((self.raw / "web" / "events").glob(f"{name or '*'}.jsonl"))
        return [json.loads(line) for f in files for line in f.read_text().splitlines()]

    def set_aside(self) -> list[dict[str, str]]:
        """The rows that found no place."""
        path = self.raw.parent / "set_aside" / f"{self.report.example}.csv"
        with path.open(newline="") as text:
            return list(csv.DictReader(text))

    def contents(self) -> dict[str, bytes]:
        """Every written file and its bytes."""
        files = [p for p in self.raw.parent.rglob("*") if p.is_file()]
        return {str(p.relative_to(self.raw.parent)): p.read_bytes() for p in files}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Mapped]:
    """Map a path with an example, into a folder that `into` names."""

    def _run(example: str, source: Path, into: str = "data") -> Mapped:
        raw = tmp_path / into / "raw"
        return Mapped(find(example).map(source, raw), raw)

    return _run


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV below `in/` and give back the folder."""

    def _write(
        name: str, header: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([header, *rows])
        return tmp_path / "in"

    return _write
