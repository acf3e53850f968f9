"""The last asset: what passed its gates becomes the publication that readers get."""

from collections.abc import Mapping
from importlib.metadata import version
from platform import python_version

from dagster import (
    AssetKey,
    AssetsDefinition,
    MaterializeResult,
    MetadataValue,
    asset,
)

from orchestration.gates import require_gates
from orchestration.owners import NIGHTLY, OPERATIONS
from orchestration.retries import RETRIES, retried_if_passing
from orchestration.run import Run
from warehouse.flow import Flow
from warehouse.publishing import publish
from warehouse.retention import prune
from warehouse.tables import as_of, read_frame, row_counts


def publication_asset(marts: list[AssetKey]) -> AssetsDefinition:
    """The publication, after all marts, their gates and what is on record of them."""

    @asset(
        name="publication",
        group_name="publication",
        deps=[*marts, AssetKey("segment_ledger"), AssetKey("score_ledger")],
        kinds={"duckdb"},
        owners=OPERATIONS,
        freshness_policy=NIGHTLY,
        retry_policy=RETRIES,
    )
    def publication(run: Run) -> MaterializeResult[None]:
        """The published snapshot: database, Parquet files and manifest."""
        with retried_if_passing(), run.step("publish") as note:
            moment = as_of(run.settings)
            gates = require_gates(run, "publication")
            tables = [key.path[-1] for key in marts]
            standing = row_counts(run.settings, [f"marts.{name}" for name in tables])
            published = publish(run.settings, moment, gates, _versions(run), tables)
            note.row_count, note.detail = sum(published.rows.values()), published.id
            note.tell_rows(Flow(sum(standing.values()), note.row_count))
        pruned = prune(run.settings, run.kept("publications_kept"))
        return MaterializeResult(
            metadata={
                "id": published.id,
                "as_of": published.as_of.isoformat(),
                "dagster/row_count": note.row_count,
                "path": MetadataValue.path(str(published.path)),
                "rows": MetadataValue.json(dict(published.rows)),
                "publications_removed": len(pruned),
            }
        )

    return publication


def _versions(run: Run) -> Mapping[str, str]:
    """Which programs and models made this publication."""
    programs = {name: version(name) for name in ("tessera", "dbt-core", "duckdb")}
    models = read_frame(run.settings, "ml.models")
    models = models[models["state"] == "champion"]
    made = dict(zip(models["model_name"], models["model_version"], strict=True))
    return {**programs, "python": python_version(), **made}
