"""The canary of the matching: records that come later change nothing known before."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.matching import matched
from tests.pipeline.conftest import AS_OF, MODELS_ONLY, land
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import Settings

FIRST = AS_OF - timedelta(days=21)
WEEKS = list(range(7, 140, 7))
RECORDS = [f"+{name},{MODELS_ONLY}" for name in ("match_records", "feature_moments")]
HEADER = (
    "contact_id,first_name,last_name,email,phone,birth_date,street,city,postcode,"
    "country,do_not_email,do_not_call,created_at,updated_at\n"
)
Rows = list[tuple[Any, ...]]


def run(settings: Settings, moment: datetime) -> None:
    """The steps of a run up to who is who, with the matching."""
    clock = {"as_of": moment.isoformat(sep=" "), "training_moments_days": WEEKS}
    dbt_build(settings, select=["resource_type:seed", *RECORDS], variables=clock)
    matched(settings, {})
    dbt_build(settings, select=[f"identity,{MODELS_ONLY}"], variables=clock)


def rows(settings: Settings, query: str) -> Rows:
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def known(settings: Settings, until: datetime) -> Rows:
    """Who was who at each past moment."""
    return rows(
        settings,
        "from identity.identity_as_known where as_of_at in (select as_of_at from"
        f" staging.feature_moments where not is_now and as_of_at <= '{until}')"
        " order by all",
    )


def later_contacts(settings: Settings) -> str:
    """Everybody once more with a slip in the name, and a crowd of one rare name."""
    at = (FIRST + timedelta(days=5)).strftime("%Y-%m-%d %H:%M:%S")
    people = rows(
        settings,
        "select record_id, first_name, last_name, postcode, city"
        " from identity.match_records where source = 'crm' order by all",
    )
    lines = [
        f"later-{number},{first},{last}n,,,,,{city},{postcode},DE,,,{at},{at}\n"
        for number, (_, first, last, postcode, city) in enumerate(people)
    ]
    _, first, last, *_ = people[0]
    crowd = [
        f"crowd-{number},{first},{last},,,,,town,{number:05d},DE,,,{at},{at}\n"
        for number in range(60)
    ]
    return HEADER + "".join([*lines, *crowd])


@pytest.fixture(scope="module")
def shops(
    small_shop: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, Settings]]:
    """The shop as it was after its first run, and after records landed and a second."""
    before = Settings(small_shop.project_dir, tmp_path_factory.mktemp("canary"))
    shutil.copytree(small_shop.raw_dir, before.raw_dir)
    run(before, FIRST)
    after = Settings(small_shop.project_dir, tmp_path_factory.mktemp("canary later"))
    shutil.copytree(before.data_dir, after.data_dir, dirs_exist_ok=True)
    land(after, "crm", "contacts", "later.csv", later_contacts(before))
    run(after, AS_OF)
    yield before, after
