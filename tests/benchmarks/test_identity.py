"""Pairs are counted right; how many there should be is the benchmark's own matter."""

import math
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.identity import REGISTERS, WITH_DEVICES
from benchmarks.identity_pairs import Pairs, count_pairs, figures
from benchmarks.identity_sets import SETS, land
from warehouse.connection import connect
from warehouse.settings import PROJECT_DIR, Settings

# Ann has three records of a register and a device, Bo has one, with a capital letter.
TRUTH = """
copy (
    select *
    from (values
        ('shop', '1', 10), ('shop', '2', 10), ('crm', '3', 10), ('web', 'd1', 10),
        ('esp', ' Bo@mail.example', 20), ('web', 'd2', 20)
    ) as truth(source, record_key, person_id)
) to '{target}'
"""
MAPPED = """
create schema identity;
create table identity.record_attributes as select 'web:d1' as record_id;
create table identity.identity_map as
select *
from (values
    ('shop:1', 'a'), ('shop:2', 'a'), ('web:d1', 'a'),
    ('esp:' || md5('bo@mail.example'), 'a')
) as mapped(record_id, customer_id)
"""


@pytest.fixture
def judged(tmp_path: Path) -> Settings:
    settings = Settings(PROJECT_DIR, tmp_path)
    settings.truth_dir.mkdir()
    settings.build_dir.mkdir()
    with connect(settings.build_path) as connection:
        target = settings.truth_dir / "records.parquet"
        connection.execute(TRUTH.format(target=target))
        connection.execute(MAPPED)
    return settings


def test_a_record_of_nobody_stands_alone(judged: Settings) -> None:
    """Ann's contact has no customer: of her three pairs one is ours."""
    assert count_pairs(judged, REGISTERS) == Pairs(hits=1, ours=3, true=3)


def test_devices_count_that_said_who_uses_them(judged: Settings) -> None:
    assert count_pairs(judged, WITH_DEVICES) == Pairs(hits=3, ours=6, true=6)


def test_another_may_say_who_is_who(judged: Settings) -> None:
    names = ["shop:1", "shop:2", "crm:3"]
    mapped = pd.DataFrame({"record_id": names, "customer_id": ["a", "a", "a"]})
    assert count_pairs(judged, REGISTERS, mapped) == Pairs(hits=3, ours=3, true=3)


def test_nothing_found_is_no_number_and_falls_short() -> None:
    told = figures("none", Pairs(hits=0, ours=0, true=0), {"precision": 0.9})
    assert math.isnan(told[1].value)
    assert told[1].is_short


def test_precision_recall_and_their_mean() -> None:
    pairs = Pairs(hits=6, ours=8, true=12)
    assert (pairs.precision, pairs.recall, pairs.f1) == (0.75, 0.5, 0.6)


@pytest.mark.parametrize("name", SETS)
def test_a_published_set_lands_whole(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    settings = Settings(PROJECT_DIR, tmp_path)
    land(name, shared_data, settings)
    with connect() as connection:
        contacts, people = (
            connection.execute(f"select count(*) from '{file}'").fetchall()
            for file in (
                settings.raw_dir / "crm" / "contacts" / f"{name}.csv",
                settings.truth_dir / "records.parquet",
            )
        )
    assert contacts == people
    assert contacts[0][0] >= 1_000
