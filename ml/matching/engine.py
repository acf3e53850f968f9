"""Splink on a DuckDB of ours: bounded memory, one thread, and no talk."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd
from splink import Linker, SettingsCreator
from splink.backends.duckdb import DuckDBAPI
from splink.internals.splink_dataframe import SplinkDataFrame

from warehouse.connection import connect


@dataclass(frozen=True)
class Engine:
    """A database in memory that lasts as long as one matching."""

    connection: duckdb.DuckDBPyConnection
    api: DuckDBAPI

    def linker(
        self, records: pd.DataFrame, model: SettingsCreator | dict[str, Any]
    ) -> Linker:
        """A linker of the records with a model, learnt or not."""
        return Linker(self.api.register(records), model, log_level=logging.ERROR)

    def frame(self, pairs: SplinkDataFrame) -> pd.DataFrame:
        """The pairs as they are."""
        rows: pd.DataFrame = self.connection.table(pairs.physical_name).df()
        return rows

    def patterns(self, pairs: SplinkDataFrame, names: list[str]) -> pd.DataFrame:
        """How often each pattern of agreement occurs, in one order."""
        columns = ", ".join(f"gamma_{name} as {name}" for name in names)
        counted: pd.DataFrame = self.connection.sql(
            f"select {columns}, count(*) as pair_count from {pairs.physical_name}"
            " group by all order by all"
        ).df()
        return counted


@contextmanager
def engine() -> Iterator[Engine]:
    """Open an engine; its sums are added up in one order, so that runs agree."""
    with connect() as connection:
        connection.execute("set threads = 1")
        connection.execute("set enable_progress_bar = false")
        yield Engine(connection, DuckDBAPI(connection))
