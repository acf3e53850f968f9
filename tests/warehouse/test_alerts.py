"""An alert is noted first, and then handed to the operator's own command."""

import json
import sys
from pathlib import Path

import pytest

from warehouse.alerts import alerts_path, raise_alert
from warehouse.settings import Settings

ALERT = {"run_id": "r1", "what": "the gate `ingest` said: 1 failed; $(touch x)"}
COPY = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"


def command(monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    monkeypatch.setattr(
        "warehouse.alerts.variables", lambda _: {"alert_command": value}
    )


def test_each_alert_is_a_line_and_goes_to_the_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    command(monkeypatch, [sys.executable, "-c", COPY, str(copy)])
    assert raise_alert(settings, ALERT).startswith("Handed to")
    command(monkeypatch, [])
    assert "names no command" in raise_alert(settings, {**ALERT, "run_id": "r2"})
    noted = [
        json.loads(line) for line in alerts_path(settings).read_text().splitlines()
    ]
    assert [one["run_id"] for one in noted] == ["r1", "r2"]
    assert json.loads(copy.read_text()) == ALERT


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (["/no/such/program"], "FileNotFoundError"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "ended with 3"),
        ("mail operators", "is no list of words"),
    ],
)
def test_a_command_that_fails_hides_no_alert(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, value: object, says: str
) -> None:
    command(monkeypatch, value)
    said = raise_alert(settings, ALERT)
    assert said.startswith("Not handed on")
    assert says in said
    assert json.loads(alerts_path(settings).read_text()) == ALERT
