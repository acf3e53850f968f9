"""The last asset: what passed its gates becomes the publication that readers get."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from platform import python_version
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    asset,
)

from expectations import discover
from orchestration.instance import forget_runs
from orchestration.run import Run
from warehouse.errors import TesseraError
from warehouse.history import run_gates
from warehouse.publishing import publish
from warehouse.retention import prune
from warehouse.tables import as_of, read_frame


def publication_asset(marts: list[AssetKey]) -> AssetsDefinition:
    """The publication, after all marts and their gates."""

    @asset(name="publication", group_name="publication", deps=marts, kinds={"duckdb"})
    def publication(
        context: AssetExecutionContext, run: Run
    ) -> MaterializeResult[None]:
        """The published snapshot: database, Parquet files and manifest."""
        with run.step("publish") as note:
            moment = as_of(run.settings)
            gates = run_gates(run.settings, run.run_id)
            _require_gates(gates)
            tables = [key.path[-1] for key in marts]
            published = publish(run.settings, moment, gates, _versions(run), tables)
            note.row_count, note.detail = sum(published.rows.values()), published.id
        pruned = prune(run.settings, run.kept("publications_kept"))
        forgotten = forget_runs(context.instance, run.kept("dagster_runs_kept"))
        return MaterializeResult(
            metadata={
                "id": published.id,
                "as_of": published.as_of.isoformat(),
                "dagster/row_count": note.row_count,
                "path": MetadataValue.path(str(published.path)),
                "rows": MetadataValue.json(dict(published.rows)),
                "publications_removed": len(pruned),
                "runs_forgotten": forgotten,
            }
        )

    return publication


def _require_gates(results: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what this very run did not judge: an asset can be run by itself."""
    judged = {row["gate"] for row in results}
    missing = [gate.name for gate in discover() if gate.name not in judged]
    failed = [f"{r['gate']}:{r['entry']}" for r in results if r["state"] == "failed"]
    if missing or failed:
        raise TesseraError(
            "only what this run's gates let pass is published",
            where="the asset `publication`",
            given=f"not judged: {', '.join(missing) or 'none'};"
            f" failed: {', '.join(failed) or 'none'}",
            remedy="Run the whole job `refresh` or `tessera run`, which judge first; "
            "nothing was published",
        )


def _versions(run: Run) -> Mapping[str, str]:
    """Which programs and models made this publication."""
    programs = {name: version(name) for name in ("tessera", "dbt-core", "duckdb")}
    models = read_frame(run.settings, "ml.models")
    made = dict(zip(models["model_name"], models["model_version"], strict=True))
    return {**programs, "python": python_version(), **made}
