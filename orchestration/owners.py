"""Whom to ask about an asset: teams, as the UI shows them."""

from datetime import timedelta

from dagster import FreshnessPolicy

OPERATIONS = ["team:operations"]
DATA_SCIENCE = ["team:data_science"]

# The nightly run may take hours; two nights without one are one too many.
NIGHTLY = FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
)
