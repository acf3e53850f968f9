"""Foreign data brought into the raw contract: one folder for each source of it."""

from examples.contract import Example, MappingReport
from examples.discovery import discover, find

__all__ = ["Example", "MappingReport", "discover", "find"]
