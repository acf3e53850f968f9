"""An attached table keeps who was erased; no run lands them again."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from warehouse.attached import bring_in
from warehouse.attaching import attached_tables
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.landed import take_out
from warehouse.erasure.plan import Plan
from warehouse.erasure.tombstones import bury
from warehouse.ledger import take_in, take_in_rewritten
from warehouse.settings import Settings

PLACE = "shop/customers"
ANN = frozenset({Identifier(Kind.USER_ID, "1")})
ROWS = "('1', 'x@mail.example', timestamp '2025-03-01'), ('2', 'y', '2025-03-02')"


class Source:
    """A table of customers in a database beside, of which a run takes what is new."""

    def __init__(self, settings: Settings, folder: Path, cursor: str) -> None:
        self.settings = settings
        self.path = folder / "theirs.duckdb"
        self.said: dict[str, object] = {"database": str(self.path), "table": "main.t"}
        if cursor:
            self.said["cursor"] = cursor
        self.do("create table t (id text, email text, updated_at timestamp)")

    def do(self, statement: str) -> None:
        """Change the database."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(statement)

    def landed(self) -> list[list[str]]:
        """The ids in each file that lands now."""
        tables = attached_tables({"attached": {PLACE: self.said}})
        told = []
        for path in bring_in(self.settings, tables):
            with path.open("rb") as file:
                told.append(pq.read_table(file).column("id").to_pylist())
        take_in(self.settings)
        return told

    def erase(self) -> None:
        """Take Ann out of what has landed."""
        bury(self.settings, "one", ANN)
        take_out(self.settings, Plan("one", ANN, []))
        take_in_rewritten(self.settings)


@pytest.mark.parametrize("cursor", ["updated_at", ""])
def test_who_was_erased_lands_no_more(
    settings: Settings, tmp_path: Path, cursor: str
) -> None:
    source = Source(settings, tmp_path, cursor)
    source.do(f"insert into t values {ROWS}")
    assert source.landed() == [["1", "2"]]
    source.erase()
    assert source.landed() == []
    assert source.landed() == []
    source.do("insert into t values ('3', 'z', '2025-03-02')")
    assert source.landed() == [["3"] if cursor else ["2", "3"]]
    source.do("update t set updated_at = '2025-03-03' where id = '1'")
    assert source.landed() == []


def test_erased_before_the_first_look(settings: Settings, tmp_path: Path) -> None:
    source = Source(settings, tmp_path, "")
    source.do("insert into t values ('1', 'x', '2025-03-01')")
    source.erase()
    assert source.landed() == []
