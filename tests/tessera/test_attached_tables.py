"""The commands know that rows may stand in attached tables, and whose these are."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import examples
import orchestration.execution as execution
import tessera.doctor
import tessera.rebuilding as rebuilding
import tessera.run
from examples.contract import Example, MappingReport
from orchestration.execution import Options
from tessera.pipeline import require_raw_files
from warehouse.checkup import Report
from warehouse.errors import TesseraError
from warehouse.settings import Settings

TABLE: dict[str, object] = {
    "shop/customers": {"database": "shop.duckdb", "table": "customers"}
}


def test_a_run_needs_files_or_tables(settings: Settings) -> None:
    with pytest.raises(TesseraError, match="nothing has landed"):
        require_raw_files(settings, {"sources": []})
    require_raw_files(settings, {"sources": [], "attached": TABLE})


def test_a_rebuild_takes_in_no_news(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Options] = []
    monkeypatch.setattr(execution, "rebuild", lambda _, options: asked.append(options))
    monkeypatch.setattr(rebuilding, "differences", lambda *_: ["one"])
    monkeypatch.setattr("warehouse.tables.as_of", lambda _: datetime(2025, 1, 1))
    given = Options(variables={"sources": [], "attached": TABLE})
    rebuilding.rebuild_and_compare(settings, given)
    assert [one.variables for one in asked] == [{"sources": [], "attached": {}}]


def test_the_tables_are_not_those_of_an_example(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mapped(_: Path, __: Path) -> MappingReport:
        return MappingReport("online_retail", 0, {}, {}, {})

    found = Example("online_retail", "title", mapped, {"shop_zone": "UTC"})
    monkeypatch.setattr(examples, "find", lambda _: found)
    _, options = tessera.run._example(settings, Options(), "online_retail", tmp_path)
    assert options.variables == {"attached": {}, "shop_zone": "UTC"}


@pytest.mark.parametrize(
    ("example", "given"), [("", None), ("online_retail", {"attached": {}})]
)
def test_the_doctor_of_an_example_looks_at_no_table(
    example: str, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Mapping[str, object] | None] = []

    def looked(_: Settings, variables: Mapping[str, object] | None) -> Report:
        asked.append(variables)
        return Report()

    monkeypatch.setattr(tessera.doctor, "check_up", looked)
    tessera.doctor.doctor(example=example)
    assert asked == [given]
