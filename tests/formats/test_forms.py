"""Every form of file brings the same rows; what is wrong in it is found again."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.bad_input.conftest import STAGING, ask, land
from tests.bad_input.odd_files import call
from tests.formats.forms import Row, csv_file, lines_file, packed, parquet_file
from warehouse.dbt import dbt_build
from warehouse.mending import write_aside
from warehouse.quarantine import Choice, open_rows
from warehouse.replaying import headers_by_load, replay
from warehouse.settings import PROJECT_DIR, Settings

Write = Callable[[Sequence[Row]], bytes]
FORMS: dict[str, Write] = {
    ".csv": csv_file,
    ".csv.gz": lambda rows: packed(csv_file(rows)),
    ".jsonl": lines_file,
    ".jsonl.gz": lambda rows: packed(lines_file(rows)),
    ".ndjson": lines_file,
    ".json.gz": lambda rows: packed(lines_file(rows)),
    ".parquet": parquet_file,
}
GOOD, UNDATED = "2025-01-02 10:00:00", "soon"


def people(form: str) -> list[Row]:
    """Three customers, the middle one undated, with names of their form."""
    name = form.replace(".", "")
    return [
        {
            "id": f"{name}-{at}",
            "email": f'{name}-"{at}"@shop.example',
            "first_name": "Jürgen, the 1st",
            "created_at": UNDATED if at == 2 else GOOD,
            "accepts_email": True,
            "birth_date": None if at == 1 else "1980-02-29",
        }
        for at in (1, 2, 3)
    ]


def events(form: str) -> list[Row]:
    """Two calls of the stream, the second without a moment."""
    name = form.replace(".", "")
    return [
        {
            "type": "track",
            "event": "Product Added",
            "messageId": f"{name}-{at}",
            "anonymousId": f"device-{name}",
            "timestamp": (at == 1 and "2025-01-02T10:00:00Z") or None,
            "context": {"page": {"url": 'https://shop.example/a?b="c"'}},
            "properties": {
                "product_id": "p1",
                "price": 9.5,
                "products": [{"product_id": "p1", "price": 9.5, "quantity": 2}],
            },
        }
        for at in (1, 2)
    ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Each form of two entities, with an odd file of each kind beside them."""
    data_dir = tmp_path_factory.mktemp("forms") / "a shop's [data]"
    settings = Settings(project_dir=PROJECT_DIR, data_dir=data_dir)
    for form, write in FORMS.items():
        land(settings, f"shop/customers/people{form}", write(people(form)))
        if ".csv" not in form:
            land(settings, f"web/events/calls{form}", write(events(form)))
    for path, content in ODD.items():
        land(settings, path, content)
    dbt_build(settings, select=STAGING)
    return settings


