"""`tessera erase`: says in counts what goes, asks, proves, and never names anybody."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tessera.main import commands
from tests.erasure.people import ANN, BOB, HOUSE_PHONE, land
from tests.erasure.test_erase import contents
from warehouse.erasure.erasing import Outcome, Proof
from warehouse.erasure.identifiers import Identifier, Kind
from warehouse.erasure.plan import plan_path
from warehouse.erasure.tombstones import read_tombstones, record_path
from warehouse.errors import TesseraError
from warehouse.ledger import read_ledger
from warehouse.settings import Settings

Says = Callable[..., Result]


@pytest.fixture
def say(shop: Settings, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Type `tessera erase` on the shop, in a wide terminal."""

    monkeypatch.setenv("TESSERA_DATA", str(shop.data_dir))
    monkeypatch.setattr("tessera.output.console.width", 200)

    def spoken(*words: str, answer: str = "") -> Result:
        return CliRunner().invoke(commands, ["erase", *words], input=answer)

    return spoken


def told(result: Result) -> str:
    """What was said, or the sentence of the error."""
    return f"{result.output} {result.exception or ''}"


def test_a_dry_run_tells_counts_and_changes_nothing(shop: Settings, say: Says) -> None:
    before = contents(shop.data_dir)
    result = say("--email", ANN, "--dry-run")
    assert result.exit_code == 0, told(result)
    assert "1 customers with 5 records (1 of crm, 1 of esp, 1 of shop, 2 of web)" in (
        result.output
    )
    assert "1 contact, 2 device, 1 email, 2 order, 1 phone, 1 refund, 1 user id" in (
        result.output
    )
    assert "17 records in 11 raw files" in result.output
    assert "spelled right" not in result.output
    after = contents(shop.data_dir)
    after.pop("build/run.lock")
    assert after == {name: data for name, data in before.items() if name in after}


def test_whom_nobody_knows_may_be_misspelt(say: Says) -> None:
    result = say("--email", "nobody.of.them@mail.example", "--dry-run")
    assert result.exit_code == 0, told(result)
    assert "Nobody is known by that: is it spelled right?" in result.output
    assert "nobody.of" not in result.output


def test_no_is_no(shop: Settings, say: Says) -> None:
    result = say("--email", ANN, answer="n\n")
    assert (result.exit_code, "Nothing was changed." in result.output) == (0, True)
    assert not record_path(shop).exists()


def test_several_people_from_a_file(shop: Settings, say: Says, tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(f"phone,email,note\n,{ANN},x\n,{BOB},\n")
    result = say("--from", str(file), "--dry-run")
    assert result.exit_code == 0, told(result)
    assert "2 customers" in result.output
    assert "2 email" in result.output
    assert "2 user id" in result.output


def test_who_asked_in_a_file_is_erased_with_proof(shop: Settings, say: Says) -> None:
    """Any line that names somebody counts, and goes with them."""
    asked = f"user_id,email,requested_at\n,{ANN},soon\n,,2025-06-01\n7000000042,,\n"
    path = land(shop, "identity/erasures/june.csv", asked.encode())
    assert "2 requests to be erased wait" in said_by_status()
    result = say("--requested", "--no-run", answer="y\n")
    assert result.exit_code == 0, told(result)
    assert "2 requests to be erased." in result.output
    assert "1 more name nobody" in result.output
    assert "1 customers" in result.output
    assert "Nothing of them is left." in result.output
    lines = [line.split() for line in result.output.splitlines()]
    [raw] = [line for line in lines if line[:2] == ["raw", "files"]]
    assert raw[-3:] == ["12", "19", "0"]
    assert "alder" not in result.output.lower()
    assert not plan_path(shop).exists()

    assert path.read_text() == "user_id,email,requested_at\n\n,,2025-06-01\n\n"
    [entry] = [one for one in read_ledger(shop) if one.entity == "erasures"]
    assert (entry.line_count, entry.erased_count) == (1, 2)
    assert "wait:" not in said_by_status()
    tombstones = read_tombstones(shop)
    assert tombstones is not None
    assert tombstones.erasure_of(Identifier(Kind.EMAIL, ANN)) is not None
    assert "not built yet" in told(say("--email", ANN, "--dry-run"))


def test_a_request_that_names_no_one_person_keeps_nobody_waiting(
    shop: Settings, say: Says
) -> None:
    asked = f"email,phone,requested_at\ntest@test.com,,2025-06-01\n{ANN},,2025-06-01\n"
    path = land(shop, "identity/erasures/june.csv", asked.encode())
    result = say("--requested", "--dry-run")
    assert result.exit_code == 0, told(result)
    assert "erasures/june.csv, line 2: " in " ".join(result.output.split())
    assert "1 customers" in result.output
    assert path.read_text() == asked


def test_a_record_names_one_customer(shop: Settings, say: Says) -> None:
    result = say("--record", "shop:7000000042", "--dry-run")
    assert result.exit_code == 0, told(result)
    assert "1 customers" in result.output


def said_by_status() -> str:
    """What `tessera status` says of the shop."""
    result = CliRunner().invoke(commands, ["status"])
    assert result.exit_code == 0, told(result)
    return result.output


def test_nobody_asked(shop: Settings, say: Says) -> None:
    result = say("--requested", "--yes")
    assert (result.exit_code, "Nobody asks" in result.output) == (0, True)
    assert not record_path(shop).exists()


def test_what_is_left_is_named_with_exit_code_1(
    shop: Settings, say: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A packed file that still grows cannot be rewritten: see test_looking."""
    proof = Proof("raw files", 12, 17, 1, ["later.jsonl.gz.open"])
    outcome = Outcome([proof], ["2025-06-01"])
    monkeypatch.setattr("tessera.erase.erase", lambda *given: outcome)
    result = say("--email", ANN, "--yes", "--no-run")
    assert result.exit_code == 1
    assert "left in later.jsonl.gz.open" in result.output
    assert "Publication 2025-06-01 could not be rewritten: removed." in result.output
    assert "Nothing of them is left" not in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "nobody was named"),
        (("--email", "ann"), "--email: this is no email"),
        (("--phone", "12"), "--phone: this is no phone"),
        (("--user-id", " "), "--user-id: this is no user id"),
        (("--phone", HOUSE_PHONE), "not one person's"),
        (("--from", "nowhere.csv"), "nowhere.csv: this file cannot be read"),
    ],
)
def test_a_mistake_is_told_and_changes_nothing(
    shop: Settings, say: Says, words: tuple[str, ...], sentence: str
) -> None:
    result = say(*words, "--yes")
    assert isinstance(result.exception, TesseraError)
    assert sentence in str(result.exception).replace("This", "this")
    assert not record_path(shop).exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name\nann\n", "this file names nobody"),
        ("", "this file names nobody"),
        ("email,phone\n,\n", "line 2: this row names nobody"),
        ("email\nann\n", "line 2: this is no email"),
    ],
)
def test_a_file_that_names_nobody_is_refused(
    shop: Settings, say: Says, tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(text)
    result = say("--from", str(file), "--yes")
    assert sentence.lower() in str(result.exception).lower()
    assert not record_path(shop).exists()


def test_there_is_nothing_to_finish(shop: Settings, say: Says) -> None:
    assert say("--finish").exit_code == 0
