"""Drawn histories: the ledger tells what the oracle tells, of every moment."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.ledger.oracle import Member, Oracle
from tests.ledger.shop import SEGMENTS, Shop
from tests.pipeline.live import in_memory
from warehouse.beliefs import members

START = datetime(2026, 1, 1)
RUNS, CUSTOMERS = 12, 14
HISTORIES = 3


def drawn(chance: random.Random) -> list[tuple[datetime, set[Member]]]:
    """Runs of a shop: moments that go on, stay, or fall back; people who come, move,
    merge with others and part from them."""
    moment, last = START, set[Member]()
    runs = []
    for _ in range(RUNS):
        moment += timedelta(days=chance.choice([0, 0, 1, 1, 1, 2]))
        at = moment - timedelta(days=chance.choice([0, 0, 0, 0, 0, 1]))
        gone = {f"c{n}" for n in range(CUSTOMERS) if chance.random() < 0.15}
        now = {
            (f"c{n}", segment)
            for n in range(CUSTOMERS)
            for segment in SEGMENTS
            if (
                (f"c{n}", segment) in last
                if chance.random() < 0.7
                else chance.random() < 0.4
            )
        }
        last = {member for member in now if member[0] not in gone}
        runs.append((at, last))
    return runs


def recorded_at(shop: Shop) -> datetime:
    [(moment,)] = shop.asked("select max(recorded_at) from ledger.segment_runs")
    assert isinstance(moment, datetime)
    return moment


def check(seed: int, compile_dir: Path) -> None:
    chance = random.Random(seed)
    oracle = Oracle()
    with in_memory() as build:
        shop = Shop(build, compile_dir)
        known = [START]
        for number, (moment, held) in enumerate(drawn(chance)):
            said = shop.run(moment, held, run_id=f"run {number}")
            if not said.refusal:
                known.append(recorded_at(shop))
            oracle.run(moment, known[-1], held)
        standing = shop.asked(
            "select customer_id, segment_name, entered_at, left_at"
            " from marts.segment_history where superseded_at is null"
        )
        assert len(standing) == len(set(standing))
        assert set(standing) == oracle.intervals(), seed
        build.execute("use tessera.marts")
        days = [START + timedelta(days=day / 2) for day in range(-1, 2 * RUNS)]
        for at in chance.sample(days, 6):
            for then in chance.sample(known, min(6, len(known))):
                for segment in SEGMENTS:
                    found = members(build, segment, at, then)
                    assert found == oracle.members(segment, at, then), (seed, at, then)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_ledger_tells_what_the_oracle_tells(seed: int, compile_dir: Path) -> None:
    check(seed, compile_dir)


@pytest.mark.soak
def test_many_histories(compile_dir: Path) -> None:
    for seed in range(HISTORIES, 300):
        check(seed, compile_dir)
