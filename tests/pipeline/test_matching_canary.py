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
NEEDED = ("match_records", "identity_review", "identity_cuts")
ALL = ["resource_type:seed", *(f"+{name},{MODELS_ONLY}" for name in NEEDED)]
# What a later clock changes before the matching. All records landed at the start,
# and those that the clock has not reached are as if they had not.
CHANGED = ["as_of", "feature_moments", "match_records"]
RESOLVED = [
    f"{first}+,+{last},{MODELS_ONLY}"
    for first in ("identity_decisions", "identity_nodes", "match_links")
    for last in ("identity_review", "identity_cuts")
]
# A pair that the second run finds sure, and a person kept apart before.
NO = "record,crm:again-1,record,crm:shop:0001"
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
    decided = "decision,left_type,left_value,right_type,right_value,decided_at"
    moment = FIRST + timedelta(days=9)
    no = f"{decided}\ncannot_link,{NO},{moment:%Y-%m-%dT%H:%M:%SZ}\n"
    land(before, "identity", "decisions", "no.csv", no)
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


def test_a_no_of_a_person_parts_a_match_and_is_asked_no_more(
    shops: tuple[Settings, Settings],
) -> None:
    _, after = shops
    matches = "from ml.identity_matches where left_record_id = 'crm:again-1'"
    assert [row[1] for row in rows(after, matches)] == ["crm:shop:0001"]
    apart = """
        select count(distinct customer_id) from identity.identity_map
        where record_id in ('crm:again-1', 'crm:shop:0001')
    """
    assert rows(after, apart) == [(2,)]
    review = "select left_record_id, right_record_id from identity.identity_review"
    assert ("crm:again-1", "crm:shop:0001") not in rows(after, review)
    cuts = "select rule, reason from identity.identity_cuts"
    assert rows(after, cuts) == [("match", "cannot_link")]
