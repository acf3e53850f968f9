"""Shows a run while it works: a line a step, with what it is doing now."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tessera.output import console
from warehouse.progress import Progress as Told
from warehouse.progress import listening

TITLES = {
    "ingest": "Take in what has landed",
    "ledger": "Open the ledger of memberships",
    "dbt_to_records": "Clean the records",
    "matching": "Match records",
    "dbt_to_features": "Resolve, build features",
    "gates_before_ml": "Gates before the models",
    "churn": "Churn",
    "order_value": "Next-order value",
    "propensity": "Propensity to purchase",
    "propensity_7d": "Propensity, 7 days",
    "propensity_90d": "Propensity, 90 days",
    "clustering": "Clusters",
    "purchase_30d": "Propensity to purchase",
    "purchase_7d": "Propensity, 7 days",
    "purchase_90d": "Propensity, 90 days",
    "clusters": "Clusters",
    "drift": "Drift, and what came true",
    "recommendations": "Recommendations",
    "dbt_to_marts": "Segments and marts",
    "gates_after_ml": "Gates before publishing",
    "segment_ledger": "Record memberships",
    "score_ledger": "Keep what was said",
    "publish": "Publish",
}


@contextmanager
def watched() -> Iterator[None]:
    """Show every step of the runs in this block."""
    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}", table_column=None),
        BarColumn(bar_width=20),
        TextColumn("[dim]{task.fields[part]}[/]"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress, listening(_View(progress)):
        yield


class _View:
    """One task of the display a step; a started step without parts only turns."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, told: Told) -> None:
        task = self._task(told.step)
        if told.part:
            self.progress.update(
                task, total=told.total, completed=told.index - 1, part=told.part
            )
        elif told.state == "succeeded":
            self.progress.update(task, total=1, completed=1, part="")
        elif told.state == "failed":
            title = f"[red]{TITLES.get(told.step, told.step)}[/]"
            self.progress.update(task, description=title, part="[red]failed[/]")
            self.progress.stop_task(task)

    def _task(self, step: str) -> TaskID:
        if step not in self.tasks:
            title = TITLES.get(step, step)
            self.tasks[step] = self.progress.add_task(title, total=None, part="")
        return self.tasks[step]
