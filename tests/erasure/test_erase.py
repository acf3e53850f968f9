"""An erasure, place by place: where rows were, and that none is left."""

import gzip
import json
import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.erasure.people import (
    ANN,
    BOB,
    DECISIONS,
    TRACES,
    WITHDREW,
    build,
    build_and_publish,
    copied,
    files,
)
from warehouse.connection import connect
from warehouse.erasure import places
from warehouse.erasure.erasing import Outcome, erase
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.person import Found, find
from warehouse.erasure.plan import plan_path
from warehouse.erasure.tombstones import read_tombstones, record_path, salt_path
from warehouse.history import recorded_step
from warehouse.ledger import read_ledger
from warehouse.locking import run_lock
from warehouse.matches import note_matches, read_matches
from warehouse.publications import Publication, current, publications
from warehouse.settings import PROJECT_DIR, Settings

WEB = "web/events/day 1.jsonl"
HER_MATCH, OTHER_MATCH = ("crm:c-ann-9", "crm:c-dan"), ("crm:c-eve", "crm:c-fay")
FORMER = "c_00000000000000ff"
GIVEN = [Identifier(Kind.EMAIL, ANN)]


def spoiled(shop: Settings) -> Found:
    """Leave copies in the places that a run on this small shop does not write to."""
    found = find(shop, GIVEN)
    (customer,) = found.customers
    note_matches(shop, datetime(2025, 6, 1), {HER_MATCH, OTHER_MATCH}, set())
    note_matches(shop, datetime(2025, 6, 2), {OTHER_MATCH}, {OTHER_MATCH})
    called_otherwise(shop, customer)
    believed_otherwise(shop, customer)
    with recorded_step(shop, "run-1", "ingest") as note:
        note.detail = f"bad line of {ANN}"
    with connect(shop.build_path) as build:
        build.execute("create schema if not exists ml")
        build.execute(
            "create or replace table ml.scores as select unnest([$1, 'c_other']) as id",
            [customer],
        )
        build.execute(
            "create or replace table ml.product_recommendations as"
            " select unnest([$1, $1, 'c_other']) as customer_id, 'p1' as product_id",
            [customer],
        )
    text = f"line of {ANN} and 0171 2345678, {customer}\n"
    for place in ("reports/gates/ingest/page.html", "build/logs/dbt.log", "notes.txt"):
        path = shop.data_dir / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (shop.target_dir / "state.msgpack").write_bytes(b"\xff\x00" + text.encode())
    (shop.data_dir / "rebuild").mkdir()
    (shop.data_dir / "rebuild" / "left.txt").write_text(text)
    shop.truth_dir.mkdir()
    truth = pa.table({"record_key": [ANN, "other"], "person": [1, 2]})
    pq.write_table(truth, shop.truth_dir / "records.parquet")
    shop.dagster_home.mkdir()
    with closing(sqlite3.connect(shop.dagster_home / "runs.db")) as database, database:
        database.execute("create table events (id integer primary key, told text)")
        told = [(json.dumps({"text": text}),), ("nobody",)]
        database.executemany("insert into events (told) values (?)", told)
    return found


def called_otherwise(shop: Settings, customer: str) -> None:
    """In the first publication she had another name, and for a time that of Bob."""
    former = publications(shop)[0]
    bob = name_in(former, BOB)
    with connect(former.database) as tables:
        for table, name in (
            ("identity_map", FORMER),
            ("identity_history", bob),
            ("customer_segments", FORMER),
        ):
            tables.execute(
                f"update {table} set customer_id = $1 where customer_id = $2",
                [name, customer],
            )


