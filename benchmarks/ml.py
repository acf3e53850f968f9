"""Everything that is measured of the models, one part after the other.

Each part is a module of its own and runs in a process of its own; what it lacks data
for it skips, by name. The last line counts the figures that are short of their goal; a
part that fails counts as one. All parts together take an hour and a half on two cores.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, tell
from warehouse.settings import PROJECT_DIR

PREFIX = "ml_"
SHORT = " short"


def main() -> None:
    """Run every part; the exit status says whether any figure is short."""
    short = sum(run([sys.executable, "-m", f"benchmarks.{name}"]) for name in parts())
    tell(Figure("ml.short_figures", short, at_most=0))
    sys.exit(1 if short else 0)


def parts() -> list[str]:
    """The modules that measure models, in order: those that can be run alone."""
    files = sorted(Path(__file__).parent.glob(f"{PREFIX}*.py"))
    told = ((file.stem, file.read_text(encoding="utf-8")) for file in files)
    return [name for name, text in told if "\nif __name__ ==" in text]


def run(command: Sequence[str]) -> int:
    """Run one part, its lines told as they come; how many of its figures are short.

    A part that ends with an error counts as one more.
    """
    part = subprocess.Popen(
        command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    short = 0
    for line in part.stdout or ():
        sys.stdout.write(line)
        sys.stdout.flush()
        short += line.startswith("figure ") and line.rstrip().endswith(SHORT)
    if part.wait():
        sys.stderr.write(f"{command[-1]} ended with an error\n")
        short += 1
    return short


if __name__ == "__main__":
    main()
