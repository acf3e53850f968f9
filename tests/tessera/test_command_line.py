"""The command line answers mistakes with a sentence, and loads only what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from simulator.chunk import ChunkResult, write_chunk
from simulator.world import World
from tessera.main import commands
from tessera.simulate import simulate_into
from warehouse.beginning import make_raw_folder
from warehouse.contract import whole_contract
from warehouse.errors import TesseraError
from warehouse.ledger import take_in
from warehouse.locking import run_lock
from warehouse.settings import PROJECT_DIR, load_settings

HEAVY = ("dagster", "dbt", "great_expectations", "pandas", "sklearn", "simulator")


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TESSERA_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def say(*words: str) -> Result:
    return CliRunner().invoke(commands, list(words))


def test_help_shows_every_command_in_its_group() -> None:
    shown = say("--help").output
    for word in ("demo", "simulate", "run", "dev", "segments", "status", "Work"):
        assert word in shown


def test_starting_loads_nothing_heavy() -> None:
    program = (
        "import sys; import tessera.main;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_DIR, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_a_mistake_ends_with_its_sentence_and_code_2() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from tessera.main import app; app()", "run"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "nothing has landed yet" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run"], "nothing has landed yet"),
        (["run", "--as-of", "yesterday"], "ISO 8601"),
        (["run", "--accept", "ingest:volume"], "with a reason"),
        (["run", "--reason", "because"], "with a reason"),
        (["run", "--accept", "ingst:volume", "--reason", "x"], "Did you mean `ingest`"),
        (["run", "--accept", "ingest", "--reason", "x"], "names no entry"),
        (["run", "--example", "online_retail"], "its name and its input"),
        (["run", "--input", "somewhere"], "its name and its input"),
        (["run", "--example", "web_shp", "--input", "x"], "Did you mean `web_shop`"),
        (["segments"], "nothing was published yet"),
    ],
)
def test_mistakes_are_told(words: list[str], told: str) -> None:
    result = say(*words)
    assert isinstance(result.exception, TesseraError)
    assert told in str(result.exception)


def test_status_of_nothing_is_no_mistake() -> None:
    result = say("status")
    assert result.exit_code == 0
    assert "nothing yet" in result.output


def test_status_tells_what_nobody_reads(own_data: Path) -> None:
    stray = own_data / "raw" / "shop" / "custmers" / "all.csv"
    stray.parent.mkdir(parents=True)
    stray.write_text("id\n1\n")
    assert "shop/custmers is not read" in say("status").output.replace("\n", " ")


def test_simulate_writes_what_the_ledger_knows(own_data: Path) -> None:
    result = say("simulate", "--customers", "20", "--days", "60", "--seed", "3")
    assert result.exit_code == 0, result.output
    entities = {(file.source, file.entity) for file in take_in(load_settings())}
    assert {("web", "events"), ("shop", "orders"), ("esp", "events")} <= entities
    assert (own_data / "truth").is_dir()


@pytest.mark.parametrize("name", ["web/events/day.jsonl", "ga4/events/x", "notes.md"])
def test_two_shops_never_mix(own_data: Path, name: str) -> None:
    file = own_data / "raw" / name
    file.parent.mkdir(parents=True)
    file.write_text("{}\n")
    with pytest.raises(TesseraError, match="two shops would mix") as refused:
        simulate_into(own_data / "raw", customers=10, days=10, seed=1)
    assert name in str(refused.value)
    assert file.read_text() == "{}\n"


def test_a_folder_of_guides_takes_the_shop(own_data: Path) -> None:
    guides = list(make_raw_folder(own_data / "raw", whole_contract()))
    guides[0].path.write_text("Ask Ada.\n")
    texts = {guide.path: guide.path.read_bytes() for guide in guides}
    simulate_into(own_data / "raw", customers=20, days=60, seed=3)
    assert {path.name for path in own_data.iterdir()} == {"raw", "truth"}
    assert {path: path.read_bytes() for path in texts} == texts
    entities = {(file.source, file.entity) for file in take_in(load_settings())}
    assert {("web", "events"), ("shop", "orders"), ("esp", "events")} <= entities


def test_what_lands_meanwhile_is_not_lost(
    own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [guide, *_] = make_raw_folder(own_data / "raw", whole_contract())
    late = guide.path.with_name("late.jsonl")

    def landing(world: World, chunk: int, out: Path) -> ChunkResult:
        late.write_text("{}\n")
        return write_chunk(world, chunk, out)

    monkeypatch.setattr("simulator.simulation.write_chunk", landing)
    with pytest.raises(TesseraError, match="two shops would mix"):
        simulate_into(own_data / "raw", customers=20, days=60, seed=3)
    assert late.read_text() == "{}\n"
    assert guide.path.is_file()


def test_half_a_shop_is_none(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(world: World, chunk: int, out: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("simulator.simulation.write_chunk", broken_off)
        with pytest.raises(KeyboardInterrupt):
            simulate_into(own_data / "raw", customers=20, days=60, seed=3)
    assert {path.name for path in own_data.iterdir()} == {
        "raw.unfinished",
        "truth.unfinished",
    }
    simulate_into(own_data / "raw", customers=20, days=60, seed=3)
    assert {path.name for path in own_data.iterdir()} == {"raw", "truth"}


def test_a_linked_folder_takes_the_shop(own_data: Path, tmp_path: Path) -> None:
    (tmp_path / "large disk" / "raw").mkdir(parents=True)
    own_data.mkdir()
    (own_data / "raw").symlink_to(tmp_path / "large disk" / "raw")
    simulate_into(own_data / "raw", customers=20, days=60, seed=3)
    assert {path.name for path in own_data.iterdir()} == {"raw", "truth"}
    assert (tmp_path / "large disk" / "raw" / "web" / "events").is_dir()


@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_second_run_is_refused_before_anything_heavy_is_loaded(
    command: str, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To import it fails now.
    monkeypatch.setitem(sys.modules, "orchestration.execution", None)
    with run_lock(load_settings()):
        result = say(command)
    assert isinstance(result.exception, TesseraError)
    assert "another run is at work" in str(result.exception)
    assert isinstance(say(command).exception, ImportError)
