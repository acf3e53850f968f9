"""The canary of the matching: records that come later change nothing known before."""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from orchestration.matching import matched
from tests.ml.people import person
from tests.pipeline.conftest import AS_OF, MODELS_ONLY, land
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import PROJECT_DIR, Settings

BEGAN, FIRST = AS_OF - timedelta(days=100), AS_OF - timedelta(days=20)
RECORDS = [f"+{name},{MODELS_ONLY}" for name in ("match_records", "identity_as_known")]
ALL = ["resource_type:seed", *RECORDS]
# What a later clock changes before the matching. All records landed at the start,
# and those that the clock has not reached are as if they had not.
CHANGED = ["as_of", "feature_moments", "match_records"]
RESOLVED = ("match_links", "identity_links", "identity_as_known")
CONTACT = {
    "country": "DE",
    "do_not_email": False,
    "do_not_call": False,
}
Rows = list[tuple[Any, ...]]


def run(settings: Settings, moment: datetime, needed: Sequence[str]) -> None:
    """What a run does until it is told who is who, the matching included."""
    clock = {"as_of": str(moment), "training_moments_days": list(range(10, 100, 10))}
    dbt_build(settings, select=needed, variables=clock)
    matched(settings, {})
    dbt_build(settings, select=RESOLVED, variables=clock)


def contacts(people: list[dict[str, object]], at: datetime) -> str:
    """Records as a file of the CRM, all known since one moment."""
    frame = pd.DataFrame(people).assign(**CONTACT, created_at=at, updated_at=at)
    columns = {"record_id": "contact_id", "birth_on": "birth_date"}
    told = frame.drop(columns="known_since_at").rename(columns=columns)
    return str(told.to_csv(index=False))


def slipped(number: int) -> dict[str, object]:
    """Somebody again, of whom no rule can say who it is."""
    first = person(number)
    changes = {"last_name": f"{first['last_name']}n", "email": None, "phone": None}
    return first | changes | {"record_id": f"again-{number}"}


def rows(settings: Settings, query: str) -> Rows:
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def known(settings: Settings, until: datetime) -> Rows:
    """Who was who at each moment."""
    table = "identity.identity_as_known"
    return rows(settings, f"from {table} where as_of_at < '{until}' order by all")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Settings]:
    """A shop after its first run, and after a second one that knows more records."""
    before, after = (
        Settings(PROJECT_DIR, tmp_path_factory.mktemp(name) / "data")
        for name in ("before", "after")
    )
    people = [person(number) for number in range(200)]
    people += [person(n) | {"record_id": f"same-{n}"} for n in range(0, 200, 4)]
    people += [slipped(number) for number in range(0, 200, 5)]
    more = [slipped(number) for number in range(200) if number % 5]
    crowd = {"email": None, "phone": None, "birth_on": None, "street": None}
    more += [person(5) | crowd | {"record_id": f"crowd-{n}"} for n in range(40)]
    land(before, "crm", "contacts", "first.csv", contacts(people, BEGAN))
    later = contacts(more, FIRST + timedelta(days=5))
    land(before, "crm", "contacts", "later.csv", later)
    header = "id,customer_id,currency,total_amount,created_at,updated_at\n"
    land(before, "shop", "orders", "one.csv", f"{header}1,1,EUR,9,{BEGAN},{BEGAN}\n")
    run(before, FIRST, ALL)
    shutil.copytree(before.data_dir, after.data_dir)
    run(after, AS_OF, CHANGED)
    return before, after


def test_past_identity_is_what_it_was(shops: tuple[Settings, Settings]) -> None:
    before, after = shops
    # In its own zone the shop's midnight comes before that of the clock.
    last = FIRST - timedelta(days=1)
    assert len({moment for moment, *_ in known(before, last)}) > 5
    assert known(after, last) == known(before, last)
    # The canary can sing: of pairs that were there, other scores are told now.
    scores = "from ml.identity_pairs where model_version != 'none' order by all"
    then = {row[:2]: row[2] for row in rows(before, scores)}
    now = {row[:2]: row[2] for row in rows(after, scores)}
    assert any(now.get(pair) != probability for pair, probability in then.items())


def test_a_match_is_known_since_its_run_and_not_before(
    shops: tuple[Settings, Settings],
) -> None:
    before, after = shops
    since = "select known_since_at, count(*) from ml.identity_matches"
    assert [moment for moment, _ in rows(before, f"{since} group by all")] == [FIRST]
    told = dict(rows(after, f"{since} where retracted_at is null group by all"))
    assert set(told) == {FIRST, AS_OF}
    joined = """
        select as_of_at, count(distinct customer_id)
        from identity.identity_as_known
        where record_id in ('crm:again-5', 'crm:shop:0005')
        group by as_of_at order by as_of_at
    """
    counts = dict(rows(after, joined))
    assert {count for moment, count in counts.items() if moment < FIRST} == {2}
    assert {count for moment, count in counts.items() if moment > FIRST} == {1}
