"""`tessera status`: what landed, what stands, what the last runs did."""

from rich.markup import escape
from rich.table import Table

from tessera.output import ExampleName, console, count
from warehouse.connection import connect
from warehouse.erasure.requests import read_requests
from warehouse.errors import TesseraError
from warehouse.landing import strangers
from warehouse.ledger import current_files, pending_files
from warehouse.publications import current, publications
from warehouse.settings import Settings, settings_for

LAST_RUNS = """
    select
        run_id, min(started_at) as started_at, sum(seconds) as seconds,
        bool_and(state = 'succeeded') and bool_or(step = 'publish') as is_good,
        max(detail) filter (where state = 'failed') as reason
    from ops.run_history group by run_id order by started_at desc limit 5
"""


def status(example: ExampleName = "") -> None:
    """Show the raw files, the publication that stands, and the last runs."""
    settings = settings_for(example)
    _tell_raw(settings)
    _tell_publication(settings)
    _tell_runs(settings)


def _tell_raw(settings: Settings) -> None:
    files = current_files(settings)
    lines = sum(file.line_count for file in files)
    waiting = len(pending_files(settings))
    console.print(
        f"[bold]Raw[/]        {count(len(files))} files with {count(lines)} records;"
        f" {count(waiting)} waiting to be taken in ({settings.raw_dir})"
    )
    requests = len(read_requests(settings).people)
    if requests:
        console.print(
            f"           [yellow]{count(requests)} requests to be erased wait:"
            " `tessera erase --requested`[/]"
        )
    for sentence in strangers(settings.raw_dir):
        console.print(f"           [yellow]{escape(sentence)}[/]")


def _tell_publication(settings: Settings) -> None:
    publication = current(settings)
    if publication is None:
        console.print(
            "[bold]Published[/]  nothing yet: `tessera demo` or `tessera run`"
        )
        return
    console.print(
        f"[bold]Published[/]  {publication.id}, as of"
        f" {publication.as_of:%Y-%m-%d %H:%M} UTC;"
        f" {count(len(publications(settings)))} kept ({settings.published_link})"
    )
    for gate in publication.accepted:
        name = f"{gate['gate']}:{gate['entry']}"
        console.print(f"           [yellow]accepted {escape(name)}[/]")


def _tell_runs(settings: Settings) -> None:
    if not settings.build_path.exists():
        return
    try:
        with connect(settings.build_path, read_only=True) as connection:
            rows = connection.execute(LAST_RUNS).fetchall()
    except TesseraError as error:
        console.print(f"[bold]Runs[/]       {escape(str(error))}")
        return
    table = Table("Run", "Started (UTC)", "Seconds", "Result", box=None)
    for run_id, started_at, seconds, is_good, reason in rows:
        result = (
            "[green]good[/]" if is_good else f"[red]{escape(reason or 'failed')}[/]"
        )
        table.add_row(
            run_id[:8], f"{started_at:%Y-%m-%d %H:%M}", f"{seconds:.0f}", result
        )
    console.print(table)
