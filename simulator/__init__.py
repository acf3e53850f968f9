"""A shop that does not exist, with known truth: who is one person, who will buy."""

from simulator.simulation import SimulationReport, simulate

__all__ = ["SimulationReport", "simulate"]
