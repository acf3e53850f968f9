"""The account of the landed files, for `tessera quarantine --files`."""

from rich.markup import escape
from rich.table import Table

from tessera.output import console, count
from warehouse.accounts import Account, accounts
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import current
from warehouse.quarantine import Choice
from warehouse.settings import Settings

HEADINGS = (
    "Load", "Lines", "Accepted", "Duplicates", "Set aside", "Conflicts", "No visitor",
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
        table.add_row(name, *_numbers(account))
    console.print(table)
    lost = sum(not account.is_reconciled for account in found)
    if lost:
        console.print(f"[red]{count(lost)} files do not add up: see data_quality.[/]")


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


def _numbers(account: Account) -> list[str]:
    numbers = (
        account.load_seq,
        account.line_count,
        account.accepted_count,
        account.duplicate_count,
        account.quarantined_count,
        account.conflict_count,
        account.no_visitor_count,
    )
    return [count(number) for number in numbers]
