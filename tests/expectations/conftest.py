"""One sound shop for all gate tests; each test that breaks it breaks a copy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_shop import build_shop, publish_shop, run_sql

from expectations import GateResult, discover
from warehouse.settings import PROJECT_DIR, Settings


@pytest.fixture(scope="session")
def sound_shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a build in which every gate passes, published once before; do not
    change it."""
    # A path that a URL, a shell or a template would stumble over.
    data_dir = tmp_path_factory.mktemp("gates") / "a shop $x {y} %z"
    settings = Settings(project_dir=PROJECT_DIR, data_dir=data_dir)
    build_shop(settings.build_path)
    publish_shop(settings)
    return settings


@pytest.fixture(scope="session")
def sound_results(sound_shop: Settings) -> dict[str, list[GateResult]]:
    """What each gate says of the sound shop."""
    return {gate.name: gate.run(sound_shop, "simulated") for gate in discover()}


@pytest.fixture
def without_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data Docs take most of a gate's time, and have tests of their own."""
    monkeypatch.setattr("expectations.engine.validation.write_docs", lambda *_: None)


@pytest.fixture
def changed_shop(sound_shop: Settings, tmp_path: Path) -> Callable[[str], Settings]:
    """Copies the sound shop and runs a statement on the copy of its build."""

    def change(sql: str) -> Settings:
        settings = Settings(project_dir=PROJECT_DIR, data_dir=tmp_path)
        settings.build_dir.mkdir(parents=True)
        shutil.copy(sound_shop.build_path, settings.build_path)
        settings.publications_dir.symlink_to(sound_shop.publications_dir)
        settings.published_link.symlink_to(sound_shop.published_link.resolve())
        run_sql(settings.build_path, sql)
        return settings

    return change
