"""Where copies can lie in a data folder, by name."""

import os
from collections.abc import Iterator
from pathlib import Path

from warehouse.erasure.plan import plan_path
from warehouse.landing import RECORDS
from warehouse.settings import BUILD, Settings

RAW, RECORDED, DATABASE, DBT = (
    "raw files",
    "records beside them",
    "build",
    "dbt's files",
)
PUBLICATIONS, REPORTS, DAGSTER = "publications", "reports", "Dagster's memory"
TRUTH, EXAMPLES, OTHERS = "simulated truth", "examples", "other files"
PLACES = (
    RAW, RECORDED, DATABASE, DBT, PUBLICATIONS, REPORTS, DAGSTER, TRUTH, EXAMPLES,
    OTHERS,
)  # fmt: skip


def all_files(settings: Settings) -> Iterator[Path]:
    """Every file of the data folder and what a lone `dbt build` left in the project,
    but the plan of the erasure itself."""
    roots = [
        settings.data_dir,
        settings.project_dir / "target",
        settings.project_dir / "logs",
    ]
    # No walk goes through a link, but from one it does.
    roots += [settings.raw_dir] if settings.raw_dir.is_symlink() else []
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = Path(folder, name)
                is_plan = path == plan_path(settings)
                if path.is_file() and not path.is_symlink() and not is_plan:
                    yield path


def place_of(settings: Settings, path: Path) -> str:
    """The name of the place that a file lies in."""
    if not path.is_relative_to(settings.data_dir):
        return DBT
    top, *below = path.relative_to(settings.data_dir).parts
    if top == settings.raw_dir.name:
        return RECORDED if below[0] in RECORDS else RAW
    if top == BUILD:
        return DATABASE if len(below) == 1 else DBT
    named = {
        settings.publications_dir.name: PUBLICATIONS,
        settings.reports_dir.name: REPORTS,
        settings.dagster_home.name: DAGSTER,
        settings.truth_dir.name: TRUTH,
        "examples": EXAMPLES,
    }
    return named.get(top, OTHERS)