def believed_otherwise(shop: Settings, customer: str) -> None:
    """She was in another segment, under another name too, and somebody became her."""
    told = [
        (f"{customer}/lapsed/1", customer, "first seen"),
        (f"{FORMER}/lapsed/1", FORMER, "first seen"),
        ("c_other/lapsed/1", "c_other", f"merged into {customer}"),
        ("c_other/lapsed/2", "c_other", "first seen"),
    ]
    with connect(shop.build_path) as build:
        for belief, name, cause in told:
            build.execute(
                "insert into ledger.segment_beliefs (belief_id, customer_id, cause)"
                " values ($1, $2, $3)",
                [belief, name, cause],
            )
            build.execute(
                "insert into ledger.segment_supersessions (belief_id, customer_id)"
                " values ($1, $2)",
                [belief, name],
            )
            build.execute(
                "insert into ledger.scores_told (model_name, customer_id) values"
                " ($1, $2)",
                [belief, name],
            )


def name_in(publication: Publication, email: str) -> str:
    """What a publication calls the customer with this address."""
    with connect(publication.database, read_only=True) as tables:
        query = "select customer_id from customers where email = $1"
        [(name,)] = tables.execute(query, [email]).fetchall()
    return str(name)


@pytest.fixture(scope="module")
def erased(
    shop_once: Settings, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, Outcome]:
    """Ann is gone from a shop with copies everywhere, while somebody reads it."""
    folder = tmp_path_factory.mktemp("erased") / "a shop's data"
    shop = copied(shop_once, Settings(project_dir=PROJECT_DIR, data_dir=folder))
    found = spoiled(shop)
    standing = current(shop)
    assert standing is not None
    with run_lock(shop), standing.database.open("rb") as reader:
        begun = reader.read(4096)
        outcome = erase(shop, found)
        rest = reader.read()
    former = publications(shop_once)[-1].database.read_bytes()
    assert begun + rest == former, "a reader reads to its end"
    return shop, outcome


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, unpacked; Parquet and databases as text too."""
    told = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        elif path.suffix == ".parquet":
            data += str(pq.read_table(path).to_pylist()).encode()
        elif path.suffix == ".duckdb":
            data += dumped(path)
        told[path.relative_to(folder).as_posix()] = data
    return told


def dumped(database: Path) -> bytes:
    """Every row of every table of a database, as text."""
    with connect(database, read_only=True) as tables:
        names = tables.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        rows = [
            tables.execute(f'from "{schema}"."{name}"').fetchall()
            for schema, name in names
        ]
    return str(rows).encode()


def test_nothing_of_her_is_left_in_any_file(erased: tuple[Settings, Outcome]) -> None:
    """Looked for here without the code that looks for it there."""
    shop, _ = erased
    found = [
        (name, trace)
        for name, data in contents(shop.data_dir).items()
        for trace in TRACES
        if trace.lower() in data.lower()
    ]
    assert found == []


def test_before_it_she_was_everywhere(shop_once: Settings) -> None:
    told = contents(shop_once.data_dir)
    tops = {
        name.split("/")[0]
        for name, data in told.items()
        if any(trace.lower() in data.lower() for trace in TRACES)
    }
    assert tops == {"raw", "build", "publications"}
    assert {name for name in files() if ANN.encode() in told[f"raw/{name}"].lower()}


def test_the_proof_names_each_place(erased: tuple[Settings, Outcome]) -> None:
    _, outcome = erased
    taken = {proof.place: proof.taken_count for proof in outcome.proofs}
    assert outcome.is_clean
    assert outcome.withdrawn == []
    assert taken.pop(places.DATABASE) > 20
    assert taken.pop(places.PUBLICATIONS) > 10
    assert taken == {
        places.RAW: 17,
        places.RECORDED: 2,
        places.DBT: 4,
        places.REPORTS: 3,
        places.DAGSTER: 1,
        places.TRUTH: 1,
        places.OTHERS: 3,
    }


def test_the_others_are_all_there(erased: tuple[Settings, Outcome]) -> None:
    shop, _ = erased
    left = contents(shop.raw_dir)
    assert left[WEB].count(b'"messageId": "d-bob-1') == 2
    assert left[WEB].count(b'"messageId": "d-carl-1') == 1
    assert left["shop/customers/all.csv"].count(b"\n") == 6 + len(WITHDREW)
    decisions = left["identity/decisions/all.csv"].splitlines()
    assert decisions[1:] == [b"", DECISIONS.splitlines()[2].encode()]
    assert b"7000000044" in left["shop/customers/all.csv"]
    assert b"c-bob-9" in left["crm/contacts/all.csv"]
    assert b"c-ann-10;Ann;Alder;" in left["crm/contacts/all.csv"]
    truth = pq.read_table(shop.truth_dir / "records.parquet").to_pylist()
    assert truth == [{"record_key": "other", "person": 2}]


def test_the_ledger_knows_old_and_new(
    erased: tuple[Settings, Outcome], shop_once: Settings
) -> None:
    shop, _ = erased
    before = {entry.path: entry for entry in read_ledger(shop_once)}
    for entry in read_ledger(shop):
        former = before[entry.path]
        assert entry.load_seq == former.load_seq
        assert entry.line_count + entry.erased_count == former.line_count
        assert (entry.former_sha256 == former.sha256) is (entry.erased_count > 0)
        assert (entry.sha256 == former.sha256) is (entry.erased_count == 0)
        assert entry.landed_at == former.landed_at


def test_publications_keep_what_is_not_hers(
    erased: tuple[Settings, Outcome], shop_once: Settings
) -> None:
    shop, _ = erased
    before, after = publications(shop_once), publications(shop)
    assert [one.id for one in after] == [one.id for one in before]
    standing = current(shop)
    assert standing is not None
    for former, later in zip(before, after, strict=True):
        assert later.rows["customers"] == former.rows["customers"] - 1
        assert later.rows["customers_masked"] == former.rows["customers"] - 1
        assert later.rows["identity_aliases"] == former.rows["identity_aliases"] - 4
        assert later.rows["sessions"] == former.rows["sessions"] - 2
        assert later.content["customers"] != former.content["customers"]
        assert later.content["segment_summary"] == former.content["segment_summary"]
        with connect(later.database, read_only=True) as tables:
            for table, rows in later.rows.items():
                parquet = pq.read_table(later.parquet(table))
                stored = tables.execute(f'select count(*) from "{table}"').fetchall()
                assert [(parquet.num_rows,)] == stored == [(rows,)], table
            comments = "select count(*) from duckdb_columns() where comment is not null"
            assert tables.execute(comments).fetchall()[0][0] > 100
    one, two = after
    equal = [name for name in one.rows if one.content[name] == two.content[name]]
    assert equal
    assert all(one.parquet(name).samefile(two.parquet(name)) for name in equal)


def test_publications_know_her_by_no_former_name(
    erased: tuple[Settings, Outcome],
) -> None:
    """What was hers then and is another's now stays with that one."""
    shop, _ = erased
    bob = name_in(publications(shop)[0], BOB)
    for publication in publications(shop):
        with connect(publication.database, read_only=True) as tables:
            query = "select count(*) from customer_segments where customer_id = $1"
            assert tables.execute(query, [FORMER]).fetchall() == [(0,)]
            assert tables.execute(query, [bob]).fetchall() == [(1,)]


