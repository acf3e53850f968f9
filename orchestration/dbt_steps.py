"""The three dbt steps as assets: one Dagster node a model, one dbt run a step.

dbt runs in this process through the kernel, because a process of its own would cost
eleven seconds a step and need the database for itself.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetDep,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
)
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration.run import Run
from warehouse.dbt import DbtRun, NodeResult, dbt_build
from warehouse.flow import Flow, lines_flow, tables_flow
from warehouse.settings import Settings
from warehouse.tables import row_counts


@dataclass(frozen=True)
class Step:
    """What one dbt run builds (dbt's own selectors), and how its rows are counted."""

    name: str
    counted: Callable[[Settings], Flow]
    select: tuple[str, ...]
    exclude: tuple[str, ...] = ()


STAGES = (
    "staging",
    "identity",
    "behavior",
    "lifecycle",
    "features",
    "predictions",
    "segments",
    "marts",
)
# What the matching reads, and so comes before it; the rest of identity reads its pairs.
RECORDS = "identity.records"
CUSTOMERS, PRIMARIES = "features.customers_now", "segments.primary_segments"
TO_RECORDS = Step(
    "dbt_to_records", lines_flow, ("staging", RECORDS, "resource_type:seed")
)
TO_FEATURES = Step(
    "dbt_to_features",
    partial(tables_flow, before="identity.records", after=[CUSTOMERS]),
    ("identity", "behavior", "lifecycle", "features"),
    (RECORDS,),
)
TO_MARTS = Step(
    "dbt_to_marts",
    partial(tables_flow, before=CUSTOMERS, after=[PRIMARIES]),
    ("predictions", "segments", "marts"),
)
UNIQUE_ID = "dagster_dbt/unique_id"
Yielded = Iterator[MaterializeResult[None] | AssetCheckResult]


class Stages(DagsterDbtTranslator):
    """Groups the models by their stage, and puts the ledger before its table."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Schema and table, as the build database has it; a source likewise."""
        table = dbt_resource_props.get("alias") or dbt_resource_props["identifier"]
        return AssetKey([dbt_resource_props["schema"], table])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder under models/; seeds are the reference lists."""
        stage = dbt_resource_props["fqn"][1]
        return stage if stage in STAGES else "reference"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        """The team that dbt's `meta` names; dbt docs shows the same."""
        owner = dbt_resource_props.get("meta", {}).get("owner")
        return [f"team:{owner}"] if owner else None

    def get_asset_spec(
        self,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> AssetSpec:
        """The model's spec; `landed_files` reads the ledger, which dbt cannot see."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if unique_id.endswith(".landed_files"):
            return spec.replace_attributes(deps=[*spec.deps, AssetDep("ingest")])
        return spec


def dbt_step(plan: Step, manifest: Mapping[str, Any]) -> AssetsDefinition:
    """The assets of a step, built by one dbt run."""

    @dbt_assets(
        manifest=manifest,
        select=" ".join(plan.select),
        exclude=" ".join(plan.exclude) or None,
        name=plan.name,
        dagster_dbt_translator=Stages(),
    )
    def step(context: AssetExecutionContext, run: Run) -> Yielded:
        asked_for = _asked_for(context)
        with run.step(plan.name) as note:
            ran = dbt_build(
                run.settings,
                select=asked_for or plan.select,
                exclude=() if asked_for else plan.exclude,
                variables=run.dbt_variables,
                full_refresh=run.full_refresh,
                step=plan.name,
            )
            note.detail = _summary(ran)
            if not asked_for:
                note.tell_rows(plan.counted(run.settings))
        yield from _as_events(context, run, ran)

    return step


def _asked_for(context: AssetExecutionContext) -> list[str]:
    """The models asked for in the UI, or nothing where the whole step is."""
    if context.selected_asset_keys >= set(context.assets_def.keys):
        return []
    names = _by_unique_id(context.assets_def)
    return [
        unique_id.split(".")[2]
        for unique_id, key in names.items()
        if key in context.selected_asset_keys
    ]


def _by_unique_id(assets: AssetsDefinition) -> dict[str, AssetKey]:
    return {spec.metadata[UNIQUE_ID]: spec.key for spec in assets.specs}


def _as_events(context: AssetExecutionContext, run: Run, ran: DbtRun) -> Yielded:
    """Each model as a materialization with its rows, each test as a check's result."""
    keys = _by_unique_id(context.assets_def)
    checks = {
        spec.metadata[UNIQUE_ID]: spec.key
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    }
    rows = row_counts(run.settings, [".".join(key.path) for key in keys.values()])
    for result in ran.results:
        if result.unique_id in keys:
            key = keys[result.unique_id]
            yield MaterializeResult(
                asset_key=key, metadata=_metadata(result, rows.get(".".join(key.path)))
            )
        elif result.unique_id in checks:
            check = checks[result.unique_id]
            yield AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=result.state == "pass",
                metadata={"offending_rows": result.failures},
            )


def _metadata(result: NodeResult, rows: int | None) -> dict[str, Any]:
    counted = {} if rows is None else {"dagster/row_count": rows}
    return {"seconds": round(result.seconds, 3), **counted}


def _summary(ran: DbtRun) -> str:
    tests = [result for result in ran.results if result.resource_type == "test"]
    warned = sum(result.state == "warn" for result in tests)
    models = len(ran.results) - len(tests)
    return f"{models} models, {len(tests)} tests" + (
        f", {warned} with a warning" if warned else ""
    )
