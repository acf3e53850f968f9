"""The fingerprint of all that decides rows of the past: code, seeds and vars.

Incremental models keep it with their mark. Where it differs, rows that were made under
other rules stand in the tables, and the models start afresh by themselves.
"""

from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

from warehouse.settings import PROJECT_DIR

# The stages whose models keep rows from run to run, and what these are made with.
PLACES = (
    "macros",
    "models/staging",
    "models/identity",
    "models/behavior",
    "models/features",
    "seeds",
)
RULES = frozenset({".sql", ".py", ".csv"})


def fingerprint(variables_json: str, project_dir: Path = PROJECT_DIR) -> str:
    """The md5 of the rules' files and of the vars given to this run, as hexadecimal."""
    digest = md5(variables_json.encode(), usedforsecurity=False)
    for path in _files(project_dir):
        digest.update(path.relative_to(project_dir).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(project_dir: Path) -> Iterator[Path]:
    yield project_dir / "dbt_project.yml"
    for place in PLACES:
        found = sorted((project_dir / place).rglob("*"))
        yield from (path for path in found if path.suffix in RULES)
