"""What the listing shows, and to whom: reasons and places, texts only when asked."""

import shutil
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.bad_input.conftest import land
from tests.quarantine.conftest import CUSTOMERS, EVENTS, Says, build, mend
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.settings import Settings


def test_reasons_are_listed_with_a_place_each(odd_shop: Settings, say: Says) -> None:
    listed = say("quarantine").output
    rows = [line.split() for line in listed.splitlines()]
    assert ["web/events", "malformed_json", "1", "0", "1"] in [row[:5] for row in rows]
    assert f"{EVENTS}:2" in listed
    assert ["shop/customers", "bad_timestamp", "2", "0", "1"] in [
        row[:5] for row in rows
    ]
    assert f"{CUSTOMERS}:4" in listed


def test_no_person_is_shown_unless_asked(odd_shop: Settings, say: Says) -> None:
    assert "@shop.example" not in say("quarantine").output
    shown = say("quarantine", "--show-text", "--reason", "malformed_line").output
    assert "short,short@shop.example" in shown
    assert "device-broken" not in shown


@pytest.mark.parametrize(
    ("words", "seen", "unseen"),
    [
        (["--source", "web"], "malformed_json", "bad_timestamp"),
        (["--entity", "customers"], "malformed_line", "malformed_json"),
        (["--reason", "malformed_line"], "malformed_line", "bad_timestamp"),
        (["--path", EVENTS], "missing_timestamp", "bad_timestamp"),
        (["--path", "shop"], "bad_timestamp", "missing_timestamp"),
        (["--path", "web/*/day*"], "missing_timestamp", "bad_timestamp"),
    ],
)
def test_the_listing_narrows(
    odd_shop: Settings, say: Says, words: list[str], seen: str, unseen: str
) -> None:
    listed = say("quarantine", *words).output
    assert seen in listed
    assert unseen not in listed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--source", "wep"], "Did you mean `web`"),
        (["--entity", "event"], "Did you mean `events`"),
        (["--reason", "bad_timestmp"], "Did you mean `bad_timestamp`"),
    ],
)
def test_a_misspelt_name_is_told(
    odd_shop: Settings, say: Says, words: list[str], told: str
) -> None:
    result = say("quarantine", *words)
    assert isinstance(result.exception, TesseraError)
    assert told in str(result.exception)


def test_nothing_built_says_what_to_do(settings: Settings, say: Says) -> None:
    land(settings, EVENTS, b"{}")
    result = say("quarantine")
    assert "Run `tessera run`" in str(result.exception)


def test_lines_are_written_for_their_owner_alone_and_never_over(
    odd_shop: Settings, say: Says, tmp_path: Path
) -> None:
    out = tmp_path / "to mend.txt"
    said = say("quarantine", "--source", "shop", "--out", str(out))
    assert "3 lines were written" in said.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    text = out.read_text()
    assert f"#> {CUSTOMERS}:3 load 1 malformed_line\nshort,short@shop.example" in text
    assert "#| id,email,first_name,created_at,updated_at\n" in text
    again = say("quarantine", "--out", str(out))
    assert "may hold somebody's mended lines" in str(again.exception)
    assert out.read_text() == text


def test_without_rules_or_lines_mended_a_replay_says_so(
    odd_shop: Settings, say: Says
) -> None:
    said = " ".join(say("quarantine", "replay").output.split())
    assert "5 lines are set aside, and no rule has changed" in said


def test_mended_rules_are_seen(
    odd_shop: Settings, say: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.judging.fingerprint", lambda *_: "other rules")
    said = say("quarantine", "replay", "--no-run").output
    assert "Rules have changed" in said


def test_without_a_build_nothing_is_made_up(odd_shop: Settings, say: Says) -> None:
    shutil.rmtree(odd_shop.build_dir)
    assert "nothing was built yet" in str(say("quarantine").exception)


def test_a_replay_tells_what_became_of_each_line(
    odd_shop: Settings, say: Says, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a build in the place of the whole run; a failed gate is exit code 1."""

    def failed_run(settings: Settings) -> bool:
        build(settings)
        return False

    monkeypatch.setattr("tessera.replay._run", failed_run)
    out = tmp_path / "to mend.txt"
    say("quarantine", "--source", "shop", "--out", str(out))
    mend(out, ("yesterday", "2025-01-01"), ("tomorrow", "next week"))
    said = say("quarantine", "replay", str(out))
    assert said.exit_code == 1
    assert "1 taken in of shop/customers/replay-" in said.output
    assert "1 set aside again: bad_timestamp" in said.output
    assert "Nothing new to take in" in say("quarantine", "replay", str(out)).output


def test_a_second_replay_says_what_still_waits_for_a_run(
    odd_shop: Settings, say: Says, tmp_path: Path
) -> None:
    out = tmp_path / "to mend.txt"
    say("quarantine", "--source", "shop", "--out", str(out))
    mend(out, ("yesterday", "2025-01-01"))
    say("quarantine", "replay", str(out), "--no-run")
    again = say("quarantine", "replay", str(out), "--no-run").output
    assert "1 mended lines wait for `tessera run`" in again
    build(odd_shop)
    after = say("quarantine", "replay", str(out), "--no-run").output
    assert "Nothing new to take in" in after
    assert "wait" not in after


def test_without_a_build_the_publication_still_counts(
    odd_shop: Settings, say: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = odd_shop.data_dir / "published.duckdb"
    with connect(database) as published:
        path = str(odd_shop.build_path).replace("'", "''")
        published.execute(f"attach '{path}' as b (read_only)")
        published.execute("create table data_quality as from b.marts.data_quality")
    shutil.rmtree(odd_shop.build_dir)
    stand_in = SimpleNamespace(id="20250101", database=database)
    monkeypatch.setattr("tessera.accounts.current", lambda _: stand_in)
    said = " ".join(say("quarantine").output.split())
    assert "3 lines of shop/customers are set aside. 2 lines of web/events" in said
    assert "the build database alone, which is gone" in said


@pytest.mark.parametrize(
    "words",
    [
        ("--conflicts", "--out", "aside.txt"),
        ("--conflicts", "--path", "web/*"),
        ("--files", "--show-text"),
        ("--files", "--conflicts"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    say: Says, words: tuple[str, ...]
) -> None:
    told = say("quarantine", *words)
    assert isinstance(told.exception, TesseraError)
    assert "does not go with" in str(told.exception)
