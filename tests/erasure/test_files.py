"""A person leaves a landed file of any form; every other record stays as it was."""

import gzip
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.connection import connect
from warehouse.contract import person_columns, read_contract
from warehouse.csv_records import csv_records
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.removal import blank_in_place, put_in_place, write_without
from warehouse.erasure.spellings import needles_of
from warehouse.erasure.traces import Described, Hits, PersonSearch, hits_in
from warehouse.formats import Form, form_of
from warehouse.landing import entities
from warehouse.measuring import measure
from warehouse.records import line_records

ANN = frozenset(
    {
        Identifier(Kind.EMAIL, "ann@mail.example"),
        Identifier(Kind.USER_ID, "42"),
        Identifier(Kind.DEVICE, "d-ann-001"),
    }
)
SEARCH = PersonSearch(needles_of(ANN), ANN)
STREAM = Described({}, {"user_id": ["userId"], "device": ["anonymousId"]})
LIST = Described(
    {"id": ["id"], "email": ["email", "mail"], "note": ["note"]},
    {"user_id": ["id"], "email": ["email"]},
)
LINES = (
    b'{"userId": 42}\n'
    b'{"userId": 7, "price": 42}\n'
    b"\n"
    b'{"anonymousId": "d-ann-001"\n'
    b'{"userId": "x", "referrer": "?m=Ann%40mail.example"}\r\n'
    b'{"userId": "\\u0034\\u0032"}\r'
    b'{"userId": "b\xff"}'
)
CSV = (
    b"\xef\xbb\xbfid;mail;note\n"
    b'42;;"two\nlines"\n'
    b"7;bob@mail.example;42\n"
    b"\n"
    b"8;ANN+x@mail.example;\n"
    b'9;carl@mail.example;"told\nby ann@mail.example"\n'
    b"10;broken\n"
    b"11;dan@mail.example;x\n"
)


def land(folder: Path, name: str, content: bytes) -> Path:
    """A file with this content, packed where its name says so."""
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def found_in(path: Path, described: Described) -> Hits:
    """What the search finds in a file."""
    form = form_of(path.name)
    assert form is not None
    with connect() as connection:
        return hits_in(path, form, described, SEARCH, connection)


def erase_from(path: Path, described: Described) -> Hits:
    """Take Ann out of a file."""
    form, hits = form_of(path.name), found_in(path, described)
    assert form is not None
    put_in_place(write_without(path, form, hits, SEARCH.needles), path)
    return hits


@pytest.mark.parametrize("name", ["a.jsonl", "a.json.gz"])
def test_lines_go_and_the_others_keep_their_numbers(tmp_path: Path, name: str) -> None:
    path = land(tmp_path, name, LINES)
    before = {record.line_number: record.text for record in line_records(path)}
    count = measure(path).line_count
    hits = erase_from(path, STREAM)
    assert (hits.record_count, hits.lines) == (4, {1, 4, 5, 6})
    after = {record.line_number: record.text for record in line_records(path)}
    assert after == {number: before[number] for number in (2, 7)}
    assert measure(path).line_count == count - hits.record_count
    assert not found_in(path, STREAM)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_records_of_several_lines_go_as_a_whole(tmp_path: Path, name: str) -> None:
    path = land(tmp_path, name, CSV)
    before = {one.line_number: one for one in csv_records(path, LIST.names)}
    count = measure(path, LIST.names).line_count
    hits = erase_from(path, LIST)
    assert (hits.record_count, hits.lines) == (3, {2, 3, 6, 7, 8})
    after = {one.line_number: one for one in csv_records(path, LIST.names)}
    assert after == {number: before[number] for number in (4, 9, 10)}
    measured = measure(path, LIST.names)
    assert measured.line_count == count - 3
    assert (measured.columns, measured.delimiter) == (["id", "mail", "note"], ";")


def test_the_same_content_gives_the_same_archive(tmp_path: Path) -> None:
    one, two = (land(tmp_path, f"{name}.jsonl.gz", LINES) for name in "ab")
    os.utime(two, ns=(1, 1))
    erase_from(one, STREAM)
    erase_from(two, STREAM)
    assert one.read_bytes() == two.read_bytes()


def test_of_a_broken_archive_the_unreadable_rest_goes_too(tmp_path: Path) -> None:
    lines = b"".join(b'{"userId": "u%d"}\n' % n for n in range(20_000))
    whole = gzip.compress(b'{"userId": 42}\n' + lines)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    count = measure(path).line_count
    hits = erase_from(path, STREAM)
    assert hits.record_count == 2
    assert measure(path).line_count == count - 2


