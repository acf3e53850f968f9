"""What became of the lines of each landed file: the ledger's side and the build's."""

from typing import NamedTuple

import duckdb

from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.ledger import read_ledger
from warehouse.quarantine import CHOSEN, Choice
from warehouse.settings import Settings


class Account(NamedTuple):
    """One landed file; its lines are accepted, duplicates, quarantined or erased.

    Among the accepted ones are those in conflict with another line of their id, and
    those without a visitor, who belong to nobody.
    """

    path: str
    load_seq: int
    line_count: int
    accepted_count: int
    duplicate_count: int
    quarantined_count: int
    erased_count: int
    conflict_count: int
    no_visitor_count: int
    size_bytes: int
    sha256: str

    @property
    def is_reconciled(self) -> bool:
        """Whether every line has exactly one place."""
        told = self.accepted_count + self.duplicate_count + self.quarantined_count
        return self.line_count == told + self.erased_count


ACCOUNTS = f"""
    with files as (select *, '' as reason from staging.file_reconciliation)
    select
        path, load_seq, line_count, accepted_count, duplicate_count, quarantined_count,
        erased_count, conflict_count, no_visitor_count
    from files
    where {CHOSEN}
    order by path
"""


def accounts(settings: Settings, choice: Choice) -> list[Account]:
    """The account of each file that counts now, by path; a choice's reason is ignored.

    Raises:
        TesseraError: nothing was built yet, or a run has the database open.
    """
    ledger = {file.load_seq: file for file in read_ledger(settings)}
    with connect(settings.build_path, read_only=True) as build:
        try:
            rows = build.execute(ACCOUNTS, {**vars(choice), "reason": ""}).fetchall()
        except duckdb.Error as error:
            raise TesseraError(
                "the account of the landed files was not built yet",
                where=str(settings.build_path),
                given=str(error).splitlines()[0],
                remedy="Run `tessera run`: it builds it from what has landed",
            ) from error
    return [
        Account._make((*row, ledger[row[1]].size, ledger[row[1]].sha256))
        for row in rows
        if row[1] in ledger
    ]