def test_matches_of_others_stay(erased: tuple[Settings, Outcome]) -> None:
    shop, _ = erased
    [match] = read_matches(shop)
    assert match.pair == OTHER_MATCH
    assert match.known_since_at == datetime(2025, 6, 1)


def test_what_runs_and_models_said_of_others_stays(
    erased: tuple[Settings, Outcome],
) -> None:
    shop, _ = erased
    with connect(shop.build_path, read_only=True) as build:
        history = build.execute("select detail from ops.run_history").fetchall()
        assert history == [("(erased)",)]
        assert build.execute("from ml.scores").fetchall() == [("c_other",)]
        advice = build.execute("select customer_id from ml.product_recommendations")
        assert advice.fetchall() == [("c_other",)]
        schemas = build.execute("select distinct schema_name from duckdb_tables()")
        assert sorted(schemas.fetchall()) == [("ledger",), ("ml",), ("ops",)]


def test_the_ledger_of_memberships_forgets_her_alone(
    erased: tuple[Settings, Outcome], shop_once: Settings
) -> None:
    """By each of her names; the rest stays, in the build and in each publication."""
    shop, _ = erased
    [before, *_] = publications(shop_once)
    hers = name_in(before, ANN)
    with connect(before.database, read_only=True) as tables:
        others = tables.execute(
            "select belief_id from segment_history where customer_id != $1 order by 1",
            [hers],
        ).fetchall()
        assert len(others) < before.rows["segment_history"]
    assert others
    with connect(shop.build_path, read_only=True) as build:
        left = build.execute("select belief_id from ledger.segment_beliefs order by 1")
        assert sorted(left.fetchall()) == sorted([*others, ("c_other/lapsed/2",)])
        gone = build.execute("select belief_id from ledger.segment_supersessions")
        assert {name.split("/")[0] for (name,) in gone.fetchall()} == {"c_other"}
        told = build.execute("select customer_id from ledger.scores_told").fetchall()
        assert set(told) == {("c_other",)}
        inputs = build.execute("select customer_id from ledger.last_inputs").fetchall()
        assert len(inputs) > 1
        assert (hers,) not in inputs
    for publication in publications(shop):
        with connect(publication.database, read_only=True) as tables:
            query = "select belief_id from segment_history order by 1"
            assert tables.execute(query).fetchall() == others


