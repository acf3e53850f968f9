"""However the lines are split into loads, the flags and messages come out the same."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from simulator import simulate
from tests.email.conftest import build, rows, select
from warehouse.settings import PROJECT_DIR, Settings

LOADS: Final = 4
TABLES: Final = {
    "bot_visitors": "identity.bot_visitors",
    "email_events": "behavior.email_events",
    "email_engagement": "behavior.email_engagement",
}


def load_of(line: str, order: random.Random) -> int:
    """Deliveries tend to land last, so that what they judge is there before them."""
    late = '"event":"delivered"' in line
    return order.choice([0, 1, 2, 3, 3, 3] if late else [0, 0, 1, 1, 2, 3])


def split(source: Path, order: random.Random) -> list[dict[str, str]]:
    """The lines of a shop's event files in loads, each in an order of its own."""
    loads: list[dict[str, list[str]]] = [{} for _ in range(LOADS)]
    for file in sorted(source.glob("*/events/*.jsonl")):
        for line in file.read_text("utf-8", errors="replace").splitlines():
            path = file.relative_to(source).parent.as_posix()
            loads[load_of(line, order)].setdefault(path, []).append(line)
    for load in loads:
        for lines in load.values():
            order.shuffle(lines)
    return [{p: "\n".join(ls) + "\n" for p, ls in load.items()} for load in loads]


def table(settings: Settings, name: str) -> list[tuple[Any, ...]]:
    """A whole table, in a total order."""
    return rows(settings, f"select * from {TABLES[name]} order by all")


def land(settings: Settings, load: dict[str, str], number: int) -> None:
    """Put one load into the raw folder."""
    for path, text in load.items():
        target = settings.raw_dir / path / f"load-{number}.jsonl"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def marks(settings: Settings) -> dict[str, int]:
    """The newest load that each model has taken in."""
    return dict(rows(settings, "select model, load_seq from ops.high_water_marks"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A shop whose lines came in loads, with a build after each.

    Of the second the verdicts were not built, yet the messages were: they must not
    believe that they have read it.
    """
    folder = tmp_path_factory.mktemp("loads")
    simulate(folder / "whole", customers=120, days=60, seed=5)
    settings = Settings(project_dir=PROJECT_DIR, data_dir=folder / "data")
    for number, load in enumerate(split(folder / "whole", random.Random(7))):
        land(settings, load, number)
        if number == 1:
            build(settings, ("stg_esp__events", "bot_visitors"), None)
            select(settings, ["email_engagement"])
            taken = marks(settings)
            assert taken["email_engagement"] == taken["email_events"]
            assert taken["email_engagement"] < taken["base_esp__events"]
        else:
            build(settings, TABLES, None)
    return settings


@pytest.fixture(scope="module")
def rebuilt(loaded: Settings) -> Settings:
    """The same files, read at once."""
    beside = replace(loaded, build_name="rebuilt")
    build(beside, TABLES, None, full_refresh=True)
    return beside


@pytest.mark.parametrize("name", TABLES)
def test_loads_leave_no_trace(loaded: Settings, rebuilt: Settings, name: str) -> None:
    wanted = table(rebuilt, name)
    assert len(wanted) > 5
    assert table(loaded, name) == wanted


def test_the_loads_were_taken_in_one_by_one(loaded: Settings) -> None:
    """Else the test above compares a full refresh with a full refresh."""
    taken = marks(loaded)
    newest = rows(loaded, "select max(load_seq) from staging.landed_files")[0][0]
    assert {taken[name] for name in TABLES} == {newest}
    verdicts = rows(
        loaded,
        """
        select count(*) from behavior.email_events as opens
        inner join behavior.email_events as deliveries using (message_key)
        where opens.machine_reason = 'seconds after delivery'
            and deliveries.event_name = 'email_delivered'
            and deliveries.load_seq > opens.load_seq
        """,
    )
    assert verdicts[0][0] > 5
