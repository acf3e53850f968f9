"""The models of the ledger as dbt compiles them, on tables that a test gives."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.compiled import compiled
from warehouse.beliefs import Recorded, create_tables, record
from warehouse.settings import PROJECT_DIR

Member = tuple[str, str]
CHANGES = (
    "standing_beliefs",
    "segment_moves",
    "segment_flips",
    "run_changes",
    "segment_changes",
)
MARTS = (
    "mart_segment_history",
    "mart_segment_definition_history",
    "mart_segment_stability",
    "mart_customer_features",
)
MODELS = (*CHANGES, *MARTS)
VIEWS = (
    "segment_beliefs",
    "segment_supersessions",
    "segment_definitions",
    "segment_runs",
    "last_versions",
    "last_inputs",
)
SEGMENTS = ("dormant", "lapsed", "new_customer", "everyone_else", "cluster_a")
GIVEN = """
    create schema staging;
    create schema segments;
    create schema identity;
    create schema marts;
    create table staging.as_of as select null::timestamp as as_of_at;
    create table segments.segment_memberships (
        customer_id varchar, segment_name varchar, as_of_at timestamp
    );
    create table segments.segment_definitions (segment_name varchar, rule_text varchar);
    create table segments.segment_versions (
        segment_name varchar, rule_text varchar, definition_hash varchar,
        entry varchar, model_version varchar
    );
    create view segments.exact_versions as
    select *, null::timestamp as exact_since_at from segments.segment_versions;
    create table segments.exact_segments (segment_name varchar);
    create table segments.exact_changes (
        customer_id varchar, left_by_event_id varchar, left_by_timer varchar
    );
    create table identity.identity_aliases (alias_id varchar, customer_id varchar);
    create table identity.identity_history (
        record_id varchar, customer_id varchar, valid_from timestamp,
        valid_to timestamp, reason varchar
    );
"""


@cache
def inputs() -> dict[str, str]:
    """What a rule may ask for: the columns of segment_inputs and their types."""
    path = PROJECT_DIR / "models" / "segments" / "_segments.yml"
    models = yaml.safe_load(path.read_text("utf-8"))["models"]
    (model,) = (one for one in models if one["name"] == "segment_inputs")
    return {column["name"]: column["data_type"] for column in model["columns"]}


class Shop:
    """A build database of which only the ledger is real."""

    def __init__(
        self,
        build: duckdb.DuckDBPyConnection,
        compile_dir: Path,
        segments: Iterable[str] = SEGMENTS,
    ) -> None:
        """Make the tables that the models read, without a row; the ledger may stand."""
        self.build = build
        self.models = compiled(compile_dir, MODELS)
        build.execute(GIVEN)
        columns = ", ".join(f'"{name}" {kind}' for name, kind in inputs().items())
        build.execute(f"create table segments.segment_inputs ({columns})")
        create_tables(build)
        columns_kept = build.execute("from ledger.last_inputs limit 0").description
        if len(columns_kept or []) != len(inputs()):
            build.execute(
                "create or replace table ledger.last_inputs as"
                " from segments.segment_inputs"
            )
        for table in VIEWS:
            build.execute(
                f"create view staging.stg_ledger__{table} as from ledger.{table}"
            )
        for mart in MARTS:
            name, sql = self.models[mart]
            build.execute(f"create view {name} as {self._after_changes(sql)}")
        for segment in segments:
            self.declare(segment)

    @classmethod
    def again(
        cls, build: duckdb.DuckDBPyConnection, compile_dir: Path | None = None
    ) -> "Shop":
        """A shop whose tables stand; one that runs needs the models."""
        shop = cls.__new__(cls)
        shop.build = build
        shop.models = compiled(compile_dir, MODELS) if compile_dir else {}
        return shop

    def record(self, run_id: str) -> Recorded:
        """Record what was seen last."""
        return record(self.build, run_id)

    def declare(self, segment: str, version: str = "1", model: str = "") -> None:
        """Give a segment its rule, or another one."""
        self.forget(segment)
        rule = f"rule of {segment}"
        self.build.execute(
            "insert into segments.segment_definitions values (?, ?)", [segment, rule]
        )
        self.build.execute(
            "insert into segments.segment_versions values (?, ?, ?, '{}', ?)",
            [segment, rule, f"{segment} {version}", model or None],
        )

    def forget(self, segment: str) -> None:
        """Take a segment out of the file."""
        for table in ("segment_definitions", "segment_versions"):
            self.build.execute(
                f"delete from segments.{table} where segment_name = ?", [segment]
            )

    def see(
        self,
        moment: datetime,
        members: Iterable[Member],
        facts: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Say who is in which segment at a moment, and what changes."""
        held = sorted(members)
        self.build.execute("update staging.as_of set as_of_at = ?", [moment])
        self.build.execute("delete from segments.segment_memberships")
        self.build.execute("delete from segments.segment_inputs")
        self.build.execute(
            "insert into segments.segment_memberships"
            " select unnest($1::varchar[]), unnest($2::varchar[]), $3",
            [[one for one, _ in held], [segment for _, segment in held], moment],
        )
        self.build.execute(
            "insert into segments.segment_inputs by name"
            " select distinct customer_id, as_of_at from segments.segment_memberships"
        )
        for customer, told in (facts or {}).items():
            changed = ", ".join(f"{name} = ?" for name in told)
            self.build.execute(
                f"update segments.segment_inputs set {changed} where customer_id = ?",
                [*told.values(), customer],
            )
        for model in CHANGES:
            name, sql = self.models[model]
            self.build.execute(f"create or replace table {name} as {sql}")

    def run(
        self,
        moment: datetime,
        members: Iterable[Member],
        facts: Mapping[str, Mapping[str, object]] | None = None,
        run_id: str = "run",
    ) -> Recorded:
        """A whole run: see, and record what the gates let pass."""
        self.see(moment, members, facts)
        return record(self.build, run_id)

    def asked(self, query: str, values: object = None) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return self.build.execute(query, values).fetchall()

    def _after_changes(self, sql: str) -> str:
        """The marts ask for views that are only made with the first run."""
        name, standing = self.models["standing_beliefs"]
        quoted = '"tessera".' + ".".join(f'"{part}"' for part in name.split("."))
        return sql.replace(quoted, f"({standing})")
