"""Where everything lies: one frozen value that every step is handed."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from warehouse.errors import TesseraError, nearest

PROJECT_DIR = Path(__file__).resolve().parents[1]
BUILD = "build"


@dataclass(frozen=True)
class Settings:
    """The project's folder and the data folder; all other paths follow from them.

    `build_name` is another folder's where tables are rebuilt beside the standing ones.
    """

    project_dir: Path
    data_dir: Path
    build_name: str = BUILD

    @property
    def raw_dir(self) -> Path:
        """What landed: `<source>/<entity>/<file>`, as docs/raw-contract.md says."""
        return self.data_dir / "raw"

    @property
    def truth_dir(self) -> Path:
        """What the simulator knows and no model reads."""
        return self.data_dir / "truth"

    @property
    def build_dir(self) -> Path:
        """Working files: the build database, dbt's artifacts, the run lock."""
        return self.data_dir / self.build_name

    @property
    def build_path(self) -> Path:
        """The database that runs write and readers never open."""
        return self.build_dir / "tessera.duckdb"

    @property
    def target_dir(self) -> Path:
        """dbt's artifacts of the runs on this data folder (manifest.json and so on)."""
        return self.build_dir / "target"

    @property
    def publications_dir(self) -> Path:
        """One folder a publication; none is ever changed."""
        return self.data_dir / "publications"

    @property
    def published_link(self) -> Path:
        """The symlink that readers follow."""
        return self.data_dir / "published"

    @property
    def reports_dir(self) -> Path:
        """Pages for people: Data Docs, plots."""
        return self.data_dir / "reports"

    @property
    def ledger_path(self) -> Path:
        """The append-only ledger of landed files, beside the raw data."""
        return self.raw_dir / "ledger.jsonl"

    @property
    def registry_path(self) -> Path:
        """The append-only registry of models, beside the raw data."""
        return self.raw_dir / "models.jsonl"

    @property
    def models_dir(self) -> Path:
        """The fitted models: one file a version."""
        return self.data_dir / "models"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.data_dir / "dagster"

    def for_example(self, name: str) -> "Settings":
        """The same project on an example's own data folder.

        Raises:
            TesseraError: no folder `examples/<name>` exists.
        """
        known = known_examples(self.project_dir)
        if name not in known:
            raise TesseraError(
                "there is no such example",
                where="examples/",
                given=f"`{name}`",
                allowed=known,
                remedy=nearest(name, known),
            )
        return replace(self, data_dir=self.data_dir / "examples" / name)


def load_settings() -> Settings:
    """The settings of this process: `TESSERA_DATA`, else `data/` in the project."""
    given = os.environ.get("TESSERA_DATA")
    data_dir = Path(given).expanduser().absolute() if given else PROJECT_DIR / "data"
    return Settings(project_dir=PROJECT_DIR, data_dir=data_dir)


def settings_for(example: str) -> Settings:
    """The settings of this process, or of an example where one is named.

    Raises:
        TesseraError: there is no such example.
    """
    settings = load_settings()
    return settings.for_example(example) if example else settings


def known_examples(project_dir: Path) -> list[str]:
    """The names of the examples: each folder of `examples/` with Python in it."""
    folders = (project_dir / "examples").glob("*/*.py")
    return sorted({file.parent.name for file in folders})