def test_rows_of_parquet_go_with_types_and_packing_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "id": pa.array([42, 7, 8, 9], pa.int32()),
            "mail": [None, "bob@mail.example", "ann@mail.example", None],
            "note": [{"a": [1]}, {"a": []}, None, {"a": [42]}],
        }
    )
    pq.write_table(table, path, compression="zstd", row_group_size=2)
    hits = erase_from(path, LIST)
    assert (hits.record_count, hits.lines) == (2, {1, 3})
    left = pq.read_table(path)
    assert left.schema.equals(table.schema)
    assert left.to_pylist() == [table.to_pylist()[1], table.to_pylist()[3]]
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_broken_parquet_file_that_names_the_person_keeps_nothing(
    tmp_path: Path,
) -> None:
    path = land(tmp_path, "a.parquet", b"PAR1 ann@mail.example and no more")
    hits = erase_from(path, LIST)
    assert (hits.record_count, path.read_bytes()) == (0, b"")
    assert measure(path).line_count == 1
    other = land(tmp_path, "b.parquet", b"PAR1 and no more")
    assert not found_in(other, LIST)


def test_a_header_that_is_none_keeps_its_place(tmp_path: Path) -> None:
    path = land(tmp_path, "a.csv", b"7,ann@mail.example\n8,bob@mail.example\n")
    hits = erase_from(path, LIST)
    assert (hits.record_count, hits.header_lines) == (0, {1})
    assert path.read_bytes() == b"7,(erased)\n8,bob@mail.example\n"


def test_a_growing_file_keeps_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "now.jsonl.open"
    with path.open("wb", buffering=0) as writer:
        writer.write(b'{"userId": 42}\n{"userId": 7}\n{"userId": 42')
        blank_in_place(path, {1, 3})
        writer.write(b"}\n")
    assert path.read_bytes() == b" " * 14 + b'\n{"userId": 7}\n{"userId": 42}\n'
    # The line that was not complete is left: it goes when the file is taken in.
    assert [record.line_number for record in line_records(path)] == [2, 3]


def test_a_decision_names_by_the_kind_that_it_says(tmp_path: Path) -> None:
    """An id that could be anything counts where it stands for her, and nowhere else."""
    place = "identity", "decisions"
    described = Described(read_contract()[place].names, person_columns()[place])
    head = b"decision,left_type,left_value,right_type,right_value,decided_at\n"
    lines = (
        b"must_link,USER_ID,42,device,d-1,2025-01-01\n"
        b"must_link,device,42,user_id,7,2025-01-01\n"
        b"cannot_link,user_id,7,record,shop:42,2025-01-01\n"
        b"cannot_link,,42,other,42,2025-01-01\n"
        b"cannot_link,user_id,7,email,Ann+x@mail.example,2025-01-01\n"
    )
    path = land(tmp_path, "a.csv", head + lines)
    known = {*ANN, Identifier(Kind.RECORD, "shop:42")}
    search = PersonSearch(needles_of(ANN), frozenset(known))
    with connect() as connection:
        hits = hits_in(path, Form.CSV, described, search, connection)
    assert (hits.record_count, hits.lines) == (3, {2, 4, 6})


@pytest.mark.parametrize("place", entities(), ids="/".join)
def test_every_entity_says_whose_its_rows_are(place: tuple[str, str]) -> None:
    """A column that is not there would let rows stay."""
    columns = person_columns()[place]
    packs = ["segment", "shopify", "klaviyo", "ga4", "snowplow"]
    declared = read_contract({"sources": packs})[place].names
    assert set(columns) <= {*map(str, Kind), *declared}
    for paths in columns.values():
        for path in paths if declared else ():
            assert path.split(".")[0] in declared


def test_half_a_sign_stops_no_search(tmp_path: Path) -> None:
    lines = b'{"a": "\\ud83d"}\n{"a": "\\ud83d ann@mail.example"}\n{"a": "\xff"}\n'
    assert found_in(land(tmp_path, "a.jsonl", lines), STREAM).lines == {2}


@pytest.mark.parametrize("spelled", ["utf-16", "utf-16-le"])
def test_what_a_spreadsheet_spells_in_two_bytes_goes_too(
    tmp_path: Path, spelled: str
) -> None:
    told = "id;mail\n7;bob@mail.example\n8;Ann@mail.example\n9;carl@mail.example\n"
    path = land(tmp_path, "a.csv", told.encode(spelled))
    hits = erase_from(path, LIST)
    assert hits.lines | hits.header_lines == {3}
    left = path.read_bytes().replace(b"\0", b"")
    assert b"nn@mail" not in left
    assert b"bob@mail" in left
    assert b"carl@mail" in left
    assert not found_in(path, LIST)


@pytest.mark.parametrize(
    "between", ["\u2011", "\u202f", "\u2013", "\u00b7", "_", ":", "*"]
)
def test_a_phone_is_its_digits_in_its_column(tmp_path: Path, between: str) -> None:
    described = Described({"phone": ["phone"]}, {"phone": ["phone"]})
    phone = frozenset({Identifier(Kind.PHONE, "1701230009")})
    search = PersonSearch(needles_of(phone), phone)
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"phone": f"+49 170{between}123{between}0009"}) + "\n")
    with connect() as connection:
        assert hits_in(path, Form.LINES, described, search, connection).record_count
