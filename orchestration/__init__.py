"""Dagster's view of the run: assets, checks and triggers; wiring, no logic."""
