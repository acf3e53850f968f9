"""Each pack's fixtures, landed and built once in either order."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.behavior import shop
from tests.sources.packs import Fixture, backwards, fixtures, switches
from warehouse.settings import PROJECT_DIR, Settings

BUILT = ("+file_reconciliation", "+quarantine", "+path:models/staging/vocabulary")
Built = Callable[[str], Settings]


def land(settings: Settings, files: list[Fixture]) -> None:
    """Put the files into the raw folder."""
    for file in files:
        path = settings.raw_dir / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)


def take_in(settings: Settings, pack: str, loads: list[list[Fixture]]) -> Settings:
    """Land and build one load after the other, with this pack alone switched on."""
    for files in loads:
        land(settings, files)
        select = (*BUILT, f"path:models/staging/{pack}")
        shop.build(settings, select, variables={"sources": switches(pack)})
    return settings


def built(folder: Path, arranged: Callable[[str], list[list[Fixture]]]) -> Built:
    """A pack's data folder, built when it is asked for first."""

    @cache
    def once(pack: str) -> Settings:
        settings = Settings(project_dir=PROJECT_DIR, data_dir=folder / pack)
        return take_in(settings, pack, arranged(pack))

    return once


@pytest.fixture(scope="session")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All fixtures of a pack in one load, as they lie here."""
    folder = tmp_path_factory.mktemp("at once")
    return built(folder, lambda pack: [fixtures(pack)])


@pytest.fixture(scope="session")
def turned_round(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same lines in two loads, the last line first."""
    folder = tmp_path_factory.mktemp("turned round")
    return built(folder, lambda pack: list(backwards(fixtures(pack))))
