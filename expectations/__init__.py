"""The gates: what must hold before a run may go on, and before it may be published.

A gate is one file in this folder that holds `GATE`; nothing else needs an edit.
Great Expectations is imported when a gate runs, never before: it takes 8 seconds.
"""

from expectations.engine.discovery import discover
from expectations.engine.gate import Gate, GateResult, Severity, Stage, State

__all__ = ["Gate", "GateResult", "Severity", "Stage", "State", "discover"]
