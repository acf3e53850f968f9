"""A publication of sixty customers, and what Python says of their segments."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from warehouse.connection import connect
from warehouse.publications import Publication

AS_OF = datetime(2025, 3, 1, 12)
Holds = Callable[["Customer"], bool]
Entry = dict[str, Any]


@dataclass(frozen=True)
class Customer:
    """One of sixty; every combination of orders, age and cluster is there."""

    number: int

    @property
    def id(self) -> str:
        """Its name."""
        return f"c{self.number:02}"

    @property
    def orders(self) -> int:
        """How many orders."""
        return self.number % 4

    @property
    def age(self) -> int | None:
        """Days since the last of them."""
        return self.number if self.orders else None

    @property
    def cluster(self) -> str | None:
        """The cluster, if any."""
        return ("quiet", "it's loud", None)[self.number % 3]

    @property
    def by_email(self) -> bool:
        """Whether an email reaches the customer."""
        return self.number % 5 == 0

    @property
    def by_sms(self) -> bool:
        """Whether a message reaches the customer."""
        return self.number % 7 == 0


EVERYBODY = [Customer(number) for number in range(60)]


def entry(name: str, where: str, priority: int, group: str = "", **keys: Any) -> Entry:
    """An entry of segments.yml without mistakes."""
    own: Entry = {
        "name": name,
        "label": name.title(),
        "description": f"Those of {name}.",
        "owner": "CRM team",
        "kind": "rule",
        "where": where,
        "priority": priority,
        "expected_share": [0, 1],
        "may_overlap": [],
        **keys,
    }
    return own | ({"exclusive_group": group} if group else {})


LAPSED = entry("lapsed", "order_count > 0 and days_since_last_order >= 40", 10, "buy")
REPEAT = entry("repeat", "order_count >= 2", 20, "buy")
LOYAL = entry("loyal", "in_segment('repeat') and order_count = 3", 30)
CLUSTERS = entry("clusters", "cluster_name is not null", 90, kind="cluster")
OTHERS = {
    key: value
    for key, value in entry("others", "", 99, kind="catch_all").items()
    if key != "where"
}
ENTRIES = [LOYAL, LAPSED, REPEAT, CLUSTERS, OTHERS]


def is_lapsed(one: Customer) -> bool:
    """What the predicate of `lapsed` says, in Python."""
    return one.age is not None and one.age >= 40


def is_repeat(one: Customer) -> bool:
    """Who is a member of `repeat`: those whom `lapsed` leaves."""
    return one.orders >= 2 and not is_lapsed(one)


MEMBERS: Mapping[str, Holds] = {
    "lapsed": is_lapsed,
    "repeat": is_repeat,
    "loyal": lambda one: is_repeat(one) and one.orders == 3,
    "cluster_quiet": lambda one: one.cluster == "quiet",
    "cluster_it's loud": lambda one: one.cluster == "it's loud",
}


def segments_of(one: Customer) -> list[str]:
    """The segments of a customer, the primary one first."""
    return [name for name, holds in MEMBERS.items() if holds(one)] or ["others"]


def ids(holds: Holds) -> list[str]:
    """The customers of whom something holds."""
    return [one.id for one in EVERYBODY if holds(one)]


def summary() -> list[tuple[Any, ...]]:
    """The published definitions; of clusters one each."""
    rows = []
    for one in ENTRIES:
        names = [one["name"]]
        if one["kind"] == "cluster":
            names = [name for name in MEMBERS if name.startswith("cluster_")]
        for name in names:
            size = sum(name in segments_of(customer) for customer in EVERYBODY)
            rule = one.get("where", "no other segment")
            group = one.get("exclusive_group")
            rows.append((name, one["kind"], rule, one["priority"], group, size))
    return rows


@pytest.fixture(scope="session")
def small_publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """The tables that commands about segments read, and no others."""
    folder = tmp_path_factory.mktemp("publication")
    with connect(folder / "tessera.duckdb") as connection:
        connection.execute(
            "create table customer_features (customer_id varchar, as_of_at timestamp,"
            " order_count bigint, days_since_last_order bigint, cluster_name varchar);"
            "create table customers (customer_id varchar, is_email_reachable boolean,"
            " is_sms_reachable boolean);"
            "create table segment_memberships (customer_id varchar,"
            " segment_name varchar, is_primary boolean);"
            "create table segment_summary (segment_name varchar, kind varchar,"
            " rule_text varchar, priority integer, exclusive_group varchar,"
            " customer_count bigint);"
        )
        for one in EVERYBODY:
            connection.execute(
                "insert into customer_features values (?, ?, ?, ?, ?)",
                [one.id, AS_OF, one.orders, one.age, one.cluster],
            )
            connection.execute(
                "insert into customers values (?, ?, ?)",
                [one.id, one.by_email, one.by_sms],
            )
            for name in segments_of(one):
                connection.execute(
                    "insert into segment_memberships values (?, ?, ?)",
                    [one.id, name, name == segments_of(one)[0]],
                )
        connection.executemany(
            "insert into segment_summary values (?, ?, ?, ?, ?, ?)", summary()
        )
    return Publication("small", folder, AS_OF, AS_OF, {}, {}, {}, [], [])


@pytest.fixture
def silent_publication(small_publication: Publication, tmp_path: Path) -> Publication:
    """One of a moment of which only the model propensity_7d said something."""
    shutil.copy(small_publication.database, tmp_path / "tessera.duckdb")
    with connect(tmp_path / "tessera.duckdb") as connection:
        connection.execute(
            "update customer_features set cluster_name = null;"
            "alter table customer_features add column churn_probability double;"
            "alter table customer_features add column purchase_7d_probability double;"
            "alter table customer_features add column lifecycle_stage varchar;"
            "update customer_features set purchase_7d_probability = 0.2"
            " where customer_id = 'c01'"
        )
    return replace(small_publication, path=tmp_path)


@pytest.fixture
def old_publication(small_publication: Publication, tmp_path: Path) -> Publication:
    """One that was made before features were published."""
    with connect(tmp_path / "tessera.duckdb") as connection:
        connection.execute("create table customers (customer_id varchar)")
    return replace(small_publication, path=tmp_path)
