"""Dagster's own memory in the data folder: runs of the CLI show in the UI too."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dagster import DagsterInstance

from warehouse.errors import TesseraError
from warehouse.settings import Settings

CONFIG = """\
# Written by Tessera. One run at a time: DuckDB has one writer, so others queue.
telemetry:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
# Steps write to the terminal of whoever started them, not to files.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
retention:
  schedule:
    purge_after_days: 30
  sensor:
    purge_after_days:
      skipped: 2
"""


def prepare(settings: Settings) -> None:
    """Make Dagster's folder and its configuration, where they are missing.

    Raises:
        TesseraError: the data folder cannot be written.
    """
    try:
        settings.dagster_home.mkdir(parents=True, exist_ok=True)
        config = settings.dagster_home / "dagster.yaml"
        if not config.exists() or config.read_text() != CONFIG:
            config.write_text(CONFIG)
    except OSError as error:
        raise TesseraError(
            "the data folder cannot be written",
            where=str(settings.dagster_home),
            given=error.strerror,
            remedy="Make it writable, or name another one in TESSERA_DATA",
        ) from error


@contextmanager
def opened(settings: Settings) -> Iterator[DagsterInstance]:
    """The instance of a data folder, without Dagster's lines on the terminal."""
    prepare(settings)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield instance
