"""How every benchmark says a figure, so that people and scripts read it alike."""

import sys
from dataclasses import dataclass

SKIPPED = "skipped "


@dataclass(frozen=True)
class Figure:
    """One measured value, with the least or the most that it should be.

    The name is one word and ends in its unit. Without a goal nothing can fall short.
    """

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        """Refuse what would not be one readable line.

        Raises:
            ValueError: the name has blanks, or there are two goals.
        """
        if not self.name or len(self.name.split()) != 1:
            raise ValueError(f"a figure's name is one word, not {self.name!r}")
        if self.at_least is not None and self.at_most is not None:
            raise ValueError(f"{self.name} has two goals, and a line shows one")

    @property
    def goal(self) -> float | None:
        """The bound, whichever kind it is."""
        return self.at_least if self.at_least is not None else self.at_most

    @property
    def is_short(self) -> bool:
        """Whether the value misses its goal; a value that is no number always does."""
        if self.at_least is not None:
            return not self.value >= self.at_least
        return self.at_most is not None and not self.value <= self.at_most

    def line(self) -> str:
        """`figure <name> <value> goal <goal> ok|short`; the goal is `-` without one."""
        goal = "-" if self.goal is None else _number(self.goal)
        verdict = "short" if self.is_short else "ok"
        return f"figure {self.name} {_number(self.value)} goal {goal} {verdict}"


def tell(*figures: Figure) -> None:
    """Write each figure as a line, at once: a benchmark may take minutes."""
    for figure in figures:
        sys.stdout.write(f"{figure.line()}\n")
    sys.stdout.flush()


def tell_skipped(name: str, why: str) -> None:
    """Write that nothing was measured, and what is missing: no figure, no success."""
    sys.stdout.write(f"{SKIPPED}{name}: {why}\n")
    sys.stdout.flush()


def _number(value: float) -> str:
    """Four digits that count; whole numbers stay whole."""
    if abs(value) >= 1000 or float(value).is_integer():
        return f"{value:.0f}"
    return f"{value:.4g}"
