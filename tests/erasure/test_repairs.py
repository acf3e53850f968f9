"""Repairs of quarantined lines: a person's go, all others keep their places."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.bad_input.conftest import STAGING, ask, land
from warehouse.dbt import dbt_build
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.landed import repairs_of, take_out
from warehouse.erasure.plan import Plan
from warehouse.erasure.tombstones import bury
from warehouse.ledger import take_in, take_in_rewritten
from warehouse.mending import write_aside
from warehouse.quarantine import Choice, open_rows
from warehouse.replaying import headers_by_load, replay
from warehouse.replays import ReplayedRow, record_path
from warehouse.replays import land as land_replay
from warehouse.settings import Settings

ANN = frozenset({Identifier(Kind.EMAIL, "ann@mail.example")})
SUBSCRIBERS, CONTACTS = "esp/subscribers/all.parquet", "crm/contacts/all.csv"
MENDED = "crm/contacts/mended.csv"
STATES = """
    select path, line_number, is_mended from staging.quarantine order by all
"""


@pytest.fixture
def mended(settings: Settings, tmp_path: Path) -> Settings:
    """Four lines were set aside and mended; one names Ann since it was."""
    rows = [
        {"email": "ann@mail.example", "created_at": "2025-01-01"},
        {"email": "bob@mail.example", "created_at": "yesterday"},
    ]
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    land(settings, SUBSCRIBERS, parquet.getvalue())
    contacts = (
        "contact_id,email,created_at\n"
        "c1,A,yesterday\n"
        "c2,ann@mail.example,yesterday\n"
        "c3,carl@mail.example,yesterday\n"
    )
    land(settings, CONTACTS, contacts.encode())
    dbt_build(settings, select=STAGING)
    out = tmp_path / "mend.txt"
    write_aside(out, open_rows(settings, Choice()), headers_by_load(settings))
    text = out.read_text().replace("c1,A,", "c1,ann@mail.example,")
    out.write_text(text.replace("yesterday", "2025-01-01"))
    assert replay(settings, out).row_count == 4
    dbt_build(settings, select=STAGING)
    return settings


def test_of_a_repair_both_ends_go(settings: Settings) -> None:
    """Rows of Parquet move up, and the record follows them."""
    listed = io.BytesIO()
    rows = [{"email": "ann@mail.example"}, {"email": "bob@mail.example"}]
    pq.write_table(pa.Table.from_pylist(rows), listed)
    land(settings, SUBSCRIBERS, listed.getvalue())
    land(settings, CONTACTS, b"contact_id,email\nc1,A\nc2,B\n")
    seqs = {entry.path: entry.load_seq for entry in take_in(settings)}
    aside = [(SUBSCRIBERS, 1), (SUBSCRIBERS, 2), (CONTACTS, 2), (CONTACTS, 3)]
    land_replay(
        settings,
        MENDED,
        "contact_id,email\nx,\ny,\nz,ann@mail.example\nc2,bea@mail.example\n",
        [
            ReplayedRow(path, seqs[path], line, "bad", number, "")
            for number, (path, line) in enumerate(aside, start=2)
        ],
    )
    take_in(settings)
    plan = Plan("one", ANN, [])
    repairs = repairs_of(settings, plan.search)
    assert {path: lines for path, (_, lines) in repairs.mended.items()} == {
        CONTACTS: frozenset({2}),
        MENDED: frozenset({2}),
    }
    bury(settings, plan.id, ANN)
    record_path(settings).write_text(repairs.replays)
    take_out(settings, Plan("one", ANN, [], *repairs))
    assert take_in_rewritten(settings) == []
    told = [json.loads(line) for line in record_path(settings).read_text().splitlines()]
    left = [(row["path"], row["line_number"]) for note in told for row in note["rows"]]
    assert left == [(SUBSCRIBERS, 1), (CONTACTS, 3)]
    path = settings.raw_dir / MENDED
    assert path.read_text() == "contact_id,email\n\ny,\n\nc2,bea@mail.example\n"
    assert (settings.raw_dir / CONTACTS).read_text() == "contact_id,email\n\nc2,B\n"


@pytest.mark.soak
def test_both_ends_of_a_repair_go(mended: Settings) -> None:
    plan = Plan("one", ANN, [])
    bury(mended, plan.id, ANN)
    repairs = repairs_of(mended, plan.search)
    assert {path: lines for path, (_, lines) in repairs.mended.items()} == {
        CONTACTS: frozenset({2})
    }
    record_path(mended).write_text(repairs.replays)
    take_out(mended, Plan("one", ANN, [], *repairs))
    assert take_in_rewritten(mended) == []
    texts = [path.read_bytes() for path in mended.raw_dir.rglob("*") if path.is_file()]
    assert all(b"ann@" not in text and b"c1,A" not in text for text in texts)

    noted = [json.loads(line) for line in record_path(mended).read_text().splitlines()]
    rows = [(row["path"], row["line_number"]) for note in noted for row in note["rows"]]
    assert sorted(rows) == [(CONTACTS, 4), (SUBSCRIBERS, 1)]
    dbt_build(mended, select=STAGING, full_refresh=True)
    assert ask(mended, STATES) == [(CONTACTS, 4, True), (SUBSCRIBERS, 1, True)]
    unreconciled = "select count(*) from marts.data_quality where not is_reconciled"
    assert ask(mended, unreconciled) == [(0,)]
