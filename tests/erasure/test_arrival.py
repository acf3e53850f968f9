"""Who was erased stays out, whatever lands again, and nothing tells who that was."""

import json
import os
from pathlib import Path

import pytest

from tests.erasure.people import ANN, CONTACTS, PHONE, WITHDREW, call, files, land
from warehouse.erasure.identifiers import Identifier, Kind, identifier
from warehouse.erasure.tombstones import (
    SALT_VARIABLE,
    bury,
    hashed,
    note_rewritten,
    read_tombstones,
    record_path,
    rewritten_files,
    salt_path,
)
from warehouse.errors import TesseraError
from warehouse.landing import strangers
from warehouse.ledger import pending_files, read_ledger, take_in
from warehouse.settings import Settings

HERS = [
    identifier(Kind.EMAIL, ANN),
    identifier(Kind.PHONE, PHONE),
    identifier(Kind.USER_ID, "7000000042"),
    identifier(Kind.DEVICE, "d-ann-001"),
    identifier(Kind.ORDER, "101"),
]
WEB, LINES = "web/events/a.jsonl", "shop/order_lines/a.csv"


@pytest.fixture
def buried(settings: Settings) -> Settings:
    """An empty shop that Ann was erased from."""
    bury(settings, "first", [one for one in HERS if one])
    return settings


def test_her_lines_leave_a_file_before_it_counts(buried: Settings) -> None:
    text = call("page", "d-ann-001", 1) + call("page", "d-x", 2) + "{broken\n"
    text += '{"traits": {"email": "' + ANN.upper() + '"\n'
    path = land(buried, WEB, text.encode())
    land(buried, LINES, files()["shop/order_lines/all.csv"])
    entries = {entry.path: entry for entry in take_in(buried)}
    assert (entries[WEB].line_count, entries[WEB].erased_count) == (2, 2)
    assert (entries[LINES].line_count, entries[LINES].erased_count) == (1, 1)
    assert path.read_text().splitlines()[1:3] == text.splitlines()[1:3]
    assert b"ann" not in path.read_bytes().lower()
    assert strangers(buried.raw_dir) == []


def test_an_export_that_lands_again_is_no_news(buried: Settings) -> None:
    text = call("page", "d-ann-001", 1) + call("page", "d-x", 2)
    land(buried, WEB, text.encode())
    take_in(buried)
    path = land(buried, WEB, text.encode())
    os.utime(path, ns=(1, 1))
    assert pending_files(buried) == [path]
    assert take_in(buried) == []
    assert pending_files(buried) == []
    [entry] = read_ledger(buried)
    assert (entry.line_count, entry.erased_count) == (1, 1)


def test_an_export_with_news_is_a_new_load(buried: Settings) -> None:
    land(buried, WEB, call("page", "d-ann-001", 1).encode())
    take_in(buried)
    text = call("page", "d-ann-001", 1) + call("page", "d-x", 2)
    os.utime(land(buried, WEB, text.encode()), ns=(1, 1))
    [entry] = take_in(buried)
    assert (entry.load_seq, entry.line_count, entry.erased_count) == (2, 1, 1)


def test_whoever_has_her_name_only_is_taken_in(buried: Settings) -> None:
    land(buried, "crm/contacts/a.csv", CONTACTS.encode())
    [entry] = take_in(buried)
    assert (entry.line_count, entry.erased_count) == (2 + len(WITHDREW), 1)


