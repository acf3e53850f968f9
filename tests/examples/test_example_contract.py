"""What holds for every example: found by its folder, accounted for, quiet again."""

import os
from pathlib import Path

import pytest

from examples import MappingReport, discover, find
from examples.__main__ import main
from examples.outputs import write_lines
from warehouse.errors import TesseraError

ROOT = Path(__file__).resolve().parents[2]
RETAIL_HEADER = [
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
    "CustomerID", "Country",
]  # fmt: skip
RETAIL_ROWS = [
    ["536365", "85123A", "HOLDER", 6, "2010-12-01 08:26:00", 2.55, 17850, "France"],
    ["536365", "71053", "LANTERN", 6, "2010-12-01 08:26:00", 3.39, 17850, "France"],
    ["C536366", "71053", "LANTERN", -1, "2010-12-02 09:00:00", 3.39, 17850, "France"],
    ["536370", "22720", "", -3, "2010-12-02 09:05:00", 0, "", "United Kingdom"],
]
WEB_HEADER = [
    "client_id", "page_url", "referrer", "timestamp", "event_name", "event_data",
    "user_agent",
]  # fmt: skip
WEB_ROWS = [
    ["v1", "https://s.example/", "", "2025-02-23T00:00:01Z", "page_viewed", "", "UA"],
    ["v1", "https://s.example/", "", "2025-02-23T00:00:01Z", "page_viewed", "", "UA"],
    ["v2", "https://s.example/", "", "2025-02-23T00:00:00Z", "page_viewed", "", "UA"],
    ["v2", "https://s.example/", "", "2025-02-23T00:00:00Z", "danced", "", "UA"],
]
CDNOW_HEADER = ["customer_id", "date", "n_cds", "dollar_value"]
CDNOW_ROWS = [
    [2, "1997-01-12", 1, 12.0],
    [2, "1997-01-12", 5, 77.0],
    [3, "1997-03-30", 2, 20.76],
    [3, "1997-03-31", 2, -1],
]
SMALL = {
    "cdnow": (CDNOW_HEADER, CDNOW_ROWS),
    "online_retail": (RETAIL_HEADER, RETAIL_ROWS),
    "web_shop": (WEB_HEADER, WEB_ROWS),
}


@pytest.fixture(params=sorted(SMALL))
def name(request):
    return request.param


def test_every_folder_is_an_example_with_its_paper():
    folders = {p.parent.name for p in (ROOT / "examples").glob("*/mapping.py")}
    assert set(discover()) == folders == set(SMALL)
    for example in discover().values():
        assert example.gate_profile == example.name
        assert example.title
        text = (ROOT / "examples" / example.name / "README.md").read_text()
        assert f"tessera run --example {example.name} --input PATH" in text


def test_unknown_example_names_those_there_are():
    with pytest.raises(TesseraError, match="Did you mean `web_shop`") as caught:
        find("webshop")
    assert "`online_retail`" in str(caught.value)


def test_report_refuses_a_lost_row():
    report = MappingReport("x", 3, {"a": 1}, {"why": 1}, {})
    with pytest.raises(TesseraError, match="3 rows came in, but 1 went out and 1"):
        report.checked()
    assert MappingReport("x", 2, {"a": 1}, {"why": 1}, {}).checked().rows_in == 2


def test_rerun_leaves_every_file_untouched(name, run, write_csv):
    source = write_csv("a.csv", *SMALL[name])
    first = run(name, source)
    for path in first.raw.rglob("*.*"):
        os.utime(path, ns=(1, 1))
    again = run(name, source)
    assert again.report == first.report
    assert {p.stat().st_mtime_ns for p in first.raw.rglob("*.*")} == {1}
    assert not list(first.raw.parent.rglob("*.open"))


def test_order_of_rows_changes_no_byte(name, run, write_csv):
    header, rows = SMALL[name]
    first = run(name, write_csv("a.csv", header, rows), "one")
    second = run(name, write_csv("a.csv", header, rows[::-1]), "two")
    assert first.contents() == second.contents()


def test_changed_input_changes_the_files(name, run, write_csv):
    header, rows = SMALL[name]
    first = run(name, write_csv("a.csv", header, rows)).contents()
    assert run(name, write_csv("a.csv", header, rows[:1])).contents() != first


def test_report_reads_as_lines(name, run, write_csv):
    lines = run(name, write_csv("a.csv", *SMALL[name])).report.lines()
    assert lines[0] == f"{name}: 4 rows in"
    assert any(line.startswith("set aside: ") for line in lines)


def test_columns_of_other_names_in_capitals_are_found(name, run, write_csv):
    header, rows = SMALL[name]
    odd = [column.replace("_", " ").upper() for column in header]
    report = run(name, write_csv("a.csv", odd, rows)).report
    assert report.notes == ()
    assert sum(report.rows_out.values()) == 3


def test_unwritable_folder_is_said(name, run, write_csv, tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(TesseraError, match="cannot be written"):
        run(name, write_csv("a.csv", *SMALL[name]))


def test_failed_write_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.jsonl"
    write_lines(["old"], target)

    def broken():
        yield "new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_lines(broken(), target)
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]
    assert target.read_text() == "old\n"


def test_mapping_alone_tells_its_account(write_csv, tmp_path, capsys):
    source = write_csv("a.csv", *SMALL["web_shop"])
    assert main(["web_shop", str(source), str(tmp_path / "raw")]) == 0
    assert "set aside: unknown event name: 1" in capsys.readouterr().out
    assert main(["web_shop", str(tmp_path / "no"), str(tmp_path / "raw")]) == 1
    assert "there is no such input" in capsys.readouterr().err
