"""The account of the landed files, for `tessera quarantine --files`."""

from rich.markup import escape
from rich.table import Table

from tessera.output import console, count
from warehouse.accounts import Account, accounts
from warehouse.conflicts import conflicting_ids, conflicts
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import current
from warehouse.quarantine import Choice
from warehouse.settings import Settings

HEADINGS = (
    "Load", "Lines", "Accepted", "Duplicates", "Set aside", "Erased", "Conflicts",
    "No visitor",
)  # fmt: skip
PUBLISHED = """
    select source || '/' || entity, sum(quarantined_count)
    from data_quality
    where quarantined_count > 0
        and $source in ('', source) and $entity in ('', entity)
        and ($path in ('', path) or path glob $path or starts_with(path, $path || '/'))
    group by all
    order by all
"""


def tell_files(settings: Settings, choice: Choice) -> None:
    """Each landed file with its size, the beginning of its hash, and its account."""
    found = accounts(settings, choice)
    table = Table(title="What landed", title_justify="left", box=None)
    table.add_column("File", overflow="fold", min_width=24)
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for account in found:
        file = f"{account.size_bytes:,} bytes, SHA-256 {account.sha256[:12]}"
        name = f"{escape(account.path)}\n[dim]{file}[/]"
        table.add_row(name, *map(count, _numbers(account)))
    numbers = zip(*map(_numbers, found), strict=True)
    sums = [count(sum(column)) for column in numbers]
    table.add_row(f"[bold]{count(len(found))} files[/]", "", *sums[1:])
    console.print(table)
    lost = sum(not account.is_reconciled for account in found)
    if lost:
        console.print(f"[red]{count(lost)} files do not add up: see data_quality.[/]")


def tell_conflicts(settings: Settings, limit: int) -> None:
    """Ids that were used for more than one thing; all their lines are kept, apart."""
    found = conflicts(settings)
    if not found:
        console.print("No id was used for two things.")
        return
    table = Table("Of", "Reason", title="Conflicts", title_justify="left", box=None)
    for heading in ("Ids", "Lines"):
        table.add_column(heading, justify="right")
    table.add_column("For example in", overflow="fold")
    for row in found:
        ids, lines = count(row.id_count), count(row.line_count)
        table.add_row(
            f"{row.source} {row.kind}s", row.reason, ids, lines, escape(row.example)
        )
    console.print(table)
    _tell_ids(settings, limit, sum(row.id_count for row in found))


def _tell_ids(settings: Settings, limit: int, id_count: int) -> None:
    """The ids themselves, for whoever looks for their lines; no user and no address."""
    table = Table("Of", "Reason", title="\nTheir ids", title_justify="left", box=None)
    table.add_column("Id", no_wrap=True)
    table.add_column("Lines", justify="right")
    table.add_column("For example in", overflow="fold")
    for row in conflicting_ids(settings, limit):
        lines, place = count(row.line_count), escape(row.example)
        table.add_row(
            f"{row.source} {row.kind}", row.reason, escape(row.id), lines, place
        )
    console.print(table)
    if id_count > limit:
        console.print(f"{count(id_count - limit)} more: `--limit {id_count}`.")
    console.print(
        "[dim]Both versions are kept, in staging.web_events (`message_id`),"
        " esp_events (`source_event_id`) and shop_orders (`order_id`).[/]"
    )


def tell_published(settings: Settings, choice: Choice) -> None:
    """What the publication knows where the build is gone: counts, and no reasons.

    Raises:
        TesseraError: nothing was published either.
    """
    publication = current(settings)
    if publication is None:
        raise TesseraError(
            "nothing was built yet",
            where=str(settings.build_path),
            remedy="Run `tessera run`: it reads what has landed and judges every line",
        )
    values = {name: part for name, part in vars(choice).items() if name != "reason"}
    with connect(publication.database, read_only=True) as published:
        rows = published.execute(PUBLISHED, values).fetchall()
    for entity, lines in rows:
        console.print(f"{count(int(lines))} lines of {entity} are set aside.")
    console.print(
        f"This is publication {publication.id}. Reasons and lines are in the build"
        " database alone, which is gone: `tessera run` builds it anew."
    )


def _numbers(account: Account) -> tuple[int, ...]:
    return (
        account.load_seq,
        account.line_count,
        account.accepted_count,
        account.duplicate_count,
        account.quarantined_count,
        account.erased_count,
        account.conflict_count,
        account.no_visitor_count,
    )
