"""What can land is declared once; Python reads the macros as dbt does."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from warehouse.contract import attached_given, packs, read_contract, whole_contract
from warehouse.errors import TesseraError
from warehouse.formats import Form, form_of
from warehouse.landing import entities, landed_paths, strangers
from warehouse.measuring import measure
from warehouse.settings import Settings


def test_the_house_reads_its_own_sources_and_those_of_packs() -> None:
    own = {source for source, _ in read_contract({"sources": []})}
    assert own == {"web", "shop", "esp", "crm", "identity"}
    more = {source for source, _ in read_contract({"sources": ["ga4"]})}
    assert more == {*own, "ga4"}
    assert set(read_contract({"sources": list(packs())})) == set(entities())


def test_every_source_belongs_to_one_pack() -> None:
    told = sorted(source for sources in packs().values() for source in sources)
    assert told == sorted({source for source, _ in whole_contract()})


def test_a_column_has_its_own_name_first_and_each_name_once() -> None:
    given = {"shop/customers": {"email": ["Mail", "EMAIL_ADDRESS"]}}
    contract = read_contract({"column_aliases": given})
    names = contract["shop", "customers"].names
    assert names["email"] == ["email", "mail", "email_address"]
    for place, entity in whole_contract().items():
        assert {one for key in entity.keys for one in key} <= set(entity.columns), place
        assert bool(entity.keys) is bool(entity.columns), place


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"attached": {"shop/custmers": {}}}, "`shop/custmers`, which is no entity"),
        (
            {"attached": {"ga4/events": {}}, "sources": []},
            "`ga4/events`, which is not read: .* switch on the pack `ga4`",
        ),
    ],
)
def test_a_table_of_an_entity_that_is_not_read_is_refused(
    variables: Mapping[str, object], told: str
) -> None:
    with pytest.raises(TesseraError, match=told):
        attached_given(variables)
    # No other question of what is read is refused for it.
    assert ("web", "events") in read_contract(variables)


def test_tables_are_known_by_their_entity() -> None:
    said = {"ga4/events": {"database": "a.duckdb", "table": "events"}}
    assert attached_given({"attached": said, "sources": ["ga4"]}) == said
    assert attached_given({"sources": []}) == {}


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"sources": ["ga5"]}, "`ga5`, which is no pack. Known: segment"),
        (
            {"column_aliases": {"shop/custmers": {}}},
            "`shop/custmers`, which is no entity",
        ),
        (
            {"column_aliases": {"shop/customers": {"mail": ["m"]}}},
            "`mail`, which shop/customers does not declare. Declared: id",
        ),
    ],
)
def test_a_var_that_names_nothing_is_refused(
    variables: Mapping[str, object], told: str
) -> None:
    with pytest.raises(TesseraError, match=told):
        read_contract(variables)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", Form.LINES),
        ("a.b.json.gz", Form.LINES),
        ("a.ndjson", Form.LINES),
        ("a.csv", Form.CSV),
        ("a.csv.gz", Form.CSV),
        ("a.parquet", Form.PARQUET),
        ("a.parquet.gz", None),
        ("a.csv.zip", None),
        ("a.gz", None),
        ("csv", None),
        ("a.jsonl.open", None),
    ],
)
def test_the_name_tells_the_form(name: str, form: Form | None) -> None:
    assert form_of(name) is form


def put(settings: Settings, path: str) -> Path:
    """An empty file below the raw folder."""
    file = settings.raw_dir / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    return file


def test_files_of_a_pack_that_is_switched_off_are_told_and_not_read(
    settings: Settings,
) -> None:
    file = put(settings, "ga4/events/day.json.gz")
    off, on = read_contract({"sources": []}), read_contract({"sources": ["ga4"]})
    assert list(landed_paths(settings.raw_dir, off)) == []
    told = "ga4/events is not read: switch on the pack `ga4` (var `sources`)."
    assert strangers(settings.raw_dir, off) == [told]
    assert list(landed_paths(settings.raw_dir, on)) == [file]
    assert strangers(settings.raw_dir, on) == []


def test_a_stream_has_no_columns_for_a_header_to_name(settings: Settings) -> None:
    put(settings, "web/events/day.csv")
    (told,) = strangers(settings.raw_dir)
    assert told == (
        "web/events/day.csv is not read: only `.jsonl`, `.jsonl.gz`, `.ndjson`,"
        " `.ndjson.gz`, `.json`, `.json.gz`, `.parquet` are read there."
    )


NAMES = {"id": ["id"], "email": ["email", "mail"], "name": ["name"]}


@pytest.mark.parametrize(
    ("header", "delimiter", "columns"),
    [
        ("id,email", ",", ["id", "email"]),
        ("id;mail", ";", ["id", "mail"]),
        ('"id"\t"Mail"', "\t", ["id", "Mail"]),
        ("name|id|x,y", "|", ["name", "id", "x,y"]),
        # The most declared columns decide, and a comma where none is told.
        ("id;name,email", ",", ["id;name", "email"]),
        ("id;name;a,b", ";", ["id", "name", "a,b"]),
        ("a;b;c", ",", ["a;b;c"]),
        ("id", ",", ["id"]),
    ],
)
def test_the_header_tells_what_stands_between_cells(
    tmp_path: Path, header: str, delimiter: str, columns: list[str]
) -> None:
    file = tmp_path / "a.csv"
    row = delimiter.join(f"{at}" for at in range(len(columns)))
    for end in ("\n", "\r\n", "\r"):
        file.write_bytes(f"{header}{end}{row}{end}".encode("utf-8-sig"))
        measured = measure(file, NAMES)
        assert (measured.delimiter, measured.columns) == (delimiter, columns)
        assert measured.line_count == 1


def test_the_keys_of_the_first_lines_are_the_columns(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = ['{"id": 1}', "[1]", "{", '{"id": 2, "mail": null}'] + ["{}"] * 96
    file.write_text("\n".join([*lines, '{"late": 1}']))
    assert measure(file, NAMES).columns == ["id", "mail"]
    assert measure(file).columns == []
