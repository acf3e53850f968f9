"""What went into a step and what came out, counted in the tables it read and wrote."""

from collections.abc import Sequence
from typing import NamedTuple

from warehouse.connection import connect
from warehouse.ledger import LandedFile
from warehouse.settings import Settings
from warehouse.tables import row_counts

# Of each file that counts: its lines as another reader counted them when it landed.
LINES = """
    select
        sum(line_count),
        sum(accepted_count),
        sum(duplicate_count + quarantined_count + erased_count)
    from staging.file_reconciliation
"""


class Flow(NamedTuple):
    """Rows in, rows out, rows set aside; None where a step has no such thing."""

    came_in: int | None
    went_out: int | None
    set_aside: int | None = None


def files_flow(files: Sequence[LandedFile]) -> Flow:
    """The lines of landed files: those that stayed, and those of erased people."""
    stayed = sum(file.line_count for file in files)
    erased = sum(file.erased_count for file in files)
    return Flow(stayed + erased, stayed, erased)


def lines_flow(settings: Settings) -> Flow:
    """The lines of all files: accepted; or copies, quarantined, of erased people.

    Raises:
        TesseraError: nothing was built yet.
    """
    with connect(settings.build_path, read_only=True) as build:
        [counts] = build.execute(LINES).fetchall()
    return Flow(*(int(count or 0) for count in counts))


def tables_flow(settings: Settings, before: str, after: Sequence[str]) -> Flow:
    """From the rows of one table (`schema.name`) to those of others together.

    Raises:
        TesseraError: nothing was built yet.
    """
    counts = row_counts(settings, [before, *after])
    return Flow(counts.get(before), sum(counts.get(table, 0) for table in after))
