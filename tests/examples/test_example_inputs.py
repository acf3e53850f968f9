"""Odd files: they are read, or refused with a sentence, and no row goes missing."""

import pandas as pd
import pytest

from warehouse.errors import TesseraError

HEADER = "client_id,page_url,referrer,timestamp,event_name,event_data,user_agent"
ROW = "v1,https://s.example/,,2025-02-23T00:00:01Z,page_viewed,,UA"


@pytest.fixture
def map_bytes(run, tmp_path):
    """Map the bytes of one file of web events."""

    def _map(content: bytes, name: str = "day.csv"):
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return run("web_shop", folder)

    return _map


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_odd_csv_survives(map_bytes, delimiter, encoding, end):
    text = end.join([HEADER, ROW.replace("v1", "vé"), ""]).replace(",", delimiter)
    mapped = map_bytes(text.encode(encoding))
    assert mapped.report.rows_in == 1
    assert mapped.report.notes == ()
    assert mapped.calls()[0]["anonymousId"] == "vé"


def test_latin_1_survives(map_bytes):
    mapped = map_bytes(f"{HEADER}\n{ROW}".replace("v1", "v£").encode("latin-1"))
    assert mapped.calls()[0]["anonymousId"] == "v£"


def test_blank_lines_and_missing_last_end_are_no_rows(map_bytes):
    assert map_bytes(f"{HEADER}\n\n{ROW}\n\n{ROW}".encode()).report.rows_in == 2


def test_quoted_line_break_is_one_row(map_bytes):
    mapped = map_bytes(f'{HEADER}\n{ROW[:-2]}"U\nA"\n{ROW}\n'.encode())
    assert mapped.report.rows_in == 2
    assert {c["context"]["userAgent"] for c in mapped.calls()} == {"U\nA", "UA"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("v1,short", "missing columns"),
        (ROW + ",more", "too many columns"),
        ('v1,"never closed', "unquoted value"),
    ],
)
def test_broken_line_is_set_aside_with_its_text(map_bytes, line, reason):
    mapped = map_bytes(f"{HEADER}\n{ROW}\n{line}\n".encode())
    (aside,) = mapped.set_aside()
    assert aside["reason"] == f"unreadable line: {reason}"
    assert (aside["file"], aside["line"]) == ("day.csv", "3")
    assert aside["raw"].strip() == line
    assert mapped.report.rows_in == 2
    assert sum(mapped.report.rows_out.values()) == 1


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", HEADER.encode()])
def test_empty_file_is_an_empty_day(map_bytes, content):
    report = map_bytes(content).report
    assert report.rows_in == 0
    assert report.lines_written == {"web/events/day.jsonl": 0}


def test_parquet_reads_like_csv(run, write_csv, tmp_path):
    columns = HEADER.split(",")
    rows = [ROW.split(","), ["v2", *ROW.split(",")[1:]]]
    from_csv = run("web_shop", write_csv("day.csv", columns, rows), "one")
    (tmp_path / "parquet").mkdir()
    frame = pd.DataFrame(rows, columns=columns)
    frame["timestamp"] = pd.to_datetime(frame["timestamp"])
    frame.to_parquet(tmp_path / "parquet" / "day.parquet")
    from_parquet = run("web_shop", tmp_path / "parquet", "two")
    assert from_parquet.calls() == from_csv.calls()


def test_one_file_may_be_the_path(run, write_csv):
    folder = write_csv("day.csv", HEADER.split(","), [ROW.split(",")])
    assert run("web_shop", folder / "day.csv").report.rows_in == 1


def test_each_file_of_folders_becomes_its_own_raw_file(run, write_csv):
    for name in ("a/day.csv", "b/day.csv", "day one.csv"):
        folder = write_csv(name, HEADER.split(","), [ROW.split(",")])
    (folder / "README.md").write_text("not data")
    written = run("web_shop", folder).report.lines_written
    assert sorted(written) == [
        "web/events/a-day.jsonl", "web/events/b-day.jsonl", "web/events/day-one.jsonl",
    ]  # fmt: skip


def test_two_files_of_one_name_share_a_raw_file(run, write_csv):
    write_csv("day.csv", HEADER.split(","), [ROW.split(",")])
    folder = write_csv("day.tsv", HEADER.split(","), [ROW.split(",")])
    report = run("web_shop", folder).report
    assert report.lines_written == {"web/events/day.jsonl": 2}
    assert report.rows_out == {"web/events/day.jsonl": 2}


def test_no_data_is_said(run, tmp_path):
    with pytest.raises(TesseraError, match="there is no such input"):
        run("web_shop", tmp_path / "nowhere")
    (tmp_path / "in").mkdir()
    with pytest.raises(TesseraError, match="holds no data"):
        run("web_shop", tmp_path / "in")


def test_mixed_line_ends_survive(map_bytes):
    mapped = map_bytes(f"{HEADER}\r\n{ROW}\n{ROW}\r\n{ROW}".encode())
    assert mapped.report.rows_out == {"web/events/day.jsonl": 3}


def test_an_open_quote_is_told_with_what_it_swallows(map_bytes):
    mapped = map_bytes(f'{HEADER}\n{ROW}\n"{ROW}\n{ROW}\n{ROW}\n'.encode())
    assert mapped.report.notes == (
        "day.csv: line 3 opens a quote that swallows 2 more lines",
    )


def test_a_file_beyond_reading_is_said(map_bytes):
    with pytest.raises(TesseraError, match=r"day\.parquet: .*cannot be read"):
        map_bytes(b"not parquet", "day.parquet")
