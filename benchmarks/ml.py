"""Everything that is measured of the models, one part after the other.

Each part is a module of its own and runs in a process of its own; what it lacks data
for it skips, by name. The last lines count the figures that are short of their goal and
the parts that were skipped; a part that fails counts as a short one. Either is an error
in the end, but skipping can be allowed. All parts together take about an hour on two
cores.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import SKIPPED, Figure, tell
from warehouse.settings import PROJECT_DIR

PREFIX = "ml_"
SHORT = " short"


@dataclass(frozen=True)
class Count:
    """How many figures are short of their goal, and how many parts were skipped."""

    short: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        """Both together."""
        return Count(self.short + other.short, self.skipped + other.skipped)


def main() -> None:
    """Run every part; the exit status says whether any is short, or was skipped."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.ml", description=__doc__)
    asked.add_argument("--allow-skipped", action="store_true")
    is_allowed = asked.parse_args().allow_skipped
    told = (run([sys.executable, "-m", f"benchmarks.{name}"]) for name in parts())
    count = sum(told, Count())
    most = None if is_allowed else 0
    ends = (
        Figure("ml.short_figures", count.short, at_most=0),
        Figure("ml.skipped_parts", count.skipped, at_most=most),
    )
    tell(*ends)
    sys.exit(1 if any(one.is_short for one in ends) else 0)


def parts() -> list[str]:
    """The modules that measure models, in order: those that can be run alone."""
    files = sorted(Path(__file__).parent.glob(f"{PREFIX}*.py"))
    told = ((file.stem, file.read_text(encoding="utf-8")) for file in files)
    return [name for name, text in told if "\nif __name__ ==" in text]


def run(command: Sequence[str]) -> Count:
    """Run one part, its lines told as they come; what of it is short or was skipped.

    A part that ends with an error counts as one more short figure.
    """
    part = subprocess.Popen(
        command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    count = Count()
    for line in part.stdout or ():
        sys.stdout.write(line)
        sys.stdout.flush()
        is_short = line.startswith("figure ") and line.rstrip().endswith(SHORT)
        count += Count(is_short, line.startswith(SKIPPED))
    if part.wait():
        sys.stderr.write(f"{command[-1]} ended with an error\n")
        count += Count(short=1)
    return count


if __name__ == "__main__":
    main()
