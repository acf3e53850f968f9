"""Whole batches of histories: one build judges hundreds of them."""

from typing import TypeVar

import hypothesis
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def drawn(strategy: SearchStrategy[T], count: int, seed: int) -> list[T]:
    """So many examples as Hypothesis draws them, the same for the same seed.

    A build costs seconds and a history nothing, so examples are collected and judged
    together; a failure names its history. Nothing is shrunk: histories are short.
    """
    examples: list[T] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
    )
    @hypothesis.given(strategy)
    def collect(example: T) -> None:
        examples.append(example)

    collect()
    return examples
