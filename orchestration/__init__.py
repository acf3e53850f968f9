"""Dagster's view of the run: assets, checks, schedules and sensors; wiring, no logic."""
