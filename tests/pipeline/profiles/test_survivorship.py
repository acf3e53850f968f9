"""Drawn people with many records: the profiles of the models, and an oracle's."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
import yaml
from duckdb import DuckDBPyConnection
from hypothesis import strategies as st

from tests.behavior.conftest import drawn
from tests.pipeline.live import in_memory, run_models
from tests.pipeline.profiles import oracle
from warehouse.settings import PROJECT_DIR, Settings

SURVIVORSHIP = (
    *("attribute_claims", "profile_choices", "profile_lineage"),
    *("consent_verdicts", "consents", "golden_profiles"),
)
GIVEN = """
    create schema identity;
    create table identity.profile_statements (
        record_id varchar, source varchar, updated_at timestamp, email varchar,
        phone varchar, first_name varchar, last_name varchar, birth_on varchar,
        street varchar, city varchar, postcode varchar, country_code varchar
    );
    create table identity.verified_emails (email varchar, arrived_at timestamp);
    create table identity.identity_map (
        record_id varchar, customer_id varchar, as_of_at timestamp,
        first_received_at timestamp
    );
    create table identity.consent_statements (
        record_id varchar, source varchar, channel varchar, kind varchar,
        stated_at timestamp, told_by varchar
    );
    create table identity.denied_statements (
        customer_id varchar, record_id varchar, source varchar,
        identifier_type varchar, stated_value varchar
    );
    create table identity.refused_elsewhere (customer_id varchar, channel varchar);
"""
NOON = datetime(2025, 6, 15, 12)
# Spellings of one value stand beside others.
POOLS = {
    "email": ["ann@x.example", "bob@x.example", "cy@y.example"],
    "phone": [
        "+49 151 1234567",
        "0151 1234567",
        "(0160) 99 99 999",
        "+49 30 1234567",
        "030 1234567",
    ],
    "first_name": ["Ann", "ANN", "Änn", "Bob"],
    "last_name": ["Rapp", "rapp ", "Roth"],
    "birth_on": ["1980-01-01", "1980-01-02"],
    "street": ["Am Weg 1", "am weg 1", "Gasse 2"],
    "city": ["Ulm", "Bonn"],
    "postcode": ["89073", "53111"],
    "country_code": ["DE"],
}
VERIFIED = frozenset(["bob@x.example"])
VALUES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(pool) for name, pool in POOLS.items()}
)
RECORD = st.tuples(
    st.sampled_from(["shop", "crm", "esp", "web", "unheard"]),
    st.lists(st.tuples(VALUES, st.integers(0, 2)), min_size=1, max_size=2),
)
PEOPLE = st.lists(RECORD, min_size=1, max_size=6)
SAID = st.lists(
    st.tuples(st.sampled_from(["yes", "opt_in", "refusal"]), st.integers(0, 2)),
    max_size=4,
)


@cache
def groups() -> list[dict[str, Any]]:
    """The groups of the project's survivorship.yml."""
    file = PROJECT_DIR / "models/identity/survivorship.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["models"][0]["config"]["meta"]["survivorship"]
    return found


def told(people: list[Any]) -> list[oracle.Statement]:
    """The statements of drawn people, in the names of their records."""
    return [
        oracle.Statement(
            f"c-{number}",
            f"{source}:{number}-{place}",
            source,
            NOON + timedelta(seconds=seconds),
            values,
        )
        for number, records in enumerate(people)
        for place, (source, seen) in enumerate(records)
        for values, seconds in seen
    ]


def empty() -> DuckDBPyConnection:
    """A database with the tables that these models read, and no rows."""
    database = in_memory()
    database.execute(GIVEN)
    return database


@pytest.fixture(scope="module")
def shop(small_shop: Settings) -> tuple[Any, Any]:
    """One database of all drawn people: the rows of each, and what they said."""
    statements = told(drawn(PEOPLE, 400, seed=5))
    database = empty()
    for one in statements:
        if not one.values:
            continue
        row = {"record_id": one.record, "source": one.source}
        row |= {"updated_at": str(one.updated_at), **one.values}
        database.execute(
            f"insert into identity.profile_statements ({', '.join(row)})"
            f" values ({', '.join('?' for _ in row)})",
            list(row.values()),
        )
    owners = sorted({(one.record, one.customer) for one in statements})
    database.executemany(
        "insert into identity.identity_map values (?, ?, null, null)", owners
    )
    database.executemany(
        "insert into identity.verified_emails values (?, null)",
        [[email] for email in VERIFIED],
    )
    run_models(small_shop, database, SURVIVORSHIP)
    return database, statements


def by_customer(
    statements: list[oracle.Statement],
) -> dict[str, list[oracle.Statement]]:
    found: dict[str, list[oracle.Statement]] = defaultdict(list)
    for one in statements:
        if one.values:
            found[one.customer].append(one)
    return found


def expected(
    statements: list[oracle.Statement],
) -> dict[tuple[str, str], list[oracle.Choice]]:
    """Of each customer and group: the oracle's choices."""
    return {
        (customer, group["name"]): oracle.choices(group, said, VERIFIED)
        for customer, said in by_customer(statements).items()
        for group in groups()
    }


