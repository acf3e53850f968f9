"""A small shop whose live segments are followed: the models as dbt compiles them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb

from tests.ledger.shop import inputs
from warehouse.beliefs import Recorded, create_tables, record
from warehouse.dbt import _invoke, load_manifest
from warehouse.settings import PROJECT_DIR, Settings

SHOP = ZoneInfo("Europe/Berlin")
WHERES = {
    "recent": "product_view_15m_count > 0",
    "abandoner": """
        last_cart_add_at > as_of_at - interval 5 day
        and last_activity_at <= as_of_at - interval 4 hour
        and (last_order_at is null or last_order_at < last_cart_add_at)
    """,
    "hesitant": "product_view_48h_count > 0 and cart_add_48h_count = 0",
    "busy": "activity_24h_count >= 2 and activity_count < 9",
    "sleepy": "activity_24h_count = 0 and activity_7d_count >= 2",
    "waning": """
        activity_prior_30d_count >= 1
        and activity_30d_count * 2 < activity_prior_30d_count
    """,
    "newcomer": "order_count = 1 and days_since_first_order < 3",
    "lapsed": "order_count > 0 and days_since_last_order between 4 and 6",
    "worth": "net_revenue_amount > 15 and order_30d_count > 0",
    "met": "in_segment('newcomer') and not_in_segment('recent')",
    "silent": "activity_count = 0",
    "back": "lifecycle_stage = 'back'",
}
GROUPS = {"abandoner": "intent", "hesitant": "intent", "busy": "pace", "sleepy": "pace"}
MODELS = (
    "order_acts", "activity", "daily_event_states", "daily_states",
    "exact_horizon", "exact_facts", "exact_days", "exact_order_moments",
    "exact_order_records", "exact_orders", "exact_beginnings", "exact_fact_steps",
    "exact_day_steps", "exact_order_steps", "exact_steps", "exact_timers",
    "exact_inputs", "exact_flags", "exact_flips", "exact_stays", "standing_beliefs",
    "model_outputs", "segment_outputs", "segment_versions", "exact_versions",
    "exact_segments", "exact_reaching",
    "exact_beliefs", "segment_moves", "segment_flips", "run_changes", "exact_changes",
    "segment_changes",
)  # fmt: skip
VIEWS = (
    "exact_horizon", "exact_order_records", "exact_steps", "exact_segments",
    "standing_beliefs",
)  # fmt: skip
COLUMNS = {
    "staging.as_of": "as_of_at timestamp",
    "identity.identity_map": (
        "record_id varchar, customer_id varchar, first_received_at timestamp"
    ),
    "identity.identity_aliases": "alias_id varchar, customer_id varchar",
    "identity.identity_history": (
        "record_id varchar, customer_id varchar, valid_from timestamp,"
        " valid_to timestamp, reason varchar"
    ),
    "behavior.events": (
        "record_id varchar, event_id varchar, event_name varchar,"
        " occurred_at timestamp, received_at timestamp, occurred_on date,"
        " received_on date, is_human boolean, is_bot boolean, is_activity boolean"
    ),
    "behavior.orders": (
        "record_id varchar, order_key varchar, order_id varchar, source varchar,"
        " visitor_id varchar, ordered_at timestamp, ordered_on date,"
        " known_since_at timestamp, void_since_at timestamp, currency varchar,"
        " total_amount decimal(18, 2), is_test boolean"
    ),
    "behavior.refunds": (
        "refund_id varchar, order_key varchar, record_id varchar,"
        " refunded_amount decimal(18, 2), currency varchar, refunded_at timestamp"
    ),
    "lifecycle.lifecycle_history": (
        "customer_id varchar, lifecycle_stage varchar, entered_at timestamp,"
        " left_at timestamp, moved_by varchar"
    ),
    "features.priced_clicks": "event_id varchar",
    "predictions.propensity_predictions": "model_version varchar",
    "predictions.cluster_predictions": "model_version varchar",
    "predictions.sibling_predictions": "prediction varchar, model_version varchar",
    "ml.models": (
        "model_name varchar, model_version varchar, state varchar, reason varchar,"
        " recorded_at timestamp"
    ),
    "segments.segment_memberships": (
        "customer_id varchar, segment_name varchar, as_of_at timestamp"
    ),
    "segments.segment_inputs": ", ".join(
        f'"{name}" {kind}' for name, kind in inputs().items()
    ),
    "segments.segment_definitions": (
        "segment_name varchar, kind varchar, rule_text varchar, is_live boolean"
    ),
}


class Act(NamedTuple):
    """Something that a record did; an order has an amount and may become void."""

    record: str
    name: str
    at: datetime
    known_at: datetime
    amount: int = 10
    void_at: datetime | None = None


def entries(**wheres: str) -> list[dict[str, Any]]:
    """Segments of these rules, all live, and the catch-all."""
    told = [
        {
            "name": name, "label": name, "description": name, "owner": "test",
            "kind": "rule", "where": where, "priority": place, "live": True,
            "expected_share": [0, 1],
            **({"exclusive_group": GROUPS[name]} if name in GROUPS else {}),
        }
        for place, (name, where) in enumerate(wheres.items())
    ]  # fmt: skip
    rest = {"name": "rest", "label": "rest", "description": "rest", "owner": "test"}
    return [
        *told,
        {**rest, "kind": "catch_all", "priority": 1000, "expected_share": [0, 1]},
    ]


@cache
def compiled(data_dir: Path, *wheres: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """The models as dbt compiles them for segments of these rules."""
    settings = Settings(PROJECT_DIR, data_dir)
    manifest = load_manifest(settings)
    nodes: Any = manifest.flat_graph["nodes"]
    meta = nodes["model.tessera.segment_flags"]["config"]["meta"]
    declared = meta["segments"]
    meta["segments"] = entries(**dict(wheres))
    try:
        arguments = ["compile", "--select", *MODELS]
        outcome: Any = _invoke(settings, arguments, manifest, "compile")
    finally:
        meta["segments"] = declared
    assert outcome.success, outcome.exception
    return {
        result.node.name: (
            f"{result.node.schema}.{result.node.alias}",
            str(result.node.compiled_code),
        )
        for result in outcome.result.results
    }


@cache
def shop_day(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(SHOP).date()


@cache
def midnight(day: date) -> datetime:
    at = datetime(day.year, day.month, day.day, tzinfo=SHOP)
    return at.astimezone(UTC).replace(tzinfo=None)


class ExactShop:
    """A build database in memory: acts and identities in, beliefs out."""

    def __init__(
        self,
        build: duckdb.DuckDBPyConnection,
        compile_dir: Path,
        wheres: Mapping[str, str] = WHERES,
    ) -> None:
        """Make the tables that the models read, without a row."""
        self.build = build
        self.compile_dir = compile_dir
        for name, columns in COLUMNS.items():
            build.execute(f"create schema if not exists {name.split('.')[0]}")
            build.execute(f"create table {name} ({columns})")
        create_tables(build)
        build.execute(
            "create or replace table ledger.last_inputs as from segments.segment_inputs"
        )
        [(ledger,)] = build.execute(
            "select list(table_name) from duckdb_tables where schema_name = 'ledger'"
        ).fetchall()
        for table in ledger:
            build.execute(
                f"create view staging.stg_ledger__{table} as from ledger.{table}"
            )
        self.declare(wheres)

    def declare(self, wheres: Mapping[str, str]) -> None:
        """Have segments of these rules from now on."""
        self.models = compiled(self.compile_dir, *wheres.items())
        self.build.execute("delete from segments.segment_definitions")
        self.build.executemany(
            "insert into segments.segment_definitions values (?, 'rule', ?, true)",
            [[name, where] for name, where in wheres.items()],
        )

    def give(
        self,
        moment: datetime,
        acts: Iterable[Act],
        owners: Mapping[str, str],
        stages: Iterable[tuple[Any, ...]] = (),
    ) -> None:
        """What is known at a moment: acts that had arrived, and whose they are."""
        known = [act for act in acts if act.known_at <= moment]
        events = [act for act in known if act.name != "order_placed"]
        first = {
            record: min(act.known_at for act in known if act.record == record)
            for record in {act.record for act in known}
        }
        self._fill("staging.as_of", [[moment]])
        self._fill(
            "identity.identity_map",
            [[record, owners[record], at] for record, at in first.items()],
        )
        self._fill(
            "identity.identity_aliases",
            [[one, to] for one, to in owners.items() if one != to and one in first],
        )
        self._fill(
            "segments.segment_inputs",
            [
                [name, *(None for _ in range(len(inputs()) - 1))]
                for name in {owners[record] for record in first}
            ],
        )
        self._fill(
            "behavior.events",
            [
                [act.record, event_id(act), act.name, act.at, act.known_at,
                 shop_day(act.at), shop_day(act.known_at), True, False,
                 not act.name.startswith("email_")]
                for act in events
            ],
        )  # fmt: skip
        self._fill(
            "behavior.orders",
            [
                [act.record, event_id(act), event_id(act), "shop", None, act.at,
                 shop_day(act.at), act.known_at, _until(act.void_at, moment), "EUR",
                 act.amount, False]
                for act in known
                if act.name == "order_placed"
            ],
        )  # fmt: skip
        self._fill("lifecycle.lifecycle_history", [list(row) for row in stages])

    def see(self) -> None:
        """Run the models on what was given."""
        self.make(*MODELS)

    def make(self, *models: str) -> None:
        """Run some of the models, in this order."""
        for model in models:
            name, sql = self.models[model]
            self.build.execute(f"create schema if not exists {name.split('.')[0]}")
            kind = "view" if model in VIEWS else "table"
            self.build.execute(f"create or replace {kind} {name} as {sql}")

    def run(self, *given: Any, run_id: str = "run") -> Recorded:
        """A whole run; what it saw is recorded."""
        self.give(*given)
        self.see()
        return record(self.build, run_id)

    def asked(self, query: str, values: object = None) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        return self.build.execute(query, values).fetchall()

    def _fill(self, table: str, rows: list[list[Any]]) -> None:
        self.build.execute(f"delete from {table}")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            self.build.executemany(f"insert into {table} values ({marks})", rows)


def event_id(act: Act) -> str:
    """An act by its words."""
    return f"{act.record} {act.name} {act.at:%m-%d %H:%M:%S.%f}"


def _until(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment <= now else None
