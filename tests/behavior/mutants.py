"""A copy of the project in which one piece of a model's text is another."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warehouse.settings import PROJECT_DIR

PARTS = ("models", "macros", "seeds", "tests/dbt", "dbt_project.yml", "profiles.yml")


@dataclass(frozen=True)
class Mutant:
    """`text` of a file replaced by `instead`; whoever reads the rule calls it wrong."""

    file: str
    text: str
    instead: str = ""


def project_copy(folder: Path) -> Path:
    """The dbt project alone, in a folder of its own."""
    for part in PARTS:
        source, target = PROJECT_DIR / part, folder / part
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    return folder


@contextmanager
def mutated(project: Path, mutant: Mutant) -> Iterator[None]:
    """The project with this mutation, and without it again."""
    file = project / mutant.file
    sound = file.read_text(encoding="utf-8")
    assert sound.count(mutant.text) == 1, f"{mutant.file}: {mutant.text}"
    file.write_text(sound.replace(mutant.text, mutant.instead), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(sound, encoding="utf-8")
