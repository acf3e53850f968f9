"""A command that is asked to stop says so, whoever took that for a fault."""

import os
import signal
from collections.abc import Callable

import pytest

from tessera import main
from warehouse.errors import TesseraError
from warehouse.history import recorded_step, run_steps
from warehouse.settings import Settings
from warehouse.stopping import listening_to_signals, stopped_by

BOTH = pytest.mark.parametrize(
    ("by", "code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130)],
    ids=["kill", "Ctrl-C"],
)


def stop(by: signal.Signals) -> None:
    os.kill(os.getpid(), by)


def as_a_fault(by: signal.Signals) -> None:
    """What dbt makes of it: a query that was interrupted."""
    try:
        stop(by)
    except BaseException as error:
        raise TesseraError("dbt could not start its work") from error


def unheard(by: signal.Signals) -> None:
    """What Dagster does between steps: it keeps the signal for later, and fails."""
    signal.signal(by, lambda *_: None)
    stop(by)
    raise SystemExit(1)


@BOTH
@pytest.mark.parametrize("at_work", [stop, as_a_fault, unheard])
def test_it_says_by_what_and_ends_as_shells_expect(
    by: signal.Signals,
    code: int,
    at_work: Callable[[signal.Signals], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(by)
    monkeypatch.setattr(main, "commands", lambda: at_work(by))
    with pytest.raises(SystemExit) as ended:
        main.app()
    assert ended.value.code == code
    told = capsys.readouterr().err
    assert told.startswith(f"tessera: stopped by {by.name}.")
    assert "dbt" not in told
    assert signal.getsignal(by) == before
    assert stopped_by() is None


def test_what_was_done_by_then_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def done() -> None:
        signal.signal(signal.SIGTERM, lambda *_: None)
        stop(signal.SIGTERM)
        raise SystemExit(0)

    monkeypatch.setattr(main, "commands", done)
    with pytest.raises(SystemExit) as ended:
        main.app()
    assert not ended.value.code


def test_without_a_signal_a_fault_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise TesseraError("nothing has landed yet")

    monkeypatch.setattr(main, "commands", fails)
    with pytest.raises(SystemExit) as ended:
        main.app()
    assert ended.value.code == main.MISTAKE
    assert "nothing has landed yet" in capsys.readouterr().err


def test_the_record_of_the_run_tells_it(settings: Settings) -> None:
    settings.build_dir.mkdir(parents=True)
    with (
        listening_to_signals(),
        pytest.raises(TesseraError),
        recorded_step(settings, "a run", "dbt_to_records"),
    ):
        as_a_fault(signal.SIGTERM)
    [step] = run_steps(settings, "a run")
    assert (step["state"], step["detail"]) == ("failed", "Stopped by SIGTERM.")