def test_each_claim_has_its_place_and_its_criterion(shop: tuple[Any, Any]) -> None:
    database, statements = shop
    columns = ", ".join(oracle.ATTRIBUTES)
    rows = database.execute(
        "select customer_id, group_name, record_id, place, lost_by, is_same_value,"
        f" [{columns}] from identity.profile_choices"
    ).fetchall()
    held = {group["name"]: group["attributes"] for group in groups()}
    places = {name: place for place, name in enumerate(oracle.ATTRIBUTES)}
    found = {
        (
            *(customer, group, record, place, lost_by, same),
            tuple(values[places[name]] for name in held[group]),
        )
        for customer, group, record, place, lost_by, same, values in rows
    }
    assert len(found) == len(rows) > 1000
    assert found == {
        (
            *(customer, group, one.claim.record, one.place),
            *(one.lost_by, one.is_same_value, one.claim.values),
        )
        for (customer, group), chosen in expected(statements).items()
        for one in chosen
    }
    # Every criterion decides somewhere, or this test shows nothing of it.
    criteria = {name for group in groups() for name in group["criteria"]}
    assert {row[4] for row in rows} == {None, "tie_break", *criteria}


def test_lineage_tells_the_survivor_and_all_losers(shop: tuple[Any, Any]) -> None:
    database, statements = shop
    rows = database.execute(
        "select customer_id, attribute_name, attribute_value, record_id, rule,"
        " agreeing_record_count, [one.record_id for one in losers],"
        " [one.lost_by for one in losers] from identity.profile_lineage"
    ).fetchall()
    wanted = {}
    for (customer, group_name), chosen in expected(statements).items():
        if not chosen:
            continue
        (group,) = (one for one in groups() if one["name"] == group_name)
        best = chosen[0].claim
        losers = [one for one in chosen if not one.is_same_value]
        agreeing = {one.claim.record for one in chosen if one.is_same_value}
        for name, value in zip(group["attributes"], best.values, strict=True):
            if value is not None:
                wanted[customer, name] = (
                    *(value, best.record),
                    losers[0].lost_by if losers else "only_value",
                    *(len(agreeing), [one.claim.record for one in losers]),
                    [one.lost_by for one in losers],
                )
    assert {(row[0], row[1]): row[2:] for row in rows} == wanted
    assert len(rows) == len(wanted) > 1000


def test_no_group_is_half_of_one_record_and_half_of_another(
    shop: tuple[Any, Any],
) -> None:
    database, statements = shop
    for group in groups():
        names = group["attributes"]
        rows = database.execute(
            f"select customer_id, [{', '.join(f'{name}::varchar' for name in names)}]"
            " from identity.golden_profiles"
        ).fetchall()
        told_whole = defaultdict(set)
        for customer, said in by_customer(statements).items():
            for one in oracle.claims_of(group, said):
                told_whole[customer].add(one.values)
        survived = {c: tuple(v) for c, v in rows if any(one for one in v)}
        assert survived.keys() == {c for c, v in told_whole.items() if v}
        assert all(survived[c] in told_whole[c] for c in survived)


def test_a_mask_shows_no_whole_value(shop: tuple[Any, Any]) -> None:
    database, _ = shop
    shown = database.execute(
        "select distinct attribute_name, one.masked_value"
        " from identity.profile_lineage, unnest(losers) as rows(one)"
        " where one.masked_value is not null"
    ).fetchall()
    assert {attribute for attribute, _ in shown} >= set(POOLS) - {"country_code"}
    for attribute, masked in shown:
        assert "…" in masked
        assert masked not in POOLS[attribute]
    assert ("email", "a…@x.example") in shown


def test_consent_is_the_strictest_or_a_later_opt_in(small_shop: Settings) -> None:
    database = empty()
    people = drawn(st.tuples(SAID, SAID), 300, seed=6)
    for number, channels in enumerate(people):
        for channel, said in zip(("email", "sms"), channels, strict=True):
            for place, (kind, seconds) in enumerate(said):
                record = f"r-{number}-{place % 2}"
                database.execute(
                    "insert into identity.consent_statements"
                    " values (?, 'esp', ?, ?, ?, 'a')",
                    [record, channel, kind, NOON + timedelta(seconds=seconds)],
                )
        database.executemany(
            "insert into identity.identity_map values (?, ?, null, null)",
            [[f"r-{number}-{place}", f"c-{number}"] for place in range(2)],
        )
    run_models(small_shop, database, ["consent_verdicts"])
    rows = database.execute(
        "select customer_id, channel, is_allowed from identity.consent_verdicts"
    ).fetchall()
    assert {(customer, channel): verdict for customer, channel, verdict in rows} == {
        (f"c-{number}", channel): oracle.may_be_written_to(
            [(kind, NOON + timedelta(seconds=seconds)) for kind, seconds in said]
        )
        for number, channels in enumerate(people)
        for channel, said in zip(("email", "sms"), channels, strict=True)
        if said
    }
