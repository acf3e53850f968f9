"""The record of replays survives crashes, and believes no file that is not there."""

from pathlib import Path

import pytest

from warehouse.errors import TesseraError
from warehouse.landing import landed_paths, strangers
from warehouse.replays import ReplayedRow, finish, land, read_replays
from warehouse.settings import Settings

PATH = "web/events/replay-1.jsonl"
ROW = ReplayedRow("web/events/day 1.jsonl", 1, 7, "malformed_json", 1, "abc")


def record(settings: Settings) -> Path:
    return settings.raw_dir / "replays.jsonl"


def test_a_replay_lands_and_is_noted(settings: Settings) -> None:
    noted = land(settings, PATH, "{}\n", [ROW])
    assert read_replays(settings) == [noted]
    assert noted.rows == (ROW,)
    assert list(landed_paths(settings.raw_dir)) == [settings.raw_dir / PATH]
    assert strangers(settings.raw_dir) == []


def test_a_torn_line_is_none_and_is_repaired(settings: Settings) -> None:
    first = land(settings, PATH, "{}\n", [ROW])
    with record(settings).open("a") as file:
        file.write('{"path": "web/ev')
    assert read_replays(settings) == [first]
    second = land(settings, "web/events/replay-2.jsonl", "{}\n", [ROW])
    assert read_replays(settings) == [first, second]


def test_a_crash_before_the_name_is_finished(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            land(settings, PATH, "{}\n", [ROW])
    assert list(landed_paths(settings.raw_dir)) == []
    assert [noted.path for noted in read_replays(settings)] == [PATH]
    assert finish(settings) == [PATH]
    assert finish(settings) == []
    assert (settings.raw_dir / PATH).read_text() == "{}\n"


def test_a_crash_before_the_note_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.replays._note", crash)
        with pytest.raises(KeyboardInterrupt):
            land(settings, PATH, "{}\n", [ROW])
    assert read_replays(settings) == []
    assert list(landed_paths(settings.raw_dir)) == []
    assert land(settings, PATH, "{}\n", [ROW]) in read_replays(settings)


def test_a_replay_whose_file_is_gone_mends_nothing(settings: Settings) -> None:
    land(settings, PATH, "{}\n", [ROW])
    (settings.raw_dir / PATH).unlink()
    assert read_replays(settings) == []


def test_a_broken_line_in_the_middle_is_refused(settings: Settings) -> None:
    land(settings, PATH, "{}\n", [ROW])
    whole = record(settings).read_text()
    record(settings).write_text("not a replay\n" + whole)
    with pytest.raises(TesseraError, match=r"replays\.jsonl, line 1"):
        read_replays(settings)


def test_a_folder_that_cannot_be_written_is_told(settings: Settings) -> None:
    settings.raw_dir.mkdir(parents=True)
    (settings.raw_dir / "web").write_text("a file in the place of a folder")
    with pytest.raises(TesseraError, match="cannot be written"):
        land(settings, PATH, "{}\n", [ROW])
