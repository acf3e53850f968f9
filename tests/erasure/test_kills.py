"""An erasure that dies at any step is finished by the next; nothing runs meanwhile."""

import pytest

from tests.erasure.people import TRACES
from tests.erasure.test_erase import contents, spoiled
from tests.killing import killed_at
from warehouse.erasure.erasing import erase, finish_erasure
from warehouse.erasure.plan import plan_path
from warehouse.errors import TesseraError
from warehouse.ledger import read_ledger, take_in
from warehouse.publications import current, publications
from warehouse.settings import Settings

# Where it dies: the step, and how many times that was called before.
# These every time, all others when there is time.
QUICK = {"rewriting.put_in_place", "snapshots._write_manifest"}
STEPS = [
    ("erasing.bury", 0),
    ("erasing._put_repairs", 0),
    ("erasing.forget_matches", 0),
    ("matches.put_in_place", 0),
    ("erasing.take_out", 0),
    ("rewriting.put_in_place", 0),
    ("rewriting.put_in_place", 3),
    ("rewriting.note_rewritten", 1),
    ("erasing.take_in_rewritten", 0),
    ("erasing.rewrite_build", 0),
    ("databases.put_in_place", 0),
    ("erasing.take_out_of_publications", 0),
    ("snapshots.put_in_place", 0),
    ("snapshots.put_in_place", 5),
    ("snapshots._write_manifest", 0),
    ("snapshots._write_manifest", 1),
    ("erasing.take_out_of_leftovers", 0),
    ("leftovers._take_out_of", 3),
    ("erasing.prove", 0),
    ("erasing.forget_plan", 0),
]


def is_quick(step: str, after: int) -> bool:
    """Whether it is one of the few that are tried every time."""
    return step in QUICK and after == 0


@pytest.mark.parametrize(
    ("step", "after"),
    [
        pytest.param(*one, marks=[] if is_quick(*one) else pytest.mark.soak)
        for one in STEPS
    ],
)
def test_whatever_is_half_done_is_finished(
    shop: Settings, step: str, after: int
) -> None:
    found = spoiled(shop)
    before = {entry.path: entry for entry in read_ledger(shop)}
    folder = "warehouse" if step.startswith("matches") else "warehouse.erasure"
    killed_at(f"{folder}.{step}", erase, shop, found, after=after)
    assert plan_path(shop).exists()
    with pytest.raises(TesseraError, match=r"broken off.*--finish"):
        take_in(shop)
    readable(shop)

    outcome = finish_erasure(shop)
    assert outcome is not None
    assert outcome.is_clean
    assert not plan_path(shop).exists()
    assert take_in(shop) == []
    for entry in read_ledger(shop):
        former = before[entry.path]
        assert entry.load_seq == former.load_seq
        assert entry.line_count + entry.erased_count == former.line_count, entry.path
    assert sum(entry.erased_count for entry in read_ledger(shop)) == 16
    told = contents(shop.data_dir)
    assert [
        (name, trace)
        for name, data in told.items()
        for trace in TRACES
        if trace.lower() in data.lower()
    ] == []
    assert len(publications(shop)) == 2


def readable(shop: Settings) -> None:
    """Whoever reads the standing publication meanwhile meets whole files."""
    from warehouse.connection import connect

    standing = current(shop)
    assert standing is not None
    with connect(standing.database, read_only=True) as tables:
        for table in standing.rows:
            tables.execute(f'select count(*) from "{table}"').fetchall()
            path = standing.parquet(table)
            tables.read_parquet(str(path)).fetchall()


def test_nothing_is_finished_where_nothing_was_begun(shop: Settings) -> None:
    assert finish_erasure(shop) is None
