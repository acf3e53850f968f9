"""What runs leave beside the tables goes once no run has written it for long."""

import shutil
import time
from pathlib import Path

from warehouse.settings import Settings

DAY_SECONDS = 86_400


def sweep(settings: Settings, days: int) -> int:
    """Remove what DuckDB left of a killed run, and files of the last runs' work that
    are older than so many days; how many of these went.

    Each run writes anew the pages of its gates and of the models that score, dbt's log,
    and the statements of dbt's models: what is old is of what is no more. The caller
    holds the run lock.
    """
    temporary = settings.build_path.with_name(f"{settings.build_path.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    newest = time.time() - days * DAY_SECONDS
    gone = 0
    for folder in (
        settings.target_dir / "compiled",
        settings.target_dir / "run",
        settings.build_dir / "logs",
        settings.reports_dir / "gates",
        settings.reports_dir / "models",
    ):
        # What lies in a folder comes before it.
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                _remove_empty(path)
            elif path.lstat().st_mtime < newest:
                path.unlink()
                gone += 1
    return gone


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
