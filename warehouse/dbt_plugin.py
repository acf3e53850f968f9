"""What dbt gets from us: our connection options, and some functions for its macros.

A lone `dbt build` comes through here as well as a run, so both open the build
database alike, and the folder exists in a clean clone.
"""

from functools import cache
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from warehouse.connection import connection_config


class Plugin(BasePlugin):
    """Named in profiles.yml; dbt-duckdb calls it around each connection."""

    def update_connection_config(
        self, creds: DuckDBCredentials, config: dict[str, Any]
    ) -> None:
        """Make the database's folder and use the project's connection options."""
        if creds.path != ":memory:":
            Path(creds.path).parent.mkdir(parents=True, exist_ok=True)
        config.update(connection_config())

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Offer the checks of what people declare, the segments, fingerprint and salt.

        The rules are those of the moment when the step begins, as in its manifest.
        """
        conn.create_function(
            "check_segments", _mistakes, ["VARCHAR", "VARCHAR"], "VARCHAR"
        )
        conn.create_function("segment_flags", _flags, ["VARCHAR", "VARCHAR"], "VARCHAR")
        conn.create_function("segment_clauses", _clauses, ["VARCHAR"], "VARCHAR")
        conn.create_function("live_segments", _live, ["VARCHAR"], "VARCHAR")
        conn.create_function(
            "check_survivorship", _survivorship, ["VARCHAR", "VARCHAR"], "VARCHAR"
        )
        conn.create_function("masking_salt", _salt, [], "VARCHAR")
        known = cache(_fingerprint)
        conn.create_function("rules_fingerprint", known, ["VARCHAR"], "VARCHAR")


@cache
def _mistakes(definitions_json: str, columns_json: str) -> str:
    """The mistakes of segments.yml, one a line; empty where there is none."""
    from warehouse.segments import mistakes

    return mistakes(definitions_json, columns_json)


@cache
def _flags(definitions_json: str, relation: str) -> str:
    """The statement that says who is in which segment."""
    from warehouse.segments.rendering import flags_json

    return flags_json(definitions_json, relation)


@cache
def _clauses(definitions_json: str) -> str:
    """By name, the clauses of each segment that has a rule of its own."""
    from warehouse.segments.judging import clauses_json

    return clauses_json(definitions_json)


@cache
def _live(definitions_json: str) -> str:
    """What following the segments with `live: true` through time takes."""
    from warehouse.segments.live import followed_json

    return followed_json(definitions_json)


@cache
def _survivorship(groups_json: str, attributes_json: str) -> str:
    """The mistakes of survivorship.yml, one a line; empty where there is none."""
    from warehouse.survivorship import mistakes

    return mistakes(groups_json, attributes_json)


def _salt() -> str:
    """What makes the ids of the masked mart untellable: see `warehouse.masking`."""
    from warehouse.masking import masking_salt

    return masking_salt()


def _fingerprint(variables_json: str) -> str:
    """What changes when the rules of events do: see `warehouse.rules`."""
    from warehouse.rules import fingerprint

    return fingerprint(variables_json)
