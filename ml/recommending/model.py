"""What is kept of a training: products and their ties, never a person."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recommender:
    """Ties between products and how to blend them with popularity."""