def test_a_crash_before_the_ledger_loses_no_count(
    buried: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(buried, WEB, (call("page", "d-ann-001", 1) + call("page", "d-x", 2)).encode())

    def crash(path: Path, names: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.ledger.measure", crash)
        with pytest.raises(KeyboardInterrupt):
            take_in(buried)
    [entry] = take_in(buried)
    assert (entry.line_count, entry.erased_count) == (1, 1)


def test_the_record_names_nobody(buried: Settings) -> None:
    text = record_path(buried).read_text() + salt_path(buried).read_text()
    assert "ann" not in text.lower()
    assert "7000000042" not in text
    [line] = [json.loads(line) for line in record_path(buried).read_text().splitlines()]
    assert set(line) == {"id", "erased_at", "check", "hashes"}
    assert len(line["hashes"]) == len(HERS)


def test_a_hash_is_salted_and_of_its_kind() -> None:
    one = Identifier(Kind.ORDER, "101")
    assert hashed(b"a" * 16, one) != hashed(b"b" * 16, one)
    assert hashed(b"a" * 16, one) != hashed(b"a" * 16, one._replace(kind=Kind.USER_ID))


def test_an_erasure_is_noted_once(buried: Settings) -> None:
    bury(buried, "first", [])
    tombstones = read_tombstones(buried)
    assert tombstones is not None
    assert len(tombstones.erasures) == 1


def test_without_its_salt_nothing_is_taken_in(buried: Settings) -> None:
    salt_path(buried).unlink()
    land(buried, WEB, call("page", "d-ann-001", 1).encode())
    with pytest.raises(TesseraError, match=r"erasure\.salt.*gone.*backup"):
        take_in(buried)
    salt_path(buried).write_text("00" * 32)
    with pytest.raises(TesseraError, match="another one"):
        take_in(buried)


def test_the_salt_may_be_in_the_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SALT_VARIABLE, "a secret of enough signs")
    bury(settings, "first", [one for one in HERS if one])
    assert not salt_path(settings).exists()
    tombstones = read_tombstones(settings)
    assert tombstones is not None
    assert tombstones.erasure_of(Identifier(Kind.ORDER, "101")) is not None
    monkeypatch.setenv(SALT_VARIABLE, "another secret of enough")
    with pytest.raises(TesseraError, match="another one"):
        read_tombstones(settings)
    monkeypatch.setenv(SALT_VARIABLE, "short")
    with pytest.raises(TesseraError, match="too short"):
        read_tombstones(settings)


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"hashes": []}', '{"path": "a"}'])
def test_a_broken_record_stops_the_taking_in(buried: Settings, line: str) -> None:
    whole = record_path(buried).read_text()
    record_path(buried).write_text(f"{line}\n{whole}")
    with pytest.raises(TesseraError, match=r"erased\.jsonl, line 1"):
        read_tombstones(buried)


def test_a_torn_last_line_is_none(buried: Settings) -> None:
    with record_path(buried).open("a") as record:
        record.write('{"path": ')
    note_rewritten(buried, "a", "old", "new", 3)
    assert rewritten_files(buried)["a", "new"].erased_count == 3


def test_nobody_was_erased_from_a_new_shop(settings: Settings) -> None:
    assert read_tombstones(settings) is None
    assert rewritten_files(settings) == {}


def test_an_escaped_address_does_not_come_back(buried: Settings) -> None:
    hers = "".join(
        call("page", "d-new", minute, context={"page": {"url": f"https://x/?u={one}"}})
        for minute, one in enumerate(
            ("ann.alder%40mail.example", "ann.alder%2Bjune%40mail.example")
        )
    )
    path = land(buried, "web/events/late.jsonl", hers.encode())
    take_in(buried)
    assert path.read_bytes().strip() == b""


@pytest.mark.parametrize("sign", ["\\ud83d", "\\udcff", "%ff", "\udcff"])
def test_a_broken_sign_stops_no_taking_in(buried: Settings, sign: str) -> None:
    """Half a sign of two, as a text that was cut short leaves it."""
    text = f'{{"a": "{sign}@x.example"}}\n{{"b": "{sign} ann.alder%40mail.example"}}\n'
    path = land(buried, WEB, text.encode("utf-8", "surrogateescape"))
    [entry] = take_in(buried)
    assert (entry.line_count, entry.erased_count) == (1, 1)
    assert b"ann.alder" not in path.read_bytes()
