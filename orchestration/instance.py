"""Dagster's own memory in the data folder: runs of the CLI show in the UI too."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dagster import DagsterInstance

from warehouse.folders import make_folder
from warehouse.settings import Settings

# Where Dagster keeps it by itself: a folder of an older version goes on.
EVENT_LOG = "history/runs"

CONFIG = """\
# Written by Tessera. One run at a time: DuckDB has one writer, so others queue.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
# Steps write to the terminal of whoever started them, not to files.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage:
  module: orchestration.event_log
  class: KeptOpenEventLog
  config:
    base_dir: {runs}
retention:
  schedule:
    purge_after_days: 30
  sensor:
    purge_after_days:
      skipped: 2
      started: 30
      failure: 30
      success: 30
"""


def prepare(settings: Settings) -> None:
    """Make Dagster's folder and its configuration, where they are missing.

    Raises:
        TesseraError: the data folder cannot be written.
    """
    config = make_folder(settings.dagster_home) / "dagster.yaml"
    content = CONFIG.format(runs=json.dumps(str(settings.dagster_home / EVENT_LOG)))
    if not config.exists() or config.read_text() != content:
        config.write_text(content)


@contextmanager
def opened(settings: Settings) -> Iterator[DagsterInstance]:
    """The instance of a data folder, without Dagster's lines on the terminal."""
    prepare(settings)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield instance
