"""The ledger knows each landed file once, in order, whatever happens to the run."""

import json
import os
import time
from pathlib import Path

import pytest

from warehouse.contract import Names
from warehouse.errors import TesseraError
from warehouse.landing import strangers
from warehouse.ledger import (
    current_files,
    lost_files,
    pending_files,
    read_ledger,
    take_in,
)
from warehouse.settings import Settings

EVENTS, CONTACTS = "web/events/day 1.jsonl", "crm/contacts/all.csv"


def land(settings: Settings, path: str, text: str) -> Path:
    """Write a file into the raw folder, with a time of its own."""
    file = settings.raw_dir / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    stamp = time.time_ns() + len(text)
    os.utime(file, ns=(stamp, stamp))
    return file


def test_new_files_get_their_place_once(settings: Settings) -> None:
    land(settings, EVENTS, '{"a": 1}\n\n{"a": 2}')
    land(settings, CONTACTS, "id,name\n1,Ann\n")
    assert [file.path for file in take_in(settings)] == [CONTACTS, EVENTS]
    assert take_in(settings) == []
    assert [file.load_seq for file in read_ledger(settings)] == [1, 2]


def test_lines_are_records_without_blanks_and_headers(settings: Settings) -> None:
    land(settings, EVENTS, '{"a": 1}\n  \n{"a": 2}\n{broken')
    land(settings, CONTACTS, '\ufeffid,note\r\n1,"two\nlines, one record"\r\n\r\n2,x')
    counted = {file.path: file for file in take_in(settings)}
    assert counted[EVENTS].line_count == 3
    assert counted[CONTACTS].line_count == 2
    assert counted[CONTACTS].columns == ["id", "note"]


def test_an_empty_file_is_an_entry_without_records(settings: Settings) -> None:
    land(settings, CONTACTS, "")
    [file] = take_in(settings)
    assert (file.line_count, file.columns, file.size) == (0, [], 0)


def test_a_replaced_file_supersedes_itself(settings: Settings) -> None:
    land(settings, EVENTS, '{"a": 1}\n')
    take_in(settings)
    land(settings, EVENTS, '{"a": 1}\n{"a": 2}\n')
    take_in(settings)
    assert [file.load_seq for file in read_ledger(settings)] == [1, 2]
    assert [file.line_count for file in current_files(settings)] == [2]


def test_a_touched_file_is_no_news(settings: Settings) -> None:
    file = land(settings, EVENTS, '{"a": 1}\n')
    take_in(settings)
    os.utime(file, ns=(1, 1))
    assert pending_files(settings) == [file]
    assert take_in(settings) == []
    assert pending_files(settings) == []
    assert [file.load_seq for file in read_ledger(settings)] == [1]


def test_growing_and_hidden_files_wait(settings: Settings) -> None:
    land(settings, "web/events/now.jsonl.open", '{"a": 1}\n')
    land(settings, "web/events/.partial.jsonl", '{"a": 1}\n')
    assert take_in(settings) == []
    assert strangers(settings.raw_dir) == []


def test_what_no_model_reads_is_told(settings: Settings) -> None:
    land(settings, "shop/custmers/all.csv", "id\n1\n")
    land(settings, "shop/orders/all.xlsx", "binary")
    land(settings, "notes.txt", "hello")
    told = strangers(settings.raw_dir)
    assert [sentence.split(" ")[0] for sentence in told] == [
        "notes.txt",
        "shop/custmers",
        "shop/orders/all.xlsx",
    ]


def test_a_lost_file_is_an_error_and_not_a_smaller_shop(settings: Settings) -> None:
    file = land(settings, EVENTS, '{"a": 1}\n')
    take_in(settings)
    file.unlink()
    assert lost_files(settings) == [EVENTS]
    with pytest.raises(TesseraError, match=r"gone.*day 1\.jsonl"):
        take_in(settings)


@pytest.mark.parametrize("torn", ["{", '{"load_seq": 2, "source"', '{"load_seq": 2}'])
def test_a_torn_last_line_is_repaired(settings: Settings, torn: str) -> None:
    land(settings, EVENTS, '{"a": 1}\n')
    take_in(settings)
    with settings.ledger_path.open("a") as ledger:
        ledger.write(torn)
    land(settings, CONTACTS, "id\n1\n")
    assert [file.load_seq for file in take_in(settings)] == [2]
    assert [file.path for file in read_ledger(settings)] == [EVENTS, CONTACTS]
    lines = settings.ledger_path.read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == 2


def test_a_broken_line_in_the_middle_is_refused(settings: Settings) -> None:
    land(settings, EVENTS, '{"a": 1}\n')
    take_in(settings)
    whole = settings.ledger_path.read_text()
    settings.ledger_path.write_text("not an entry\n" + whole)
    with pytest.raises(TesseraError, match=r"ledger\.jsonl, line 1"):
        read_ledger(settings)


def test_a_crash_between_two_files_loses_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(settings, CONTACTS, "id\n1\n")
    land(settings, EVENTS, '{"a": 1}\n')
    import warehouse.ledger as ledger

    measure = ledger.measure

    def crash(path: Path, names: Names) -> object:
        if path.suffix == ".jsonl":
            raise KeyboardInterrupt
        return measure(path, names)

    monkeypatch.setattr(ledger, "measure", crash)
    with pytest.raises(KeyboardInterrupt):
        take_in(settings)
    monkeypatch.undo()
    assert [file.path for file in take_in(settings)] == [EVENTS]
    assert [file.load_seq for file in read_ledger(settings)] == [1, 2]


def test_an_empty_raw_folder_is_no_error(settings: Settings) -> None:
    assert take_in(settings) == []
    assert current_files(settings) == []


def test_entries_of_older_and_newer_versions_are_read(settings: Settings) -> None:
    land(settings, EVENTS, '{"a": 1}\n')
    take_in(settings)
    entry = json.loads(settings.ledger_path.read_text())
    del entry["modified_ns"]
    settings.ledger_path.write_text(json.dumps({**entry, "owner": "web"}) + "\n")
    assert [file.path for file in read_ledger(settings)] == [EVENTS]
    assert take_in(settings) == []
