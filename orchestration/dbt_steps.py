"""The two dbt steps as assets: one Dagster node a model, one dbt run a step.

dbt runs in this process through the kernel, because a process of its own would cost
eleven seconds a step and need the database for itself.
"""

from collections.abc import Iterator, Mapping
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
from warehouse.tables import row_counts

STEP_ONE = ("staging", "identity", "behavior", "lifecycle", "features")
STEP_TWO = ("predictions", "segments", "marts")
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
        return stage if stage in STEP_ONE + STEP_TWO else "reference"

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


def dbt_step(
    name: str, stages: tuple[str, ...], manifest: Mapping[str, Any]
) -> AssetsDefinition:
    """The assets of some stages, built by one dbt run (the first takes the seeds)."""
    selected = [*stages, "resource_type:seed"] if stages == STEP_ONE else list(stages)

    @dbt_assets(
        manifest=manifest,
        select=" ".join(selected),
        name=name,
        dagster_dbt_translator=Stages(),
    )
    def step(context: AssetExecutionContext, run: Run) -> Yielded:
        with run.step(name) as note:
            ran = dbt_build(
                run.settings,
                select=_asked_for(context) or selected,
                variables=run.dbt_variables,
                full_refresh=run.full_refresh,
                step=name,
            )
            note.detail = _summary(ran)
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
