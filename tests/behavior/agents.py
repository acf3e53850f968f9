"""The lists of agents, read as data: how sure each is of an agent that calls."""

import csv
import re
from decimal import Decimal
from functools import cache

from warehouse.settings import PROJECT_DIR


@cache
def confidences(seed: str, agent: str) -> list[Decimal]:
    """What each pattern of a seed that fits says (`%` stands for anything)."""
    return [
        confidence
        for pattern, confidence in _patterns(seed)
        if re.fullmatch(re.escape(pattern).replace("%", ".*"), agent.lower())
    ]


@cache
def _patterns(seed: str) -> list[tuple[str, Decimal]]:
    with (PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [(row["agent_pattern"], Decimal(row["confidence"])) for row in rows]