def test_texts_keep_the_rest_of_their_words(erased: tuple[Settings, Outcome]) -> None:
    shop, _ = erased
    told = (shop.data_dir / "notes.txt").read_text()
    assert told == "line of (erased) and 0(erased), (erased)\n"
    assert not (shop.data_dir / "rebuild").exists()
    assert not (shop.target_dir / "state.msgpack").exists()


def test_a_tombstone_stays_and_the_plan_goes(
    erased: tuple[Settings, Outcome],
) -> None:
    shop, _ = erased
    assert not plan_path(shop).exists()
    assert stat.S_IMODE(os.stat(salt_path(shop)).st_mode) == 0o600
    assert salt_path(shop).parent != record_path(shop).parent
    tombstones = read_tombstones(shop)
    assert tombstones is not None
    (erasure,) = tombstones.erasures
    assert len(erasure.hashes) == 14
    assert datetime.now(UTC) >= erasure.erased_at
    assert tombstones.erasure_of(GIVEN[0]) == erasure
    assert tombstones.erasure_of(Identifier(Kind.EMAIL, "bob@mail.example")) is None


def test_the_next_run_adds_up(erased: tuple[Settings, Outcome]) -> None:
    shop, _ = erased
    build(shop, "staging")
    with connect(shop.build_path, read_only=True) as tables:
        accounts = tables.execute(
            "select path, line_count, erased_count from staging.file_reconciliation"
            " where line_count"
            " = accepted_count + duplicate_count + quarantined_count + erased_count"
            " order by path"
        ).fetchall()
    others = len(WITHDREW)
    assert accounts == [
        ("crm/contacts/all.csv", 3 + others, 1),
        ("esp/events/june.jsonl", 6, 2),
        ("esp/subscribers/all.parquet", 2 + others, 1),
        ("identity/decisions/all.csv", 2, 1),
        ("shop/customers/all.csv", 4 + others, 2),
        ("shop/order_lines/all.csv", 2, 1),
        ("shop/orders/all.csv", 2 + others, 1),
        ("shop/refunds/all.csv", 2, 1),
        (WEB, 7, 4),
        ("web/events/day 2.jsonl.gz", 3, 2),
    ]


@pytest.mark.soak
def test_the_next_publication_knows_the_others(
    erased: tuple[Settings, Outcome],
) -> None:
    shop, _ = erased
    build_and_publish(shop)
    standing = current(shop)
    assert standing is not None
    with connect(standing.database, read_only=True) as tables:
        assert tables.execute(
            "select count(*) from data_quality where not is_reconciled"
        ).fetchall() == [(0,)]
        emails = tables.execute(
            "select email from customers where email is not null order by email"
        ).fetchall()
    names = sorted(["bob", *WITHDREW])
    assert emails == [(f"{name}@mail.example",) for name in names]