CSV_ROWS = csv_file(people("odd"))
LINES = lines_file(people("cut"))
ODD = {
    # An archive that breaks off in the middle of a record.
    "shop/customers/cut.jsonl.gz": packed(LINES * 400)[:-30],
    "shop/customers/cut.csv.gz": packed(CSV_ROWS)[:-9],
    "shop/customers/no archive.csv.gz": b"id,created_at\n1,2025-01-01\n",
    "web/events/no archive.jsonl.gz": call("never").encode(),
    "shop/customers/empty.jsonl.gz": packed(b""),
    "shop/products/cut.parquet": parquet_file([{"id": "p", "price": 1}])[:-20],
    "shop/products/spoilt.parquet": b"PAR1"
    + bytes(60)
    + parquet_file([{"id": f"p{at}", "price": at} for at in range(5)])[64:],
    "shop/products/nameless.parquet": parquet_file([{"a": 1}, {"a": 2}]),
    "shop/products/objects.jsonl": b'{"id": "ok"}\n[1]\n{"id": \nnull\n{}\n',
    "shop/products/spelled.jsonl": (
        b'{"ID": "Other", "Product_Id": "no"}\n{"id": "own"}\n'
    ),
    "shop/products/file names.parquet": parquet_file(
        [{"ID": "named", "filename": "x", "file_row_number": 7}]
    ),
    "shop/customers/nested.parquet": parquet_file(
        [{"id": "rows", "city": [{"a": "x", "b": None}], "created_at": GOOD}]
    ),
    "shop/customers/nested.jsonl": (
        b'{"id": "lines", "city": [{"a":"x","b":null}], "created_at": "2025-01-01"}\n'
    ),
    "shop/orders/typed.parquet": parquet_file(
        [
            {
                "id": 12_345_678_901,
                "customer_id": 7,
                "currency": "EUR",
                "total_amount": Decimal("1234567.10"),
                "test": False,
                "created_at": datetime(2025, 1, 2, 12, tzinfo=UTC),
                "updated_at": datetime(2025, 1, 2, 12, 30),
                "cancelled_at": date(2025, 1, 3),
            }
        ]
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_brings_the_same_customers(shop: Settings, form: str) -> None:
    found = ask(
        shop,
        "select user_id, email, first_name, created_at, birth_on, has_email_consent"
        " from staging.stg_shop__customers where path = ? order by all",
        [f"shop/customers/people{form}"],
    )
    name, at = form.replace(".", ""), datetime(2025, 1, 2, 9)
    assert found == [
        (
            f"{name}-{number}",
            f'{name}-"{number}"@shop.example',
            "Jürgen, the 1st",
            at,
            None if number == 1 else date(1980, 2, 29),
            True,
        )
        for number in (1, 3)
    ]


@pytest.mark.parametrize("form", [form for form in FORMS if ".csv" not in form])
def test_every_form_brings_the_same_events(shop: Settings, form: str) -> None:
    found = ask(
        shop,
        "select event_name, anonymous_id, occurred_at, page_url, price::varchar,"
        " products from staging.stg_web__events where message_id = ?",
        [f"{form.replace('.', '')}-1"],
    )
    products = [{"product_id": "p1", "price": "9.5", "quantity": "2"}]
    url = 'https://shop.example/a?b="c"'
    device = f"device-{form.replace('.', '')}"
    at = datetime(2025, 1, 2, 10)
    assert found == [("product_added", device, at, url, "9.50", products)]


def aside(settings: Settings, path: str) -> list[Any]:
    """Line and reason of what is set aside of a file."""
    return ask(
        settings,
        "select line_number, reason from staging.quarantine where path = ?"
        " order by line_number",
        [path],
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_cannot_be_used_is_found_in_its_file(shop: Settings, form: str) -> None:
    line = 3 if ".csv" in form else 2
    path = f"shop/customers/people{form}"
    assert aside(shop, path) == [(line, "bad_timestamp")]
    texts = ask(shop, "select raw_text from staging.quarantine where path = ?", [path])
    assert "soon" in texts[0][0]
    if ".csv" not in form:
        found = aside(shop, f"web/events/calls{form}")
        assert found == [(2, "missing_timestamp")]


def test_every_line_of_every_form_has_one_place(shop: Settings) -> None:
    wrong = ask(
        shop,
        "select path, line_count, accepted_count, duplicate_count, quarantined_count"
        " from marts.data_quality where not is_reconciled",
    )
    assert wrong == []
    counts = dict(ask(shop, "select path, line_count from marts.data_quality"))
    for form in FORMS:
        assert counts[f"shop/customers/people{form}"] == 3
    assert counts.keys() >= ODD.keys()
    lost = "select * from staging.quarantine where line_number is null"
    assert ask(shop, lost) == []


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("shop/customers/no archive.csv.gz", [(1, "broken_file")]),
        ("web/events/no archive.jsonl.gz", [(1, "broken_file")]),
        ("shop/customers/empty.jsonl.gz", []),
        ("shop/products/cut.parquet", [(1, "broken_file")]),
        ("shop/products/spoilt.parquet", [(n, "broken_file") for n in range(1, 6)]),
        ("shop/products/nameless.parquet", [(n, "unknown_header") for n in (1, 2)]),
        (
            "shop/products/objects.jsonl",
            [
                (2, "not_an_object"),
                (3, "malformed_json"),
                (4, "not_an_object"),
                (5, "missing_id"),
            ],
        ),
    ],
)
def test_what_is_broken_costs_no_other_row(
    shop: Settings, path: str, rows: list[Any]
) -> None:
    assert aside(shop, path) == rows


@pytest.mark.parametrize("name", ["cut.jsonl.gz", "cut.csv.gz"])
def test_what_stands_before_the_break_is_read(shop: Settings, name: str) -> None:
    [*_, (line, reason)] = aside(shop, f"shop/customers/{name}")
    assert reason == "broken_file"
    [(accepted, duplicates, lines)] = ask(
        shop,
        "select accepted_count, duplicate_count, line_count from marts.data_quality"
        " where path = ?",
        [f"shop/customers/{name}"],
    )
    assert accepted + duplicates > 0
    assert line == lines + (".csv" in name)


def test_names_are_compared_without_regard_to_case(shop: Settings) -> None:
    products = ask(
        shop,
        "select product_id from staging.stg_shop__products where path like ?",
        ["%e%n%m%s.p%"],
    )
    assert products == [("named",)]
    spelled = ask(
        shop,
        "select product_id from staging.stg_shop__products"
        " where path like '%spelled%' order by all",
    )
    assert spelled == [("Other",), ("own",)]


def test_what_is_nested_stays_json(shop: Settings) -> None:
    query = """
        select user_id, city from staging.stg_shop__customers where city is not null
    """
    said = {name: json.loads(city) for name, city in ask(shop, query)}
    city = [{"a": "x", "b": None}]
    assert said == {"rows": city, "lines": city}


def test_typed_values_are_read_as_they_are_written(shop: Settings) -> None:
    [order] = ask(
        shop,
        "select order_id, user_id, total_amount, is_test, created_at, updated_at,"
        " cancelled_at from staging.stg_shop__orders where path like '%typed%'",
    )
    assert order == (
        "12345678901",
        "7",
        Decimal("1234567.10"),
        False,
        datetime(2025, 1, 2, 12),
        datetime(2025, 1, 2, 11, 30),
        datetime(2025, 1, 2, 23),
    )


def test_no_sound_file_is_read_with_care(shop: Settings) -> None:
    salvaged = ask(shop, "select distinct path from staging.salvaged_rows")
    assert not [path for (path,) in salvaged if "people" in path or "calls" in path]


def test_rows_of_every_form_are_mended_and_replayed(
    settings: Settings, tmp_path: Path
) -> None:
    for form, write in FORMS.items():
        land(settings, f"shop/customers/people{form}", write(people(form)))
    semicolons = csv_file(people("semi"), ";")
    land(settings, "shop/customers/semi.csv", semicolons)
    land(settings, "web/events/calls.parquet", parquet_file(events("one")))
    dbt_build(settings, select=STAGING)
    out = tmp_path / "to mend.txt"
    write_aside(out, open_rows(settings, Choice()), headers_by_load(settings))
    text = out.read_text(encoding="utf-8").replace(UNDATED, GOOD)
    text = text.replace('"timestamp":null', '"timestamp":"2025-01-02T10:00:00Z"')
    out.write_text(text, encoding="utf-8")
    assert replay(settings, out).row_count == len(FORMS) + 2
    dbt_build(settings, select=STAGING)
    everyone = "select count(*) from staging.stg_shop__customers"
    assert ask(settings, everyone) == [(3 * (len(FORMS) + 1),)]
    assert ask(settings, "select count(*) from staging.stg_web__events") == [(2,)]
    states = "select is_mended, count(*) from staging.quarantine group by all"
    assert ask(settings, states) == [(True, len(FORMS) + 2)]


def test_a_mended_line_of_any_form_counts_once_when_a_rule_is_mended_too(
    settings: Settings, tmp_path: Path
) -> None:
    """An empty value is spelled otherwise in a name than in a cell."""
    for form in (".csv", ".jsonl", ".parquet"):
        row = {"id": form, "phone": "", "created_at": "2999-01-01"}
        land(settings, f"shop/customers/late{form}", FORMS[form]([row]))
    dbt_build(settings, select=STAGING)
    out = tmp_path / "to mend.txt"
    write_aside(out, open_rows(settings, Choice()), headers_by_load(settings))
    text = out.read_text(encoding="utf-8").replace("2999-01-01", "2025-01-01")
    out.write_text(text, encoding="utf-8")
    assert replay(settings, out).row_count == 3
    patient = {"clock_tolerance_minutes": 60 * 24 * 365 * 1_000}
    dbt_build(settings, select=STAGING, variables=patient)
    reasons = "select reason, is_mended, count(*) from staging.quarantine group by all"
    assert ask(settings, reasons) == [("mended", True, 3)]
